"""Links from the article's things to external datasets."""

from kg.linking.gazetteer import link_entities

__all__ = ["link_entities"]
