"""What people change through the pages: decisions on claims and links, and new articles."""
