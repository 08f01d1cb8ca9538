"""Figures on the server for Prometheus; each server has a registry of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kg.errors import LimitKind
from kg.server.engine import Counts
from kg.server.statistics import Statistics

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures that are kept."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    broken: Counter


def make_metrics(counts: Counts, statistics: Statistics) -> Metrics:
    """Figures that all stand at their beginning, beside those that the engine keeps itself."""
    registry = CollectorRegistry()
    registry.register(_EngineCollector(counts))
    triples = Gauge(
        "kg_graph_triples",
        "Triples of all named graphs when they were last counted",
        registry=registry,
    )
    triples.set_function(statistics.get_triples)
    return Metrics(
        registry=registry,
        requests=Counter(
            "kg_requests",
            "Requests answered, by route, method and status",
            ("route", "method", "status"),
            registry=registry,
        ),
        seconds=Histogram(
            "kg_request_seconds",
            "Seconds from a request's head to the end of its answer, by route",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        ),
        broken=Counter(
            "kg_answers_broken",
            "Answers that broke off after their beginning had been sent",
            registry=registry,
        ),
    )


class _EngineCollector(Collector):
    """Reads what the engine counts whenever it is asked for."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """The engine's figures as they are now."""
        yield GaugeMetricFamily(
            "kg_operations_running",
            "Queries, updates and graph operations that run",
            value=self._counts.running,
        )
        yield GaugeMetricFamily(
            "kg_operations_waiting",
            "Queries, updates and graph operations that wait for their turn",
            value=self._counts.waiting,
        )
        yield CounterMetricFamily(
            "kg_updates", "Updates and graph operations carried out", value=self._counts.updates
        )
        killed = CounterMetricFamily(
            "kg_operations_killed",
            "Queries, updates and graph operations that were ended, by the limit they passed",
            labels=("reason",),
        )
        for limit in LimitKind:
            killed.add_metric((limit.value,), self._counts.ended[limit.value])
        yield killed


def name_method(method: str) -> str:
    """The method as a label; clients can make up any number of others."""
    return method if method in _METHODS else "other"


def format_metrics(metrics: Metrics, accept: str | None) -> tuple[str, bytes]:
    """The media type and text of the figures, in the form that the client's header asks for."""
    encode, media_type = choose_encoder(accept or "")
    return media_type, encode(metrics.registry)
