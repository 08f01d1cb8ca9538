"""Compiles the gazetteer's Turtle into one flat text that loads at once and is decoded on demand.

The compiled text lies in the user's cache folder under the digest of the Turtle files; where
that folder cannot be written, names are compiled in memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, URIRef
from rdflib.namespace import DCTERMS

from kg.iris import ID, KG
from kg.rdf import SourceTriple, read_turtle

FORMAT = 5
SECTIONS = ("entries", "keys", "firsts", "folded", "organs", "holders", "words", "memberships")
LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ð": "d", "ß": "ss"}
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "þ": "th", "ʻ": "'", "’": "'", "‘": "'", "ʼ": "'", "`": "'"}
    | dict.fromkeys("‐‑‒–—−", "-")
)
# One letter for each way in which a surface belongs to its entry.
SURFACES = {
    "L": "label",
    "A": "alias",
    "C": "acronym",
    "J": "adjective",
    "P": "prefix",
    "D": "demonym",
    "R": "rare",
    "S": "surname",
}
_BEST_FIRST = "LACJPDRS"
Description = dict[URIRef, list[str]]


@lru_cache(maxsize=65536)
def split_pieces(word: str) -> tuple[str, ...]:
    """The pieces by which names are matched: no accents, dots, hyphens or apostrophes."""
    plain = unicodedata.normalize("NFKD", word.translate(LETTERS))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    if any(c.isalnum() for c in plain):
        plain = plain.replace(".", "").replace("&", "and")
    return tuple(re.split(r"[-'\s]+", plain.strip("-' "))) if plain.strip("-' ") else ()


def name_pieces(name: str) -> tuple[str, ...]:
    """The pieces of a whole name, its punctuation set apart as a tokeniser would."""
    spaced = re.sub(r"([,()/:\"“”])", r" \1 ", name)
    return tuple(piece for word in spaced.split() for piece in split_pieces(word))


def digest_files(paths: Iterable[Path]) -> str:
    """The SHA-256 over the names and bytes of the files and this module's format."""
    digest = hashlib.sha256(str(FORMAT).encode())
    for path in paths:
        data = path.read_bytes()
        digest.update(f"\x1f{path.name}\x1f{len(data)}\x1f".encode())
        digest.update(data)
    return digest.hexdigest()


def cache_directory() -> Path:
    """Where compiled names are kept."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "concord"


def read_compiled(directory: Path, cache: Path | None) -> str:
    """The compiled names of a folder of Turtle files, from the cache where it has them."""
    paths = sorted(directory.glob("*.ttl"))
    folder = cache or cache_directory()
    target = folder / f"names-{digest_files(paths)[:32]}.txt"
    try:
        text = target.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    if text.endswith("\n\x03\n"):
        return text
    text = compile_names(triple for path in paths for triple in read_turtle(path))
    save_atomically(target, text)
    return text


def save_atomically(target: Path, text: str) -> None:
    """Write a file whole or not at all; a folder that cannot be written is no error."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".names-")
    except OSError:
        return
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)


