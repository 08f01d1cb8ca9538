"""Score links to the shipped names: `python -m bench.linking [--cases FILE] [--errors]`.

Reads `tests/linking_cases.tsv`, names in sentences with the one thing each means, and tells for
every sort of case how much of what is linked is right and how much of what the names know is
linked. Then looks the same names up in a Wikidata
of this machine, made of what the names state, with the film, the ship and the family that bear each
name too. Then does the same for the named things of the gold texts (`eval/dev` of the shared data),
whose entry is the one that has the gold's name, kind and country; where not exactly one has, only
a link into another country counts, as an error.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import URIRef

from bench.wikidata import find_item, link_queries, list_items
from kg import iris
from kg.documents import read_document
from kg.extraction import Names, find_mentions, load_names, resolve_entities
from kg.extraction.name_files import name_pieces
from kg.extraction.naming import NAMED_KINDS
from kg.extraction.tree import build_tree
from kg.iris import ID, KG
from kg.linking.records import LinkQuery
from kg.model import Block, BlockKind, Document, Entity, MentionForm, Span
from kg.reading import know_words
from kg.syntax import Parser, load_parser, parse_document
from kg.vocabulary import Vocabulary, load_vocabulary

CASES = Path(__file__).parents[1] / "tests" / "linking_cases.tsv"
SHARED = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared"))
PRECISION, RECALL = 0.97, 0.90


@dataclass(frozen=True, slots=True)
class Case:
    """A name in a text, and the entry that it means; None where no link should be made."""

    sort: str
    issued: str | None
    words: str
    entry: URIRef | None
    text: str


@dataclass(slots=True)
class Tally:
    """How many links were made, how many of them rightly, and how many there were to make."""

    made: int = 0
    right: int = 0
    wanted: int = 0
    errors: list[str] = field(default_factory=list)

    def count(self, expected: URIRef | None, found: URIRef | None, about: str) -> None:
        """Take in one outcome."""
        self.made += found is not None
        self.wanted += expected is not None
        self.right += found is not None and found == expected
        if found != expected:
            self.errors.append(f"{about}: {_show(found)} for {_show(expected)}")


def read_cases(path: Path) -> list[Case]:
    """The cases of a file: tab-separated columns, `#` before comments."""
    cases = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            sort, issued, words, entry, text = line.split("\t")
            iri = None if entry == "-" else ID[entry]
            cases.append(Case(sort, None if issued == "-" else issued, words, iri, text))
    return cases


class Reader:
    """What is needed to find the named things of a text."""

    def __init__(self) -> None:
        self.vocabulary: Vocabulary = load_vocabulary()
        self.names: Names = load_names()
        self.parser: Parser = load_parser()

    def find_entities(self, document: Document) -> tuple[Entity, ...]:
        """The named things of a document."""
        known = know_words(self.vocabulary, self.names)
        sentences = parse_document(document, self.parser, known)
        trees = tuple(map(build_tree, sentences))
        mentions = find_mentions(document, trees, self.vocabulary, self.names)
        return resolve_entities(document, trees, mentions, self.vocabulary).entities()


def score_cases(cases: Iterable[Case], reader: Reader) -> dict[str, Tally]:
    """The tally of each sort of case."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for case in cases:
        document = make_document(case)
        start = case.text.index(case.words)
        span = Span(start, start + len(case.words))
        found = find_link(reader.find_entities(document), span)
        tallies[case.sort].count(case.entry, found, f"{case.words} in “{case.text}” {case.issued}")
    return tallies


def make_document(case: Case) -> Document:
    """An article of one paragraph."""
    digest = hashlib.sha256(f"{case.text} {case.issued}".encode()).hexdigest()
    block = Block(Span(0, len(case.text)), BlockKind.PROSE)
    return Document(
        iri=iris.mint_document(digest),
        text=case.text,
        source="case.txt",
        digest=digest,
        title=None,
        authors=(),
        issued=case.issued,
        received=None,
        journal=None,
        language="en",
        blocks=(block,),
    )


