"""Review that lasts: what people decide of links and claims."""