def compile_names(triples: Iterable[SourceTriple]) -> str:
    """The sections of the compiled text, one record a line."""
    described = describe_subjects(triples)
    by_class: dict[str, list[URIRef]] = {}
    for subject in sorted(described):
        for kind in described[subject].get(RDF.type, ()):
            by_class.setdefault(kind.removeprefix(str(KG)), []).append(subject)
    apart = {"Term", "Membership", "WordList"}
    subjects = sorted(s for kind, group in by_class.items() if kind not in apart for s in group)
    numbers = {subject: number for number, subject in enumerate(subjects)}
    keys: dict[str, dict[int, str]] = {}
    for subject in subjects:
        for key, surface in iterate_surfaces(described[subject]):
            best = keys.setdefault(key, {})
            known = best.get(numbers[subject])
            if known is None or _BEST_FIRST.index(surface) < _BEST_FIRST.index(known):
                best[numbers[subject]] = surface
    sections: dict[str, list[str]] = {
        "entries": [f"{localise(s)}\t{encode_entry(s, described)}" for s in subjects],
        "keys": [
            f"{key}\t" + " ".join(f"{n}{keys[key][n]}" for n in sorted(keys[key]))
            for key in sorted(keys)
        ],
        "firsts": [f"{piece}\t{longest}" for piece, longest in measure_firsts(keys)],
        "folded": [f"{fold}\t{key}" for fold, key in fold_keys(keys)],
        "organs": list(list_organs(by_class, described)),
        "holders": list(list_holders(by_class, described)),
        "words": [
            f"{localise(s)}\t" + " ".join(sorted(described[s][KG.word]))
            for s in by_class.get("WordList", ())
        ],
        "memberships": [encode_membership(described[s]) for s in by_class.get("Membership", ())],
    }
    given = {name_pieces(label)[0] for label in iterate_person_labels(by_class, described)}
    sections["words"].append("given-names\t" + " ".join(sorted(given)))
    return "\x02\n".join("".join(f"{line}\n" for line in sections[n]) for n in SECTIONS) + "\x03\n"


def describe_subjects(triples: Iterable[SourceTriple]) -> dict[URIRef, Description]:
    """What is said of each subject, values as strings in their order."""
    described: dict[URIRef, Description] = {}
    for subject, predicate, value in triples:
        if isinstance(subject, URIRef):
            values = described.setdefault(subject, {}).setdefault(predicate, [])
            if str(value) not in values:
                values.append(str(value))
    return described


def localise(iri: str) -> str:
    """A gazetteer IRI without its namespace."""
    return iri.removeprefix(str(ID))


def first(description: Description, predicate: URIRef) -> str | None:
    """The first value of a predicate, if any."""
    values = description.get(predicate)
    return values[0] if values else None


def encode_entry(subject: URIRef, described: Mapping[URIRef, Description]) -> str:
    """An entry as a JSON array in the order of `names.decode_entry`."""
    about = described[subject]
    kinds = about[RDF.type]
    terms = [encode_term(t, described[URIRef(t)]) for t in about.get(KG.holdsOffice, ())]
    places = (KG.capitalOf, KG.inState, KG.ofState, KG.headedBy)
    return json.dumps(
        [
            kinds[0],
            first(about, RDFS.label) or localise(subject),
            first(about, KG.countryCode),
            about.get(SKOS.altLabel, []),
            about.get(KG.adjective, []),
            about.get(KG.demonym, []),
            first(about, KG.surname),
            terms,
            about.get(SKOS.exactMatch, []),
            first(about, KG.validFrom),
            first(about, KG.validUntil),
            "; ".join(about.get(DCTERMS.source, [])),
            *(first(about, p) for p in places),
        ],
        ensure_ascii=False,
    )


def encode_term(iri: str, about: Description) -> list[str | bool | None]:
    """A term of office in the order of `names.Term`."""
    return [
        iri,
        first(about, KG.officeHolder),
        first(about, KG.office),
        first(about, KG.ofState),
        first(about, KG.validFrom),
        first(about, KG.validUntil),
        first(about, KG.headship) == "true",
        first(about, KG.effective) == "true",
    ]


def encode_membership(about: Description) -> str:
    """A membership under its member, then under its body."""
    fields = (KG.member, KG.body, KG.validFrom, KG.validUntil, DCTERMS.source)
    return "\t".join(localise(first(about, f) or "") for f in fields)


def iterate_surfaces(about: Description) -> Iterator[tuple[str, str]]:
    """Every key under which an entry is found, with the letter of its surface."""
    person = str(KG.Person) in about[RDF.type]
    surname = first(about, KG.surname)
    for position, name in enumerate(about.get(RDFS.label, []) + about.get(SKOS.altLabel, [])):
        # A person of whom only the surname is known is found by it as by a surname.
        if person and position == 0 and name == surname:
            continue
        surface = "L" if position == 0 else "C" if is_acronym(name) else "A"
        for variant in vary_name(name, person=person):
            yield " ".join(variant), surface
    for name in about.get(SKOS.hiddenLabel, []):
        for variant in vary_name(name, person=person):
            yield " ".join(variant), "R"
    for name in about.get(KG.adjective, []):
        yield " ".join(name_pieces(name)), "P" if name.endswith("-") else "J"
    for name in about.get(KG.demonym, []):
        yield " ".join(name_pieces(name)), "D"
    if surname:
        pieces = name_pieces(surname)
        yield " ".join(pieces), "S"
        # "al-Sisi" is "Sisi" too.
        if pieces[0].lower() in {"al", "el"} and len(pieces) > 1:
            yield " ".join(pieces[1:]), "S"


