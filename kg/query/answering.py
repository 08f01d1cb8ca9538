"""What a child does with a foreign query, update or graph: the only code that shows it the engine.

What the request needs from outside is told in the header as `needs`; whoever asked fetches it, if
it is allowed to, and asks again with what came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kg.errors import QueryError, QueryFault
from kg.iris import is_iri
from kg.query.negotiation import BOOLEAN_TYPES, GRAPH_TYPES, ROW_TYPES, negotiate
from kg.query.requests import GraphRequest, QueryRequest, Request, UpdateRequest
from kg.query.screening import (
    Outside,
    OutsideKind,
    Screened,
    place_datasets,
    screen_query,
    screen_update,
)
from kg.rdf import (
    PREFIXES,
    AnswerForm,
    AnswerOptions,
    QuadStore,
    list_bindings,
    list_triples,
    media,
)
from kg.sandbox import FrameWriter, Header

_OFFERS = {
    AnswerForm.ROWS: ROW_TYPES,
    AnswerForm.BOOLEAN: BOOLEAN_TYPES,
    AnswerForm.TRIPLES: GRAPH_TYPES,
}
# An update that brings a whole graph is long.
_MOST_UPDATE = 64 << 20


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server outside answered, or why it did not."""

    media_type: str = ""
    body: bytes = b""
    problem: str = ""


Known = Mapping[tuple[str, str, str], Fetched]
"""What was fetched, by kind of clause, IRI and query."""


class _NeededError(Exception):
    """Something outside that has to be fetched first."""

    def __init__(self, needs: list[tuple[str, str, str]]) -> None:
        self.needs = needs


def carry_out(store: Callable[[], QuadStore], request: Request, known: Known,
              out: FrameWriter) -> None:  # fmt: skip
    """Do what is asked and answer in frames; the header holds `status` and `media_type`.

    `store` opens the store as the request needs it. Raises QueryError where the request is wrong.
    """
    try:
        match request:
            case QueryRequest():
                _answer_query(store, request, known, out)
            case UpdateRequest():
                _apply_update(store, request, known, out)
            case GraphRequest() if request.method in ("GET", "HEAD"):
                _write_graph(store(), request, out)
            case GraphRequest():
                _change_graph(store(), request, out)
    except _NeededError as needed:
        out.reset()
        out.header = Header({"needs": needed.needs})


# ------------------------------------------------------------------------------------ queries


def _answer_query(
    store: Callable[[], QuadStore], request: QueryRequest, known: Known, out: FrameWriter
) -> None:
    for iri in (*request.default_graphs, *request.named_graphs):
        check_iri(iri)
    opened = store()
    screened = screen_query(request.text, base=request.base)
    text = _settle_outside(screened, known)
    given = bool(request.default_graphs or request.named_graphs)
    if screened.graphs and not given:
        opened = _gather_graphs(opened, screened, known)

    def choose(form: AnswerForm) -> str:
        chosen = negotiate(request.accept, _OFFERS[form])
        if chosen is None:
            offered = ", ".join(_OFFERS[form])
            message = f"not acceptable: this is to be had as {offered}"
            raise QueryError(message, query=request.text, kind=QueryFault.UNACCEPTABLE)
        out.header = Header({"status": 200, "media_type": chosen})
        return chosen

    options = AnswerOptions(
        choose=choose,
        base=request.base,
        prefixes=PREFIXES,
        union=not screened.graphs,
        default_graphs=request.default_graphs if given else None,
        named_graphs=request.named_graphs,
    )
    opened.answer(text, options, out)


def _settle_outside(screened: Screened, known: Known) -> str:
    """The text with what was fetched in place of each SERVICE and LOAD."""
    clauses = [part for part in screened.outside if part.kind is not OutsideKind.FROM]
    needs = [_describe_need(part, screened) for part in clauses]
    missing = [need for need in needs if need not in known]
    if missing:
        raise _NeededError(missing)
    parts: list[str] = []
    last = 0
    for part, need in zip(clauses, needs, strict=True):
        parts.append(screened.text[last : part.start])
        parts.append(_replace_clause(part, known[need], screened.text))
        last = part.end
    return "".join(parts) + screened.text[last:]


def _describe_need(part: Outside, screened: Screened) -> tuple[str, str, str]:
    query = ""
    if part.kind is OutsideKind.SERVICE:
        declared = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
        query = f"{declared}{screened.prologue}\nSELECT * WHERE {part.body}"
    return part.kind.value, part.iri, query


def _replace_clause(part: Outside, fetched: Fetched, text: str) -> str:
    """SERVICE as the rows it gave, LOAD as the triples (SPARQL 1.1 Federated Query, 4; Update)."""
    try:
        if fetched.problem:
            raise ValueError(fetched.problem)
        if part.kind is OutsideKind.SERVICE:
            kind = _require_type(fetched.media_type, media.ROW_TYPES)
            variables, rows = list_bindings(fetched.body, kind)
            names = " ".join(f"?{name}" for name in variables)
            # Without variables there is nothing to write but how many rows there were.
            return f"{{ VALUES ({names}) {{ {' '.join(rows)} }} }}"
        kind = _require_type(fetched.media_type, media.GRAPH_TYPES)
        lines = b"".join(list_triples(fetched.body, kind, part.iri)).decode()
    except ValueError as error:
        if part.silent:
            return "{ }" if part.kind is OutsideKind.SERVICE else "INSERT DATA { }"
        message = f"{part.kind.value} <{part.iri}>: {error}"
        raise QueryError(message, query=text, kind=QueryFault.UNREACHED) from error
    data = f"GRAPH <{part.body}> {{ {lines} }}" if part.body else lines
    return f"INSERT DATA {{ {data} }}"


