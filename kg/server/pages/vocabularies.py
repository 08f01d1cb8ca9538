"""The vocabularies beside the ontology as pages: wordings, cues, shapes and rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from kg import iris
from kg.iris import CUE, LEX
from kg.reasoning.closure import load_owl_rules, load_own_rules
from kg.reasoning.rulebook import Rule, read_clauses
from kg.server.pages.claims import ShownClaim, count_claims, fetch_claims
from kg.server.pages.naming import Named, locate_thing, shorten_iri, take_local_name
from kg.server.pages.ontology import RDF_TYPE, RDFS, SKOS, Facts, collect_facts, take_label
from kg.server.pages.term import Wording, count_wordings, word_frame
from kg.server.pages.triples import TripleLine, list_lines
from kg.server.shipped import find_frames, read_rows
from kg.server.statistics import Ask

_SHACL = "http://www.w3.org/ns/shacl#"
_MOST_CLAIMS = 50
_MOST_FOUND = 60
_TABLES = {
    4: "equality",
    5: "relations",
    6: "classes",
    7: "classes above one another",
    8: "kinds of literals",
    9: "the ontology itself",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a vocabulary: what it is called, where it leads, what is to be told of it.

    `name` is what an address has behind its "#"; empty where the same stands above already.
    """

    name: str
    label: str
    href: str | None = None
    note: str = ""
    code: str = ""
    count: int = 0
    parts: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a heading; short ones stand beside one another."""

    heading: str
    note: str
    entries: tuple[Entry, ...]
    short: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The page of a document of terms; `path` is that of its data, None where it is no RDF."""

    iri: str
    title: str
    note: str
    path: str | None
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The page of one term: a wording with its claims, or whatever the document says of it."""

    iri: str
    document: str
    name: str
    label: str
    wording: Wording | None = None
    details: tuple[tuple[str, str], ...] = ()
    relation: Named | None = None
    count: int = 0
    claims: tuple[ShownClaim, ...] = ()
    definitions: tuple[str, ...] = ()
    outgoing: list[TripleLine] = field(default_factory=list)
    incoming: list[TripleLine] = field(default_factory=list)


# --------------------------------------------------------------------------------- documents


def make_vocabulary(document: str, facts: Facts, base: str) -> Vocabulary:
    """The page of the lexicon, the cues, the shapes or the rules; `facts` are the ontology's."""
    match document:
        case "cues":
            return _list_cues(base)
        case "lexicon":
            return _list_lexicon(facts, base)
        case "shapes":
            return _list_shapes(base)
    return _list_rules()


def _list_cues(base: str) -> Vocabulary:
    facts = collect_facts(read_rows("cues"))
    effect = str(CUE.effect)
    groups: dict[str, list[str]] = {}
    for iri, said in facts.items():
        for value in said.get(effect, ()):
            groups.setdefault(value, []).append(iri)
    told: set[str] = set()
    sections = []
    for iri, members in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        note = " ".join(facts.get(iri, {}).get(f"{SKOS}definition", ()))
        entries = [
            replace(_make_entry(facts, member, base, told), note=_word_cue(facts[member]))
            for member in members
        ]
        entries.sort(key=lambda each: each.label.casefold())
        sections.append(Section(take_label(facts, iri), note, tuple(entries), short=True))
    rest = [iri for iri in facts if iri.startswith(CUE) and iri not in told]
    terms = tuple(_make_entry(facts, iri, base, told) for iri in rest)
    return Vocabulary(
        iri=str(CUE).rstrip("#"),
        title="Cues",
        note="Words that tell who holds a claim, whether it is denied, how sure it is, when it "
        "holds, and how its ends are passed on.",
        path="cues",
        sections=(*sections, Section("Terms", "What the cues are told with.", terms)),
    )


def _word_cue(said: Mapping[str, tuple[str, ...]]) -> str:
    """What tells a cue from others of the same words."""
    kinds = said.get(str(CUE.pos), ())
    return ", ".join((*kinds, *said.get(str(CUE.complement), ())))


