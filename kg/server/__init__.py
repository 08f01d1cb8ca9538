"""The graph over HTTP: SPARQL, the graph store protocol, linked data."""