def find_link(entities: Iterable[Entity], wanted: Span) -> URIRef | None:
    """The entry of the thing whose name covers a place best: at least half of it, or its end."""
    best: tuple[float, URIRef | None] = (0.5, None)
    for entity in entities:
        for mention in entity.mentions:
            if mention.form in {MentionForm.NAME, MentionForm.ADJECTIVE}:
                first, last = sorted((mention.span, wanted))
                shared = min(first.end, last.end) - last.start
                longer = max(mention.span.end - mention.span.start, wanted.end - wanted.start)
                # A title stands before a name, and is taken into it.
                titled = mention.span.covers(wanted) and mention.span.end == wanted.end
                share = shared / longer + 0.5 * titled
                if share > best[0]:
                    best = share, entity.entry
    return best[1]


# ----------------------------------------------------------------------------------- Wikidata


def score_wikidata(cases: Iterable[Case], reader: Reader) -> dict[str, Tally]:
    """The tally of each sort of case, the names looked up in Wikidata as if none were shipped.

    Asked is by the words of the case, or by the thing's label where those are a surname, an
    adjective or a capital that speaks for its state: articles name it in full somewhere. The linker
    sees its kind, the date, and what else the sentence names. These are the cases that the rules
    were made on, so the figure says that they work together, not how they do on unseen names.
    """
    tallies: dict[str, Tally] = defaultdict(Tally)
    asked: dict[LinkQuery, tuple[Case, str]] = {}
    near: set[URIRef] = set()
    for case in cases:
        number = None if case.entry is None else find_item(reader.names.entry(case.entry))
        if number is not None and case.entry is not None:
            query = make_query(case, case.entry, reader)
            asked[query] = case, number
            near.update(c for name in query.names for c in _list_namesakes(reader.names, name))
            near.add(case.entry)
    items = list_items(reader.names, near)
    for query, target in link_queries(list(asked), items):
        case, number = asked[query]
        found = None if target is None else ID[target.rsplit("/", 1)[1]]
        about = f"{query.names[0]} in “{case.text}” {case.issued}"
        tallies[case.sort].count(ID[number], found, about)
    return tallies


def make_query(case: Case, meant: URIRef, reader: Reader) -> LinkQuery:
    """What the linker is asked about the name of a case."""
    entry = reader.names.entry(meant)
    start = case.text.index(case.words)
    wanted = Span(start, start + len(case.words))
    others = [
        entity
        for entity in reader.find_entities(make_document(case))
        if entity.entry not in (None, meant)
        and not any(mention.span.overlaps(wanted) for mention in entity.mentions)
    ]
    own = case.words in (entry.label, *entry.names)
    return LinkQuery(
        entity=ID[f"case-{iris.hash_content(case.text, case.words, case.issued or '')}"],
        names=(case.words if own else entry.label,),
        kind=entry.kind,
        dates=() if case.issued is None else (case.issued,),
        company=tuple(entity.entry for entity in others if entity.entry is not None),
        countries=tuple(sorted({e.country for e in others if e.country is not None})),
        context=(case.text,),
    )


def _list_namesakes(names: Names, name: str) -> Iterator[URIRef]:
    for match in names.find(name.split()):
        yield from (candidate.entry for candidate in match.candidates)


# --------------------------------------------------------------------------------- gold texts


def score_gold(folder: Path, reader: Reader) -> dict[str, Tally]:
    """The tally of each kind of named thing in the gold texts."""
    index = _index_names(reader.names)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for place in sorted(f.parent for f in folder.glob("*/entities.jsonl")):
        document = read_document(place / "text.txt")
        entities = reader.find_entities(document)
        for line in (place / "entities.jsonl").read_text(encoding="utf-8").splitlines():
            gold = json.loads(line)
            named = KG[gold["type"]] in NAMED_KINDS
            if named and any(words[:1].isupper() for words in gold["mentions"]):
                link = _find_usual_link(document, entities, gold["mentions"])
                _count_gold(gold, link, place.name, index, reader.names, tallies)
    return tallies


