"""The pages of the web application, one module a page."""