def is_acronym(name: str) -> bool:
    """Whether a name is letters in capitals only."""
    letters = [c for c in name if c.isalpha()]
    return 1 < len(letters) <= 8 and all(c.isupper() for c in letters) and " " not in name


def vary_name(name: str, *, person: bool) -> Iterator[tuple[str, ...]]:
    """A name's pieces, and those of its usual variants."""
    pieces = name_pieces(name)
    if not pieces:
        return
    yield pieces
    if pieces[0].islower() and pieces[0] != "the":
        yield (pieces[0].capitalize(), *pieces[1:])
    if person and len(pieces) > 2:
        bare = tuple(
            p for n, p in enumerate(pieces) if not (0 < n < len(pieces) - 1 and len(p) == 1)
        )
        if len(bare) != len(pieces) and len(bare) > 1:
            yield bare
        if any(p.islower() for p in pieces[2:]):
            yield tuple(p.capitalize() if n == 2 else p for n, p in enumerate(pieces))


def measure_firsts(keys: Iterable[str]) -> list[tuple[str, int]]:
    """For each piece that a key begins with, how many pieces the longest such key has."""
    longest: dict[str, int] = {}
    for key in keys:
        piece, count = key.split(" ", 1)[0], key.count(" ") + 1
        longest[piece] = max(longest.get(piece, 0), count)
    return sorted(longest.items())


def fold_keys(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Keys by their lower-case form, for words set in capitals."""
    folded: dict[str, str] = {}
    for key in sorted(keys):
        if not key.isupper() and not key.islower():
            folded.setdefault(key.casefold(), key)
    return sorted(folded.items())


def list_organs(
    by_class: Mapping[str, list[URIRef]], described: Mapping[URIRef, Description]
) -> Iterator[str]:
    """Owner and role to entry: a state's government and forces, a leader's administration.

    Of a city, as seat, the states of old that were governed from it.
    """
    for subject in by_class.get("Government", ()):
        for predicate in (KG.ofState, KG.headedBy):
            for owner in described[subject].get(predicate, ()):
                yield f"{localise(owner)} government\t{localise(subject)}"
    for subject in by_class.get("ArmedForce", ()):
        for owner in described[subject].get(KG.ofState, ()):
            branch = first(described[subject], KG.branch) or "armed forces"
            yield f"{localise(owner)} {branch}\t{localise(subject)}"
    for subject in by_class.get("Place", ()):
        if states := described[subject].get(KG.seatOf):
            yield f"{localise(subject)} seat\t" + " ".join(sorted(map(localise, states)))


def list_holders(
    by_class: Mapping[str, list[URIRef]], described: Mapping[URIRef, Description]
) -> Iterator[str]:
    """State to the people who held office there."""
    holders: dict[str, set[str]] = {}
    for term in by_class.get("Term", ()):
        about = described[term]
        state, holder = first(about, KG.ofState), first(about, KG.officeHolder)
        if state and holder:
            holders.setdefault(localise(state), set()).add(localise(holder))
    for state in sorted(holders):
        yield f"{state}\t" + " ".join(sorted(holders[state]))


def iterate_person_labels(
    by_class: Mapping[str, list[URIRef]], described: Mapping[URIRef, Description]
) -> Iterator[str]:
    """The full names of people."""
    for subject in by_class.get("Person", ()):
        label = first(described[subject], RDFS.label) or ""
        if " " in label and len(label.split()[0]) > 2:
            yield label