def _find_usual_link(
    document: Document, entities: Sequence[Entity], mentions: Iterable[str]
) -> URIRef | None:
    """The entry that most of the places mean where a thing of the gold is named."""
    found: Counter[URIRef] = Counter()
    for words in mentions:
        for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", document.text):
            link = find_link(entities, Span(*match.span()))
            if words[:1].isupper() and link is not None:
                found[link] += 1
    return max(found, key=lambda iri: (found[iri], str(iri)), default=None)


def _count_gold(
    gold: Mapping[str, str],
    link: URIRef | None,
    text: str,
    index: Mapping[str, list[URIRef]],
    names: Names,
    tallies: Mapping[str, Tally],
) -> None:
    kind, country = gold["type"], gold.get("country")
    fitting = [
        iri
        for iri in index.get(_fold(gold["name"]), ())
        if names.entry(iri).kind == KG[kind]
        and (country is None or names.entry(iri).country in (None, country))
    ]
    about = f"{gold['name']} in {text}"
    if len(fitting) == 1:
        tallies[kind].count(fitting[0], link, about)
    elif link is not None and len({country, names.entry(link).country} - {None}) > 1:
        tallies[kind].count(None, link, about)


def _index_names(names: Names) -> dict[str, list[URIRef]]:
    index: dict[str, list[URIRef]] = defaultdict(list)
    for iri in names:
        entry = names.entry(iri)
        for name in {_fold(each) for each in (entry.label, *entry.names)}:
            index[name].append(iri)
    return index


def _fold(name: str) -> str:
    pieces = [piece.casefold() for piece in name_pieces(name)]
    return " ".join(pieces[1:] if pieces[:1] == ["the"] else pieces)


# ------------------------------------------------------------------------------------ report


def print_table(title: str, tallies: Mapping[str, Tally], *, errors: bool) -> Tally:
    """Print the tallies with their sum, and what went wrong; gives the sum."""
    total = Tally()
    rows = [*sorted(tallies.items()), ("all", total)]
    for tally in tallies.values():
        total.made += tally.made
        total.right += tally.right
        total.wanted += tally.wanted
        total.errors += tally.errors
    print(f"{title:<16}{'links':>7}{'right':>7}{'wanted':>8}{'precision':>11}{'recall':>8}")
    for name, tally in rows:
        print(
            f"{name:<16}{tally.made:>7}{tally.right:>7}{tally.wanted:>8}"
            f"{_share(tally.right, tally.made):>11}{_share(tally.right, tally.wanted):>8}"
        )
    for line in total.errors if errors else ():
        print(f"  {line}")
    print()
    return total


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _show(iri: URIRef | None) -> str:
    return "no link" if iri is None else iri.removeprefix(str(ID))


def _meets_goals(tally: Tally) -> Iterator[bool]:
    yield tally.right >= PRECISION * tally.made
    yield tally.right >= RECALL * tally.wanted


def main() -> int:
    """Run the measurement; returns 1 where the cases miss the goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES, help="the file of cases")
    parser.add_argument("--errors", action="store_true", help="list what went wrong")
    arguments = parser.parse_args()
    reader = Reader()
    cases = read_cases(arguments.cases)
    total = print_table("cases", score_cases(cases, reader), errors=arguments.errors)
    away = print_table("Wikidata", score_wikidata(cases, reader), errors=arguments.errors)
    gold = SHARED / "eval" / "dev"
    if gold.is_dir():
        print_table("gold", score_gold(gold, reader), errors=arguments.errors)
    else:
        print(f"no gold texts at {gold}: set KG_SHARED", file=sys.stderr)
    good = all((*_meets_goals(total), away.right >= RECALL * away.wanted))
    outcome = "met" if good else "missed"
    print(f"{len(cases)} cases; goals of precision {PRECISION} and recall {RECALL} {outcome}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
