"""What may be asked of a graph from outside, and the form in which it is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A SPARQL query; `accept` is an HTTP Accept header, None for anything.

    `default_graphs` and `named_graphs` are the IRIs of the protocol's dataset (SPARQL 1.1
    Protocol, section 2.1.4); without them the default graph is the union of all graphs.
    """

    text: str
    accept: str | None = None
    base: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """A SPARQL update with the protocol's dataset for its WHERE clauses (section 2.2.3)."""

    text: str
    base: str | None = None
    using_graphs: tuple[str, ...] = ()
    using_named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphRequest:
    """An operation of the Graph Store Protocol on one graph, None for the default graph.

    `method` is GET, HEAD, PUT, POST or DELETE; `payloads` are (media type, bytes) pairs to be
    written, several where they came as multipart/form-data; relative IRIs in them are resolved
    against `base`.
    """

    method: str
    graph: str | None
    accept: str | None = None
    base: str | None = None
    payloads: tuple[tuple[str, bytes], ...] = ()


Request = QueryRequest | UpdateRequest | GraphRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in HTTP's terms.

    What is wrong is an answer too: 400 malformed, 403 refused, 404 no such graph, 406 not
    acceptable, 413 too large, 415 unsupported, 503 past a limit; its body is then one line of
    text. The body raises `kg.errors.QueryError` where it breaks off before its end.
    """

    status: int
    media_type: str | None
    body: AsyncIterator[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