def _list_lexicon(facts: Facts, base: str) -> Vocabulary:
    counts = count_wordings()
    relations = [
        Entry(
            "",
            take_label(facts, iri),
            f"{locate_thing(iri, base)[0]}#wordings",
            " ".join(facts.get(iri, {}).get(f"{SKOS}definition", ())[:1]),
            count=count,
        )
        for iri, count in counts.items()
    ]
    relations.sort(key=lambda each: each.label.casefold())
    own = collect_facts(read_rows("lexicon"))
    told: set[str] = set()
    terms = tuple(_make_entry(own, iri, base, told) for iri in own if iri.startswith(LEX))
    total = sum(counts.values())
    return Vocabulary(
        iri=str(LEX).rstrip("#"),
        title="Lexicon",
        note=f"{total:,} wordings: which words state a relation, and which of their slots fill "
        "its ends.",
        path="lexicon",
        sections=(
            Section("Relations with their wordings", "", tuple(relations)),
            Section("Terms", "What the wordings are told with.", terms),
        ),
    )


def _list_shapes(base: str) -> Vocabulary:
    facts = collect_facts(read_rows("shapes"))
    own = {iri for iri in facts if "#" in iri and iri.startswith(iris.BASE)}
    nodes = [iri for iri in own if f"{_SHACL}NodeShape" in facts[iri].get(RDF_TYPE, ())]
    told: set[str] = set()
    entries = []
    for iri in sorted(nodes):
        told.add(iri)
        targets = facts[iri].get(f"{_SHACL}targetClass", ())
        parts = [part for part in facts[iri].get(f"{_SHACL}property", ()) if part in own]
        entries.append(
            Entry(
                take_local_name(iri),
                take_local_name(iri),
                locate_thing(iri, base)[0],
                f"of each {', '.join(map(shorten_iri, targets))}" if targets else "",
                parts=tuple(_make_entry(facts, part, base, told) for part in parts),
            )
        )
    rest = tuple(_make_entry(facts, iri, base, told) for iri in sorted(own - told))
    sections = [Section("Shapes", "", tuple(entries))]
    if rest:
        sections.append(Section("Further shapes", "", rest))
    return Vocabulary(
        iri=f"{iris.BASE}shapes",
        title="Shapes",
        note="What an article's graph must look like (SHACL); each message says what is wrong "
        "where it does not.",
        path="shapes",
        sections=tuple(sections),
    )


@lru_cache(maxsize=1)
def _list_rules() -> Vocabulary:
    own = read_clauses(load_own_rules())
    tables: dict[int, list[Rule]] = {}
    for rule in load_owl_rules():
        tables.setdefault(rule.table, []).append(rule)
    sections = [
        Section("Rules of our own", "What follows from acts, offices and places.", _word_rules(own))
    ]
    sections += [
        Section(
            f"OWL 2 RL: {_TABLES.get(table, str(table))}",
            f"Table {table} of the recommendation.",
            _word_rules(rules),
        )
        for table, rules in sorted(tables.items())
    ]
    return Vocabulary(
        iri=f"{iris.BASE}owl2rl",
        title="Rules",
        note="By these, triples follow from others; a proof names the rule of each step.",
        path=None,
        sections=tuple(sections),
    )


def list_rule_names() -> frozenset[str]:
    """The names of the rules that their page has a line for."""
    return frozenset(entry.name for section in _list_rules().sections for entry in section.entries)


def _word_rules(rules: Iterable[Rule]) -> tuple[Entry, ...]:
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.name, []).append(rule)
    return tuple(
        Entry(name, name, note=same[0].wording, code="\n\n".join(map(_write_rule, same)))
        for name, same in found.items()
    )


def _write_rule(rule: Rule) -> str:
    def write(atoms: Iterable[Sequence[str]]) -> list[str]:
        return [" ".join(map(_shorten_written, atom)) for atom in atoms]

    lines = [f"if    {line}" for line in write((*rule.body, *rule.lists))]
    lines += [f"and   {one} ≠ {other}" for one, other in rule.distinct]
    lines = (
        [
            lines[0],
            *(f"and   {line.removeprefix('if    ').removeprefix('and   ')}" for line in lines[1:]),
        ]
        if lines
        else []
    )
    head = " ".join(map(_shorten_written, rule.head)) if rule.head else "a contradiction"
    return "\n".join([*lines, f"then  {head}"])


def _shorten_written(term: str) -> str:
    return shorten_iri(term[1:-1]) if term.startswith("<") else term


