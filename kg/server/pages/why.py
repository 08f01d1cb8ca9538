"""Why? The proof of a triple as a tree of HTML, down to the words that it rests on."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rdflib import Literal, URIRef
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import ConcordError, UnknownTermError
from kg.iris import is_iri
from kg.rdf import Triple
from kg.reasoning.explaining import Explainer, open_explainer
from kg.reasoning.proofs import Citation, Proof
from kg.server.answers import Service, ask_engine, is_known, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.pages.naming import Named, fetch_names, locate_claim, name_thing, take_local_name
from kg.server.pages.rendering import render_page, send_page
from kg.server.pages.vocabularies import list_rule_names
from kg.server.parameters import decode_parameters
from kg.store import GraphStore, open_snapshot

_AGE = "max-age=60"
_ENDS = {"s": "subject", "p": "relation", "o": "object"}
_DEEPEST_OPEN = 2
_MOST_STEPS = 400
# A closure takes long to make and tens of megabytes to keep: those of the last states are enough.
MOST_CLOSURES = 2
closures: OrderedDict[tuple[str, str], tuple[GraphStore, Explainer]] = OrderedDict()
"""The closures of graphs by their directory and stamp, the last one used at the end."""
_turn = asyncio.Lock()
_preparing: set[asyncio.Task[None]] = set()
_PATIENCE = 1.5


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that a step rests on, in the sentence around them, and where the reader has them."""

    citation: Citation
    href: str | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a proof as a page shows it.

    `number` is its own; `above` is that of the step that proves the same, which is not told again.
    `axioms` are what the ontology adds, `size` counts the steps under it, and one that is `folded`
    lies so deep that its premises are shown when asked for.
    """

    number: int
    statement: str
    reason: str
    rule: str | None
    sources: tuple[str, ...]
    quotes: tuple[Quotation, ...]
    axioms: tuple[tuple[Named, Named, Named], ...]
    premises: tuple[Step, ...]
    above: int | None
    size: int
    folded: bool
    cut: bool


async def answer_why(service: Service, request: Request) -> Response:
    """Send the proof of the triple `s`, `p`, `o`; with `part` as a piece of a page."""
    base = find_base(service.settings, request.scope)
    given = dict(decode_parameters(request.scope["query_string"]))
    triple = _read_triple(given)
    as_part = "part" in given
    tag = tag_answer(service, "why", base, *map(str, triple), str(as_part))
    headers = {"ETag": tag, "Cache-Control": _AGE}
    if is_known(request, tag):
        return send_known(headers)
    try:
        async with _turn:
            proof = await asyncio.to_thread(
                _explain, service.engine.directory, service.engine.stamp, triple
            )
    except UnknownTermError as error:
        raise HTTPException(404, str(error)) from error
    except ConcordError as error:
        raise HTTPException(503, f"{error}; try again", {"Retry-After": "2"}) from error
    ends = await _name_ends(service, request, triple, base)
    page = render_page(
        "proof_part.html" if as_part else "why.html",
        base,
        holds=proof.holds,
        step=tell_proof(proof, base),
        ends=ends,
        rules=list_rule_names(),
    )
    return send_page(page, headers)


def _read_triple(given: dict[str, str]) -> Triple:
    terms = [given.get(name) or given.get(long, "") for name, long in _ENDS.items()]
    if not all(map(is_iri, terms[:2])) or not terms[2]:
        raise HTTPException(400, "give s, p and o, the three terms of a triple, as whole IRIs")
    subject, relation, object_ = terms
    end = URIRef(object_) if is_iri(object_) else Literal(object_)
    return URIRef(subject), URIRef(relation), end


async def _name_ends(
    service: Service, request: Request, triple: Triple, base: str
) -> tuple[Named, ...]:
    """What the triple is about, to lead on to."""
    iris = [str(term) for term in triple if isinstance(term, URIRef)]
    names = await fetch_names(iris, partial(ask_engine, service, request), base)
    return tuple(name_thing(iri, names, base) for iri in iris)


# ------------------------------------------------------------------------------------ closures


def prepare_closure(service: Service) -> None:
    """Make the closure of the graph a little later, for whoever will ask for a proof of it."""
    known = (str(service.engine.directory), service.engine.stamp)
    if known in closures or _preparing:
        return
    task = asyncio.create_task(_prepare(service))
    _preparing.add(task)
    task.add_done_callback(_preparing.discard)


async def _prepare(service: Service) -> None:
    # What the page loads comes first.
    await asyncio.sleep(_PATIENCE)
    with suppress(ConcordError):
        async with _turn:
            await asyncio.to_thread(open_closure, service.engine.directory, service.engine.stamp)


def _explain(directory: Path, stamp: str, triple: Triple) -> Proof:
    return open_closure(directory, stamp).explain(triple)


def open_closure(directory: Path, stamp: str) -> Explainer:
    """The closure of a graph as it is at a stamp, made unless it is one of the last ones used."""
    key = (str(directory), stamp)
    if key not in closures:
        store = open_snapshot(directory)
        try:
            closures[key] = (store, open_explainer(store))
        except ConcordError:
            store.close()
            raise
        while len(closures) > MOST_CLOSURES:
            _, (old, _) = closures.popitem(last=False)
            old.close()
    closures.move_to_end(key)
    return closures[key][1]


# --------------------------------------------------------------------------------------- steps


def tell_proof(proof: Proof, base: str) -> Step:
    """A proof as steps in the order in which they are told."""
    return _Telling(base).tell(proof, 0)


@dataclass(slots=True)
class _Telling:
    """Numbers the steps of a proof as they are told, so that each is told once."""

    base: str
    told: dict[Triple, int] = field(default_factory=dict)
    count: int = 0

    def tell(self, proof: Proof, depth: int) -> Step:
        self.count += 1
        number = self.count
        above = self.told.get(proof.conclusion) if proof.premises or proof.claims else None
        self.told.setdefault(proof.conclusion, number)
        cut = number > _MOST_STEPS and bool(proof.premises)
        premises: tuple[Step, ...] = ()
        if above is None and not cut:
            premises = tuple(self.tell(each, depth + 1) for each in proof.premises)
        return Step(
            number=number,
            statement=proof.statement or " ".join(map(str, proof.conclusion)),
            reason=proof.rule_label,
            rule=proof.rule,
            sources=proof.sources,
            quotes=() if above else tuple(map(self._quote, proof.claims)),
            axioms=() if above else tuple(map(self._name_axiom, proof.axioms)),
            premises=premises,
            above=above,
            size=sum(1 + each.size for each in premises),
            folded=depth >= _DEEPEST_OPEN and bool(premises),
            cut=cut,
        )

    def _quote(self, citation: Citation) -> Quotation:
        before, found, after = citation.sentence.partition(citation.quote)
        if not found:
            before = after = ""
        return Quotation(citation, locate_claim(citation.claim, self.base), before, after)

    def _name_axiom(self, axiom: Triple) -> tuple[Named, Named, Named]:
        names = [name_thing(str(term), {}, self.base) for term in axiom]
        terms = [
            Named(each.iri, take_local_name(each.iri) or each.iri, each.href, None, each.outside)
            for each in names
        ]
        return terms[0], terms[1], terms[2]
