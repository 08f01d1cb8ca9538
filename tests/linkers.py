"""A client for linkers that asks a test server only, at a fixed time, and never waits."""

from contextlib import contextmanager
from datetime import UTC, datetime

from kg.http import Limits
from kg.linking.cache import Cache
from kg.linking.client import Client, Operator, Pace

RETRIEVED = "2026-01-02T03:04:05Z"
QUICK = Limits(connect=1, quiet=0.5, total=1, size=2_000_000, attempts=2, pause=1, patience=60)


@contextmanager
def open_client(place, **options):
    """A client with its cache in a folder."""
    options = {
        "contact": "tester@example.org",
        "allowed": frozenset({"127.0.0.1"}),
        "limits": QUICK,
        "pace": Pace(elsewhere=1e9),
        "sleep": lambda seconds: None,
        "now": lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        **options,
    }
    with Cache(place / "services.sqlite") as cache:
        yield Client(cache, Operator(**options))


def find_one(linker, query):
    """The candidates of one thing."""
    ((asked, candidates),) = linker.find_candidates([query])
    assert asked is query
    return candidates