def _require_type(media_type: str, known: Mapping[str, Any]) -> str:
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in known:
        raise ValueError(f"answers with {kind or 'no media type'}, which is not understood")
    return kind


def _gather_graphs(store: QuadStore, screened: Screened, known: Known) -> QuadStore:
    """The store, or one in memory with the graphs that FROM names where some were fetched."""
    away = [part for part in screened.graphs if not store.holds_graph(part.iri)]
    if not away:
        return store
    missing = [need for part in away if (need := _describe_need(part, screened)) not in known]
    if missing:
        raise _NeededError(missing)
    gathered = QuadStore()
    for part in screened.graphs:
        graph = f"GRAPH <{part.iri}>"
        if part in away:
            insert = _replace_clause(
                Outside(OutsideKind.LOAD, part.iri, False, 0, 0, part.iri),
                known[_describe_need(part, screened)],
                screened.text,
            )
            gathered.update(insert)
        else:
            lines = _Lines()
            store.write_graph(part.iri, "application/n-triples", lines)
            gathered.update(f"INSERT DATA {{ {graph} {{ {lines.data.decode()} }} }}")
    return gathered


class _Lines:
    """Bytes that were written, in memory."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        """Take bytes."""
        self.data += data
        return len(data)


# ------------------------------------------------------------------------------------ updates


def _apply_update(
    store: Callable[[], QuadStore], request: UpdateRequest, known: Known, out: FrameWriter
) -> None:
    for iri in (*request.using_graphs, *request.using_named_graphs):
        check_iri(iri)
    screened = screen_update(request.text, base=request.base, most=_MOST_UPDATE)
    if screened.graphs:
        raise QueryError("FROM has no place in an update: write USING", query=request.text)
    text = _settle_outside(screened, known)
    if request.using_graphs or request.using_named_graphs:
        settled = Screened(text, screened.form, screened.prologue, ())
        text = place_datasets(settled, request.using_graphs, request.using_named_graphs)
    _update(store(), text, request.base)
    out.header = Header({"status": 204, "media_type": None})


def _update(store: QuadStore, text: str, base: str | None = None) -> None:
    store.update(text, base=base)
    # What is acknowledged is on the disk.
    store.flush()


# ------------------------------------------------------------------------------ single graphs


def _write_graph(store: QuadStore, request: GraphRequest, out: FrameWriter) -> None:
    """Section 5.2 of the SPARQL 1.1 Graph Store HTTP Protocol."""
    if request.graph is not None:
        check_iri(request.graph)
        if not store.holds_graph(request.graph):
            out.header = Header({"status": 404, "message": f"there is no graph {request.graph}"})
            return
    chosen = negotiate(request.accept, GRAPH_TYPES)
    if chosen is None:
        message = f"not acceptable: this is to be had as {', '.join(GRAPH_TYPES)}"
        raise QueryError(message, query="", kind=QueryFault.UNACCEPTABLE)
    out.header = Header({"status": 200, "media_type": chosen})
    if request.method == "GET":
        store.write_graph(request.graph, chosen, out)


def _change_graph(store: QuadStore, request: GraphRequest, out: FrameWriter) -> None:
    """Sections 5.3 to 5.5 of the SPARQL 1.1 Graph Store HTTP Protocol, in one transaction."""
    graph = request.graph
    if graph is not None:
        check_iri(graph)
    there = store.holds_graph(graph)
    name = "DEFAULT" if graph is None else f"GRAPH <{graph}>"
    if request.method == "DELETE":
        if graph is not None and not there:
            out.header = Header({"status": 404, "message": f"there is no graph {graph}"})
            return
        _update(store, f"DROP {name}")
        out.header = Header({"status": 204, "media_type": None})
        return
    lines = "".join(_read_payload(kind, body, request.base) for kind, body in request.payloads)
    steps = [f"DROP SILENT {name}"] if request.method == "PUT" else []
    if graph is not None:
        steps.append(f"CREATE SILENT {name}")
    steps.append(f"INSERT DATA {{ {lines} }}" if graph is None
                 else f"INSERT DATA {{ {name} {{ {lines} }} }}")  # fmt: skip
    _update(store, " ;\n".join(steps))
    out.header = Header({"status": 204 if there else 201, "media_type": None})


def _read_payload(media_type: str, body: bytes, base: str | None) -> str:
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in media.GRAPH_TYPES:
        message = f"{kind or 'no media type'} is no RDF that is understood"
        raise QueryError(message, query="", kind=QueryFault.UNSUPPORTED)
    try:
        return b"".join(list_triples(body, kind, base)).decode()
    except ValueError as error:
        raise QueryError(f"the graph is no {kind}: {error}", query="") from error


def check_iri(iri: str) -> None:
    """Refuse what is no absolute IRI, and could be more than one once it stands in a query."""
    if not is_iri(iri):
        raise QueryError(f"{iri[:80]!r} is no absolute IRI", query="")
