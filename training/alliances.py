"""Write the alliances of states from their table: `python -m training.alliances GAZETTEER_DIR`.

The Correlates of War project lists who was allied with whom from when until when, and by which type
of treaty (Gibler, International Military Alliances 1648-2008, version 4.1 to 2012). These are no
names that a text could have, so they stand beside the names and are joined in by `kg enrich`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from rdflib import RDF, RDFS

from kg.iris import ID, KG
from kg.rdf import read_turtle
from kg.vocabulary.files import ontology_directory
from training.name_entries import Entry, describe, english, read_rows, write_entries

TYPES: Mapping[str, str] = {
    "Type I: Defense Pact": "defence pact",
    "Type II: Neutrality": "neutrality pact",
    "Type IIa: Non-Aggression Pact": "non-aggression pact",
    "Type IIb: Non-Aggression Pact": "non-aggression pact",
    "Type III: Entente": "entente",
}
# The alliances that the names know, each compared with its members and dates there.
NAMED: Mapping[str, str] = {
    "cow41:6": "Quadruple-Alliance",
    "cow41:67": "Triple-Alliance",
    "cow41:77": "Anglo-Japanese-Alliance",
    "cow41:227": "NATO",
    "cow41:232": "ANZUS",
    "cow41:233": "US-Japan-alliance",
    "cow41:236": "US-South-Korea-alliance",
    "cow41:238": "SEATO",
    "cow41:241": "CENTO",
    "cow41:243": "Warsaw-Pact",
    "cow41:350": "Collective-Security-Treaty-Organization",
}
_LISTED = 3


def read_states() -> tuple[dict[str, str], dict[str, str]]:
    """The local names of the states by their code in Correlates of War, and their labels."""
    codes: dict[str, str] = {}
    labels: dict[str, str] = {}
    states: set[str] = set()
    for path in sorted((ontology_directory() / "names").glob("*.ttl")):
        for subject, predicate, value in read_turtle(path):
            local = str(subject).removeprefix(str(ID))
            if predicate == KG.cowCode:
                codes.setdefault(str(value), local)
            elif predicate == RDFS.label:
                labels.setdefault(local, str(value))
            elif (predicate, value) == (RDF.type, KG.State):
                states.add(local)
    return {code: local for code, local in codes.items() if local in states}, labels


def describe_alliances(
    rows: Iterable[Mapping[str, str]], codes: Mapping[str, str], labels: Mapping[str, str]
) -> list[Entry]:
    """The alliances and memberships of a table whose members the names know."""
    grouped: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        if row["cow"] in codes:
            grouped.setdefault(row["alliance_id"], []).append(row)
    entries = []
    for name, members in grouped.items():
        local = NAMED.get(name) or name.replace("cow41:", "COW-alliance-")
        first = members[0]
        source = first["source"]
        if name in NAMED:
            # The names have its label and dates, which are not said twice.
            plain = (("dcterms:type", english(TYPES[first["ss_type"]])),)
            entries.append(Entry(local, "Alliance", plain))
        else:
            label = _label(first, [labels[codes[row["cow"]]] for row in members])
            dates = [
                ("validFrom", first["alliance_from"]),
                ("validUntil", first["alliance_until"]),
            ]
            properties = describe(label, plain=dates, source=source)
            kind = ("dcterms:type", english(TYPES[first["ss_type"]]))
            entries.append(Entry(local, "Alliance", (*properties[:-1], kind, properties[-1])))
        for number, row in enumerate(members):
            member = codes[row["cow"]]
            resources = (("kg:member", f"id:{member}"), ("kg:body", f"id:{local}"))
            dates = [("kg:validFrom", row["valid_from"]), ("kg:validUntil", row["valid_until"])]
            plain = tuple((key, f'"{value}"') for key, value in dates if value)
            origin = ("dcterms:source", f'"{source}"')
            membership = f"{name.replace('cow41:', 'COW-alliance-')}-{number + 1}-{member}"
            entries.append(Entry(membership, "Membership", (*resources, *plain, origin)))
    return entries


def _label(row: Mapping[str, str], members: Iterable[str]) -> str:
    """What an alliance is called that has no name: its type, members and first year."""
    named = list(dict.fromkeys(members))
    if len(named) > _LISTED:
        who = f"{len(named)} states"
    elif len(named) > 1:
        who = f"{', '.join(named[:-1])} and {named[-1]}"
    else:
        who = f"{named[0]} and another state"
    return f"{TYPES[row['ss_type']]} of {who} ({row['alliance_from'][:4]})"


def main(directory: Path, target: Path) -> None:
    """Write `alliances.ttl`."""
    codes, labels = read_states()
    entries = describe_alliances(read_rows(directory, "alliances_cow41_members.tsv"), codes, labels)
    write_entries(target, entries)
    text = target.read_text(encoding="utf-8")
    first = text.index("\n")
    target.write_text(
        "# Written by `python -m training.alliances GAZETTEER_DIR`, not by hand." + text[first:],
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), ontology_directory() / "alliances.ttl")