def _make_entry(facts: Facts, iri: str, base: str, told: set[str]) -> Entry:
    said = facts[iri]
    about = (f"{SKOS}definition", f"{_SHACL}message", f"{RDFS}comment")
    name = take_local_name(iri)
    entry = Entry(
        "" if iri in told else name,
        take_label(facts, iri)
        if any(f"{SKOS}prefLabel" == p or f"{RDFS}label" == p for p in said)
        else name,
        locate_thing(iri, base)[0],
        next((value for key in about for value in said.get(key, ())), ""),
    )
    told.add(iri)
    return entry


# ------------------------------------------------------------------------------------- terms


async def fetch_entry(
    document: str, name: str, ontology: Facts, ask: Ask, base: str
) -> EntryPage | None:
    """What there is to tell of a term of a document; None where it has none of the name."""
    iri = f"{iris.BASE}{document}#{name}"
    frame = find_frames().get(iri) if document == "lexicon" else None
    if frame is None:
        return _describe_entry(document, name, iri, base)
    wording = word_frame(frame, base)
    pattern = f"?claim kg:frame <{iri}> ; a kg:Claim ."
    told = {
        "part of speech": wording.pos,
        "subject from": wording.subject,
        "object from": wording.object,
        "topic from": ", ".join(frame.topic),
        "subject must be": ", ".join(map(take_local_name, frame.subject_kinds)),
        "object must be": ", ".join(map(take_local_name, frame.object_kinds)),
        "implies": wording.implies,
        "weight": f"{frame.weight:g}",
    }
    relation = str(frame.relation)
    return EntryPage(
        iri=iri,
        document=document,
        name=name,
        label=wording.words,
        wording=wording,
        details=tuple((key, value) for key, value in told.items() if value),
        relation=Named(relation, take_label(ontology, relation), locate_thing(relation, base)[0]),
        count=await count_claims(pattern, ask),
        claims=tuple(await fetch_claims(pattern, ask, base, limit=_MOST_CLAIMS)),
    )


def _describe_entry(document: str, name: str, iri: str, base: str) -> EntryPage | None:
    rows = read_rows(document)
    outgoing = [row for row in rows if row["s"]["value"] == iri]
    if not outgoing:
        return None
    incoming = [row for row in rows if row["o"]["value"] == iri]
    facts: Mapping[str, Mapping[str, tuple[str, ...]]] = collect_facts(outgoing)
    said = facts[iri]
    return EntryPage(
        iri=iri,
        document=document,
        name=name,
        label=take_label(facts, iri)
        if f"{SKOS}prefLabel" in said
        else said.get(f"{RDFS}label", (name,))[0],
        definitions=(*said.get(f"{SKOS}definition", ()), *said.get(f"{_SHACL}message", ())),
        outgoing=list_lines(outgoing, iri, "o", base),
        incoming=list_lines(
            sorted(
                incoming, key=lambda row: (row["o"]["value"], row["p"]["value"], row["s"]["value"])
            ),
            iri,
            "s",
            base,
        ),
    )


# ------------------------------------------------------------------------------------- search


def search_wordings(words: str, base: str) -> tuple[int, list[Wording]]:
    """How many wordings have each of some words among their own, and the first of them."""
    wanted = words.casefold().split()
    found = []
    for frame in find_frames().values():
        own = {*frame.words, *([frame.particle] if frame.particle else [])}
        for _, lemmas in frame.companions:
            own |= lemmas
        text = " ".join(own).casefold()
        if wanted and all(word in text for word in wanted):
            exact = set(wanted) <= {word.casefold() for word in own}
            found.append(((not exact, frame.words, str(frame.iri)), frame))
    found.sort(key=lambda pair: pair[0])
    return len(found), [word_frame(frame, base) for _, frame in found[:_MOST_FOUND]]


def search_cues(words: str, base: str) -> list[Entry]:
    """The cues whose words have some words in them."""
    wanted = words.casefold().split()
    facts = collect_facts(read_rows("cues"))
    cue = str(CUE.Cue)
    return [
        _make_entry(facts, iri, base, set())
        for iri, said in facts.items()
        if cue in said.get(RDF_TYPE, ())
        and wanted
        and all(word in take_label(facts, iri).casefold() for word in wanted)
    ][:_MOST_FOUND]
