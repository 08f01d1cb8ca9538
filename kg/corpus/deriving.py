"""What follows from the articles of a graph: background, inferred triples and findings.

Only what changed since the last time is computed anew, from two files beside the store: the whole
closure (`closure.npz`) and what the shapes found in each article (`checked.json`). Both are made
anew where they are missing or do not fit the graph, code and ontology.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdflib import DCTERMS, PROV, URIRef

from kg import graph, iris
from kg.corpus.draft import Draft
from kg.corpus.fingerprint import compute_fingerprint
from kg.corpus.identity import find_article_dates, find_facts, find_strangers
from kg.corpus.records import Progress, Stage
from kg.iris import KG
from kg.linking.strangers import meet_strangers
from kg.model import Finding, Severity
from kg.rdf import Quad, Triple
from kg.review import find_standing, read_decisions
from kg.review.applying import apply_decisions
from kg.review.effects import Applied, Rejections, part_strangers
from kg.review.log import restore_decisions
from kg.store import CHECKED_FILE, CLOSURE_FILE, GraphStore, open_memory_graph

if TYPE_CHECKING:
    from kg.reasoning.changing import ChangingClosure
    from kg.reasoning.clauses import Clause
    from kg.reasoning.encoding import TermTriple
    from kg.reasoning.premises import Premises

_IDLE = "idle-shape"

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Derived:
    """What is doubtful about a graph, how many inferred triples follow no more, rejected links."""

    findings: tuple[Finding, ...]
    withdrawn: int
    rejections: Rejections


def derive(draft: Draft, ontology: Path, report: Report) -> Derived:
    """Write what follows from the articles of a draft, commit it, and tell what is doubtful."""
    # Here, since owlrl and pyshacl are slow to import.
    from kg.reasoning.changing import save_closure

    report(Progress(Stage.BACKGROUND, 0, 1))
    stamp = compute_fingerprint(ontology)
    _amend(draft, iris.ONTOLOGY_GRAPH, _drop_graphs(graph.describe_ontology(ontology)))
    descriptions = graph.read_descriptions(ontology)
    reviewed = _review(draft, descriptions)
    background = graph.describe_background(
        find_uses(draft), descriptions, countries=_find_countries(draft)
    )
    kept = (each for each in _drop_graphs(background) if not reviewed.rejections.cover(each))
    before = _amend(draft, iris.BACKGROUND_GRAPH, kept)
    articles = find_article_graphs(draft)
    meetings, proposals = part_strangers(
        *meet_strangers(find_strangers(draft, descriptions, articles)), reviewed.rejections
    )
    identity = graph.describe_identity(meetings, proposals, find_facts(draft, articles))
    before |= _amend(draft, iris.IDENTITY_GRAPH, _drop_graphs(identity))
    report(Progress(Stage.REASONING, 0, 1))
    now = _Kept(stamp, _find_articles(draft), _hash_triples(before))
    closed, things, findings = _close(draft, now)
    report(Progress(Stage.CHECKING, 0, 1))
    findings += [*_check(draft, stamp, now.articles), *reviewed.findings]
    notes = {
        "stamp": stamp,
        "background": _hash_triples(_list_derived(draft)),
        "articles": now.articles,
        "things": sorted(things),
    }
    place = draft.directory / CLOSURE_FILE
    # A closure that outlived the graph it belongs to would be taken for that of the next.
    place.unlink(missing_ok=True)
    withdrawn = draft.count_gone(iris.INFERRED_GRAPH)
    draft.commit()
    if closed is not None:
        save_closure(place, closed, notes)
    report(Progress(Stage.CHECKING, 1, 1))
    return Derived(tuple(findings), withdrawn, reviewed.rejections)


def _review(draft: Draft, descriptions: graph.Descriptions) -> Applied:
    """Let the graphs of articles be as the standing decisions leave what was read."""
    kept = draft.triples(iris.DECISIONS_GRAPH, predicate=PROV.value)
    restore_decisions(draft.directory, (str(text) for _, _, text in kept))
    decisions = find_standing(read_decisions(draft.directory))
    changes: list[tuple[URIRef, set[Triple], set[Triple]]] = []

    def note(name: URIRef, new: set[Triple]) -> None:
        old = set(draft.below.triples(name))
        changes.append((name, new - old, old - new))

    applied = apply_decisions(draft, decisions, descriptions.describe, note)
    # Only now: what decisions leave of one article must not be taken for what was read of it.
    for name, added, gone in changes:
        if added or gone:
            draft.amend(name, added, gone)
    return applied


def _list_derived(store: GraphStore) -> Iterator[Triple]:
    """What is known of the things beside the articles' facts, and follows from the articles."""
    yield from store.triples(iris.BACKGROUND_GRAPH)
    yield from store.triples(iris.IDENTITY_GRAPH)


