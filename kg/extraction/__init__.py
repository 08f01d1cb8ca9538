"""Mentions, identity, claims and attribution, from parsed sentences."""

from kg.extraction.claims import find_claims
from kg.extraction.entities import Cast, resolve_entities
from kg.extraction.mentions import find_mentions
from kg.extraction.names import Names, load_names

__all__ = ["Cast", "Names", "find_claims", "find_mentions", "load_names", "resolve_entities"]
