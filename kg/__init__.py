"""Concord reads articles on international relations into a cited, attributed, reasoned graph."""

__version__ = "0.1.0"