def _amend(draft: Draft, name: URIRef, triples: Iterable[Triple]) -> set[Triple]:
    """Let a graph hold these triples; gives those it held."""
    new, old = set(triples), set(draft.below.triples(name))
    draft.amend(name, new - old, old - new)
    return old


# ------------------------------------------------------------------------------------ closure


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a kept closure must fit: code and ontology, articles, background before the change."""

    stamp: str
    articles: Mapping[str, str]
    background: str


def _close(draft: Draft, now: _Kept) -> tuple[ChangingClosure | None, set[str], list[Finding]]:
    """Put into the draft what is inferred; the closure, its things, and what is doubtful."""
    from kg.reasoning import close_graph
    from kg.reasoning.changing import ChangingClosure, load_closure
    from kg.reasoning.closure import (
        load_owl_rules,
        load_own_rules,
        report_disagreements,
        write_triple,
    )
    from kg.reasoning.premises import gather_premises
    from kg.reasoning.rulebook import read_clauses

    own = load_own_rules()
    ontology = list(draft.triples(iris.ONTOLOGY_GRAPH))
    axioms = list(map(write_triple, sorted(_gather(ontology, {}, own).schema)))
    rules = (*load_owl_rules(), *read_clauses(own))
    fitting = {"stamp": now.stamp, "background": now.background}
    found = load_closure(draft.directory / CLOSURE_FILE, axioms, rules, fitting=fitting)
    change = None if found is None else _find_change(draft, now, found, ontology, own)
    if found is not None and change is not None:
        closure = found[0]
        before = closure.find_conclusions(map(_write, found[1]["things"]))
        if closure.change(map(write_triple, change.added), map(write_triple, change.gone)):
            after = closure.find_conclusions(map(_write, change.things))
            new, old = _read(after.without(before)), _read(before.without(after))
            draft.amend(iris.INFERRED_GRAPH, new, old)
            return closure, change.things, list(report_disagreements(draft))
    closure, premises = ChangingClosure(axioms, rules), gather_premises(draft, own)
    things = {str(thing) for thing in premises.things}
    if closure.change(map(write_triple, sorted(premises.data)), ()):
        draft.replace(iris.INFERRED_GRAPH, _read(closure.find_conclusions(map(_write, things))))
        return closure, things, list(report_disagreements(draft))
    # Equality and contradictions are told with their proofs, which only a whole closure has.
    return None, set(), list(close_graph(draft).findings)


def _read(triples: Iterable[TermTriple]) -> list[Triple]:
    from kg.reasoning.closure import read_triple

    return sorted(read for triple in triples if (read := read_triple(triple)) is not None)


@dataclass(frozen=True, slots=True)
class _Change:
    """The facts that come and go, and the things that the articles speak of afterwards."""

    added: list[Triple]
    gone: list[Triple]
    things: set[str]


def _find_change(
    draft: Draft,
    now: _Kept,
    kept: tuple[ChangingClosure, Mapping[str, Any]],
    ontology: list[Triple],
    own: tuple[Clause, ...],
) -> _Change | None:
    """What changes in a kept closure; None where that cannot be told."""
    closure, notes = kept
    touched = _find_touched(draft, now.articles, notes, ontology, own)
    if touched is None:
        return None
    after = _gather(ontology, _list_about(draft, touched), own)
    names = {_write(each) for each in touched}
    held = set(_read(triple for triple in closure.given() if triple[0] in names))
    things = set(notes["things"]).difference(map(str, touched)).union(map(str, after.things))
    return _Change(sorted(after.data - held), sorted(held - after.data), things)


def _find_touched(
    draft: Draft,
    articles: Mapping[str, str],
    notes: Mapping[str, Any],
    ontology: list[Triple],
    own: tuple[Clause, ...],
) -> set[URIRef] | None:
    """The things of which facts may have come or gone since a closure; None: anything may."""
    then: Mapping[str, str] = notes["articles"]
    before = _find_articles(draft.below)
    changed_articles = {name for name, _ in then.items() ^ articles.items()}
    if any(then[name] != before.get(name) for name in changed_articles & then.keys()):
        return None  # It went without leave: what it gave is not known.
    content: dict[URIRef, list[Triple]] = {}
    for article in sorted(changed_articles):
        for name in (URIRef(article), iris.facts_graph(URIRef(article))):
            content[name] = list(draft.below.triples(name)) if article in then else []
            content[name] += draft.triples(name) if article in articles else ()
    changed = _gather(ontology, content, own)
    background = set(_list_derived(draft.below)) ^ set(_list_derived(draft))
    return {triple[0] for triple in (*changed.data, *background)} | changed.things


def _gather(
    ontology: list[Triple], content: Mapping[URIRef, Iterable[Triple]], own: tuple[Clause, ...]
) -> Premises:
    from kg.reasoning.premises import gather_premises

    view = Draft(open_memory_graph())
    view.replace_all({iris.ONTOLOGY_GRAPH: ontology, **content})
    return gather_premises(view, own)


def _list_about(draft: Draft, things: Iterable[URIRef]) -> dict[URIRef, list[Triple]]:
    """All that the graphs of articles, facts and background say with these as subjects."""
    content: dict[URIRef, list[Triple]] = {}
    for thing in things:
        for quad in draft.quads(subject=thing):
            if quad[3] not in (iris.ONTOLOGY_GRAPH, iris.INFERRED_GRAPH):
                content.setdefault(quad[3], []).append(quad[:3])
    return content


# ------------------------------------------------------------------------------------- checks


def _check(draft: Draft, stamp: str, articles: Mapping[str, str]) -> list[Finding]:
    """Hold each article against the shapes, unless that was done before."""
    from kg.validation import validate_graph

    place = draft.directory / CHECKED_FILE
    known = _read_checked(place, stamp)
    ontology = list(draft.triples(iris.ONTOLOGY_GRAPH))
    checked: dict[str, list[Finding]] = {}
    for name, identifier in articles.items():
        key = f"{name} {identifier}"
        if key not in known:
            view = Draft(open_memory_graph())
            article = draft.triples(URIRef(name))
            view.replace_all({iris.ONTOLOGY_GRAPH: ontology, URIRef(name): article})
            known[key] = list(validate_graph(view))
        checked[key] = known[key]
    _write_checked(place, stamp, checked)
    # A shape is idle only where no article has what it is for.
    idle = [{each for each in found if each.check == _IDLE} for found in checked.values()]
    findings = set().union(*checked.values()).difference(*idle) | set.intersection(*idle or [set()])
    gravity = list(Severity)
    return sorted(
        findings,
        key=lambda each: (-gravity.index(each.severity), each.check, each.focus, each.message),
    )


def _read_checked(place: Path, stamp: str) -> dict[str, list[Finding]]:
    try:
        kept = json.loads(place.read_bytes())
        if kept["stamp"] != stamp:
            return {}
        return {
            key: [Finding(Severity(row[0]), *row[1:]) for row in rows]
            for key, rows in kept["articles"].items()
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write_checked(place: Path, stamp: str, checked: Mapping[str, list[Finding]]) -> None:
    rows = {
        key: [[each.severity.value, each.check, each.focus, each.message] for each in found]
        for key, found in checked.items()
    }
    unfinished = place.with_suffix(".part")
    unfinished.write_text(json.dumps({"stamp": stamp, "articles": rows}), encoding="utf-8")
    unfinished.replace(place)


# ------------------------------------------------------------------------------ what is there


def find_article_graphs(store: GraphStore) -> frozenset[URIRef]:
    """The graphs that hold articles."""
    return frozenset(quad[3] for quad in store.quads(predicate=KG.sha256))


def _find_articles(store: GraphStore) -> dict[str, str]:
    """The graphs of the articles, each with what tells the code that read it and its review."""
    found = {
        str(name): str(identifier)
        for _, _, identifier, name in store.quads(predicate=DCTERMS.identifier)
    }
    for name in find_article_graphs(store):
        review = sorted(
            str(text)
            for predicate in (KG.withdrew, KG.added)
            for _, _, text in store.triples(name, predicate=predicate)
        )
        if review:
            found[str(name)] = f"{found.get(str(name), '')} {iris.hash_content(*review)}"
    return {str(name): found.get(str(name), "") for name in sorted(find_article_graphs(store))}


def _find_countries(store: GraphStore) -> frozenset[str]:
    articles = find_article_graphs(store)
    codes = store.quads(predicate=KG.countryCode)
    return frozenset(str(code) for _, _, code, article in codes if article in articles)


def find_uses(store: GraphStore) -> Mapping[URIRef, Collection[str]]:
    """The things that the articles of the graph name, each with those articles' dates."""
    dates = find_article_dates(store)
    uses: dict[URIRef, set[str]] = {}
    articles = find_article_graphs(store)
    for predicate in (KG.refersTo, KG.subject, KG.object, KG.holder):
        for _, _, thing, article in store.quads(predicate=predicate):
            if isinstance(thing, URIRef) and article in articles:
                found = uses.setdefault(thing, set())
                if article in dates:
                    found.add(dates[article])
    return uses


def _hash_triples(triples: Iterable[Triple]) -> str:
    # A literal's language and datatype count too.
    lines = sorted(f"{s} {p} {o.n3()}" for s, p, o in triples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _write(iri: str) -> str:
    return f"<{iri}>"


def _drop_graphs(quads: Iterable[Quad]) -> Iterator[Triple]:
    return (quad[:3] for quad in quads)
