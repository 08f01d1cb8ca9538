"""What there is to decide: things without a sure link, and claims with their evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation

from rdflib import DCTERMS, RDF, RDFS, URIRef

from kg import iris
from kg.extraction.names import Names
from kg.iris import BASE, KG
from kg.linking.records import LinkCandidate
from kg.model import Span
from kg.review.articles import ArticleView, describe_claim
from kg.review.effects import Rejections
from kg.review.known import MAPPINGS, Known
from kg.review.records import ClaimCase, LinkCase, Place, ReviewedThing, Thing, place_in
from kg.review.wording import VOICE
from kg.store import GraphStore

_EVIDENCE = 4
_FURTHER = 40
_CANDIDATES = 10
_PARTS = ("name", "type", "time", "company", "prior")
_IN_DATASET = URIRef("http://rdfs.org/ns/void#inDataset")
OWN = URIRef(BASE)
"""The dataset of the shipped names."""

_Mention = tuple[ArticleView, URIRef, Span]


# ------------------------------------------------------------------------------------------ links


def list_link_cases(
    store: GraphStore, known: Known, names: Callable[[], Names], rejections: Rejections
) -> list[LinkCase]:
    """The named things that no sure link leads away from: what is ambiguous, then the most named.

    Their candidates are those of the graph; where it has none, what the shipped names know by one
    of their names; without those that were rejected.
    """
    offered = read_candidates(store)
    linked = _find_linked(store)
    cases = []
    for thing, mentions in _find_places(known).items():
        described = known.describe(thing)
        if thing in linked or described is None:
            continue
        candidates = offered.get(thing, ())
        if not candidates and not known.is_entry(thing):
            words = [str(view.one(mention, KG.exact) or "") for view, mention, _ in mentions]
            candidates = _find_namesakes([described.label, *words], described.kind, names())
        candidates = tuple(
            each
            for each in candidates
            if each.target != thing and (thing, each.target) not in rejections.pairs
        )
        homes = {view.graph.rsplit("/", 1)[1] for view, _, _ in mentions}
        home = homes.pop() if len(homes) == 1 and not known.is_entry(thing) else None
        about = ReviewedThing(Thing(thing, described.label), home)
        cases.append(_make_case(about, described.kind, candidates, mentions))
    return sorted(cases, key=lambda case: -min(len(case.candidates), 2))


def _make_case(
    about: ReviewedThing,
    kind: URIRef,
    candidates: Sequence[LinkCandidate],
    mentions: Sequence[_Mention],
) -> LinkCase:
    told: list[tuple[Place, str, str]] = []
    further: list[Place] = []
    seen: set[URIRef] = set()
    for view, mention, span in mentions:
        place = place_in(view.document, span)
        sentence = view.iri(mention, KG.inSentence)
        if sentence is None or sentence in seen or len(told) == _EVIDENCE:
            further.append(place)
            continue
        seen.add(sentence)
        told.append((place, view.source, _quote(view, sentence)))
    return LinkCase(
        about=about,
        kind=kind,
        reason="ambiguous" if len(candidates) > 1 else "no sure link",
        candidates=tuple(candidates[:_CANDIDATES]),
        evidence=tuple(told),
        further=tuple(further[:_FURTHER]),
    )


def _quote(view: ArticleView, sentence: URIRef) -> str:
    """The text of a sentence in one line."""
    return " ".join(str(view.one(sentence, KG.text) or "").split())


def _find_places(known: Known) -> dict[URIRef, list[_Mention]]:
    """The named things of all articles with their mentions by name, the most mentioned first."""
    found: dict[URIRef, list[_Mention]] = {}
    for graph in known.articles():
        view = known.read(graph)
        mentions = [(view.span(each), each) for each in view.find(KG.form, KG.NameForm)]
        for span, mention in sorted((s, m) for s, m in mentions if s is not None):
            thing = view.iri(mention, KG.refersTo)
            if thing is not None:
                found.setdefault(thing, []).append((view, mention, span))
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _find_linked(store: GraphStore) -> set[URIRef]:
    """What leads to another dataset, or is an entry of the shipped names by another IRI."""
    return {
        quad[0]
        for predicate in MAPPINGS[:2]
        for quad in store.quads(predicate=predicate)
        if quad[3] != iris.ONTOLOGY_GRAPH
    }


def read_candidates(store: GraphStore) -> dict[URIRef, tuple[LinkCandidate, ...]]:
    """The candidates that linkers left in the graph, of each thing the best first."""
    found: dict[URIRef, list[LinkCandidate]] = {}
    for candidate, _, _, graph in store.quads(predicate=RDF.type, object=KG.LinkCandidate):
        view = ArticleView(graph, store.triples(graph, subject=candidate))
        thing, target = view.iri(candidate, KG.candidateOf), view.iri(candidate, KG.candidate)
        if thing is None or target is None:
            continue
        parts = [
            (part, _read_score(view, candidate, KG[f"score{part.capitalize()}"])) for part in _PARTS
        ]
        found.setdefault(thing, []).append(
            LinkCandidate(
                target=target,
                label=str(view.one(candidate, RDFS.label) or ""),
                dataset=view.iri(candidate, _IN_DATASET) or OWN,
                score=_read_score(view, candidate, KG.score) or 0.0,
                parts=tuple((part, score) for part, score in parts if score is not None),
                description=str(view.one(candidate, DCTERMS.description) or ""),
                reason=str(view.one(candidate, RDFS.comment) or ""),
            )
        )
    return {thing: _rank(candidates) for thing, candidates in found.items()}


def _read_score(view: ArticleView, candidate: URIRef, predicate: URIRef) -> float | None:
    value = view.one(candidate, predicate)
    try:
        return None if value is None else float(Decimal(str(value)))
    except InvalidOperation:
        return None


def _find_namesakes(words: Sequence[str], kind: URIRef, names: Names) -> tuple[LinkCandidate, ...]:
    """The entries of the shipped names that share a name with a thing."""
    found: dict[URIRef, LinkCandidate] = {}
    for name in dict.fromkeys(words):
        tokens = name.split()
        for match in names.find(tokens):
            if (match.start, match.end) != (0, len(tokens)):
                continue
            for candidate in match.candidates:
                entry = names.entry(candidate.entry)
                same_name = 1.0 if name.casefold() == entry.label.casefold() else 0.8
                same_kind = 1.0 if entry.kind == kind else 0.0
                parts = (("name", same_name), ("type", same_kind))
                reason = f"shares the name “{name}”"
                if entry.kind != kind:
                    reason += f", but is of the kind {entry.kind.removeprefix(str(KG))}"
                score = round(sum(value for _, value in parts) / len(parts), 2)
                found.setdefault(
                    candidate.entry,
                    LinkCandidate(candidate.entry, entry.label, OWN, score, parts, "", reason),
                )
    return _rank(found.values())


def _rank(candidates: Iterable[LinkCandidate]) -> tuple[LinkCandidate, ...]:
    """The best first, each once: what fits in one article may fit better in another."""
    best: dict[URIRef, LinkCandidate] = {}
    for candidate in sorted(candidates, key=lambda each: (-each.score, each.target)):
        best.setdefault(candidate.target, candidate)
    return tuple(best.values())


# ----------------------------------------------------------------------------------------- claims


def list_claim_cases(
    known: Known, articles: Sequence[URIRef], *, below: float | None = None
) -> list[ClaimCase]:
    """The claims of some articles as they were read, in the order of the text.

    With `below`, only those whose confidence is known and lower.
    """
    return [
        case
        for graph in sorted(articles)
        for case in _list_claims(known.read(graph))
        if below is None or (case.confidence is not None and float(case.confidence) < below)
    ]


def _list_claims(view: ArticleView) -> Iterator[ClaimCase]:
    claims = view.claims().values()
    for claim in sorted(claims, key=lambda each: (each.quote, each.trigger, each.iri)):
        is_voice = claim.holder == iris.mint_author_voice(view.document)
        label = VOICE if is_voice else view.label(claim.holder)
        yield ClaimCase(
            about=describe_claim(view, claim),
            source=view.source,
            sentence=_quote(view, claim.sentence),
            holder=Thing(claim.holder, label),
            polarity=claim.polarity,
            modality=claim.modality,
            confidence=claim.confidence,
        )
