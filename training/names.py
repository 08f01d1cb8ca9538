"""Write the gazetteer's Turtle from its tables: `python -m training.names GAZETTEER_DIR`.

States, governments, forces, bodies, memberships, places and cities here; people in
`training.name_holders`. Wordings from general knowledge stand in `ontology/names/known-*.ttl`,
which are kept by hand and may add names to the entries written here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.vocabulary.files import ontology_directory
from training.name_entries import (
    Entry,
    Slugs,
    degrees,
    describe,
    links,
    read_rows,
    write_entries,
)
from training.name_holders import write_holders
from training.name_tables import (
    ADJECTIVES,
    ALLIANCES,
    BODIES,
    BODY_LABELS,
    BRANCHES,
    CITY_LABELS,
    CITY_POPULATION,
    CODES,
    FACTBOOK_STATUS,
    FEATURE_LABELS,
    FEATURE_NAMES,
    FORMER_STATES,
    KNOWN_CITIES,
    KNOWN_STATES,
    NOT_CITIES,
    NOT_NAMES,
    STATE_LABELS,
    TWO_LETTERS,
)


@dataclass(frozen=True, slots=True)
class State:
    """What the other writers need of a state: its entry, code, and span of existence."""

    local: str
    label: str
    code: str
    cow: str


def plain_names(row: dict[str, str]) -> list[str]:
    """The aliases of a row that are names: no fragments, no stray two-letter codes."""
    names = [n.strip() for n in row["aliases"].split("|")]
    return [
        n
        for n in names
        if len(n) > 1
        and n not in NOT_NAMES
        and "(" not in n
        and not (len(n) == 2 and n.isupper() and n not in TWO_LETTERS)
    ]


def parse_demonyms(row: dict[str, str]) -> tuple[list[str], list[str]]:
    """Adjectives and plural demonyms as the factbook writes them ("Afghan(s)", "X or Y")."""
    if row["iso3"] in ADJECTIVES:
        adjectives, demonyms = ADJECTIVES[row["iso3"]]
        return list(adjectives), list(demonyms)
    adjectives = [a.strip() for a in re.split(r"[;,]| or ", row["demonym_adj"])]
    adjectives = [re.sub(r"\s*\(.*?\)|\(s\)", "", a) for a in adjectives]
    demonyms = []
    for noun in re.split(r"[;,]| or ", row["demonym_noun"]):
        match = re.fullmatch(r"\s*([A-Z][\w' -]+)\(s\).*", noun)
        if match:
            demonyms.append(match[1] + "s")
    return [a for a in adjectives if a and a[0].isupper() and a != "NA"], demonyms


def describe_states(directory: Path, slugs: Slugs) -> tuple[list[Entry], list[State]]:
    """The states and territories of today."""
    entries, states = [], []
    for row in read_rows(directory, "countries.tsv"):
        label = STATE_LABELS.get(row["label"], row["label"])
        names = [*plain_names(row), row["label"]]
        names += [n.replace("&", "and") for n in names if " & " in n]
        if label.startswith("St. "):
            names.append(label.replace("St. ", "Saint "))
        adjectives, demonyms = parse_demonyms(row)
        is_state = row["type"] == "country" or row["iso3"] == "PSE"
        local = slugs.take(label, row["iso3"])
        plain = [
            ("countryCode", row["iso3"]),
            ("iso2", row["iso2"] if re.fullmatch("[A-Z]{2}", row["iso2"]) else ""),
            ("cowCode", row["cow"]),
        ]
        properties = describe(
            label,
            names=names,
            adjectives=adjectives,
            demonyms=demonyms,
            plain=plain,
            matches=links(row),
            source=row["source"],
        )
        entries.append(Entry(local, "State" if is_state else "Place", properties))
        if is_state:
            states.append(State(local, label, row["iso3"], row["cow"]))
    return entries, states


def describe_former_states(directory: Path, slugs: Slugs) -> tuple[list[Entry], list[State]]:
    """The states that the Correlates of War list and no table of today has."""
    spells: dict[str, list[dict[str, str]]] = {}
    for row in read_rows(directory, "states_cow_all.tsv"):
        spells.setdefault(row["cow"], []).append(row)
    entries, states = [], []
    for cow, (label, code, names, adjectives, demonyms) in FORMER_STATES.items():
        local = slugs.take(label)
        span = [
            ("validFrom", spells[cow][0]["valid_from"]),
            ("validUntil", spells[cow][-1]["valid_until"]),
        ]
        properties = describe(
            label,
            names=names,
            adjectives=adjectives,
            demonyms=demonyms,
            plain=[("countryCode", code), ("cowCode", cow), *span],
            source=spells[cow][0]["source"],
        )
        entries.append(Entry(local, "State", properties))
        states.append(State(local, label, code, cow))
    return entries, states


def describe_organs(states: Iterable[State], slugs: Slugs) -> Iterator[Entry]:
    """The government and the armed forces of each state; the matcher composes their names."""
    for state in states:
        plain = [("countryCode", state.code)]
        parts = [("ofState", state.local)]
        label = f"government of {state.label}"
        properties = describe(label, plain=plain, resources=parts, source="derived from the state")
        yield Entry(slugs.take(f"Government-of-{state.local}"), "Government", properties)
        for branch in BRANCHES:
            properties = describe(
                f"{branch} of {state.label}",
                plain=[*plain, ("branch", branch)],
                resources=parts,
                source="derived from the state",
            )
            local = slugs.take(f"{branch.capitalize()}-of-{state.local}")
            yield Entry(local, "ArmedForce", properties)


def describe_bodies(directory: Path, slugs: Slugs) -> Iterator[Entry]:
    """Intergovernmental bodies; research infrastructures and joint undertakings are left out."""
    for row in read_rows(directory, "igos.tsv"):
        if re.search(
            r"ERIC\b|Joint Undertaking|European Research Infra", row["aliases"] + row["label"]
        ):
            continue
        local, label = BODY_LABELS.get(row["label"], (row["label"], ""))
        names = [*plain_names(row), row["label"]]
        # Long acronyms in capitals are safe; three letters may be a word ("SHARE", "IDEA").
        names = [
            n for n in names if n not in {"IDEA", "SHARE", "IN", "PC", "WB", "EP", "CAR", "ISA"}
        ]
        if row["label"].endswith("Secretariat"):
            names = [n for n in names if n != "APEC"]
        names += [re.sub("isation", "ization", n) for n in names if "Organisation" in n]
        names += [re.sub("ization", "isation", n) for n in names if "Organization" in n]
        names += [n.replace("Co-operation", "Cooperation") for n in names if "Co-operation" in n]
        properties = describe(
            label or row["label"],
            names=names,
            plain=[("validFrom", row["valid_from"]), ("validUntil", row["valid_until"])],
            matches=links(row),
            source=row["source"],
        )
        kind = "Alliance" if row["label"] in ALLIANCES else "Organization"
        yield Entry(slugs.take(local), kind, properties)


# The gazetteer gives record numbers of a search there, which lead nobody to a source.
CHECKED_SINGLY = "English Wikipedia title, checked singly in public files"


def describe_special(directory: Path, slugs: Slugs) -> Iterator[Entry]:
    """Agreements, groupings and places that were looked up one by one."""
    kinds = {
        "treaty": "Agreement", "trade_agreement": "Agreement", "agreement": "Agreement",
        "AUKUS": "Alliance", "Quadrilateral Security Dialogue": "Alliance",
        "Abenomics": "Policy", "America First": "Policy", "Yokota Air Base": "Place",
        "Asia-Pacific": "Place", "Senkaku Islands dispute": "Issue",
        "Asia-Pacific Economic Cooperation": "Organization",
    }  # fmt: skip
    for row in read_rows(directory, "special_entities.tsv"):
        kind = kinds.get(row["label"]) or kinds.get(row["type"], "Agreement")
        properties = describe(
            row["label"], names=plain_names(row), matches=links(row), source=CHECKED_SINGLY
        )
        yield Entry(slugs.take(row["label"]), kind, properties)


def describe_memberships(
    directory: Path, today: Iterable[State], former: Iterable[State]
) -> Iterator[Entry]:
    """Who belongs to the well-known bodies, and since when where the source says."""
    by_code = {s.code: s for s in today if s.code}
    by_cow = {s.cow: s for s in [*today, *former] if s.cow}
    from_factbook = {names[0]: body for body, names in BODIES.items() if names[0]}
    from_cow = {names[1]: body for body, names in BODIES.items() if names[1]}
    now: dict[str, set[str]] = {}
    rows = []
    for row in read_rows(directory, "igo_memberships_factbook.tsv"):
        body, state = from_factbook.get(row["igo"]), by_code.get(row["iso3"])
        if body and state and row["status"] in FACTBOOK_STATUS:
            now.setdefault(body, set()).add(state.local)
            rows.append((body, state.local, "", "", row["source"]))
    dated: set[tuple[str, str]] = set()
    for row in read_rows(directory, "igo_memberships_cow_v3.tsv"):
        body, state = from_cow.get(row["igo"]), by_cow.get(row["cow"])
        if not body or not state or row["status"] != "full":
            continue
        since, until = row["valid_from"], row["valid_until"]
        # The source ends in 2014: an open spell that the present list denies has an unknown end.
        if not until and body in now and state.local not in now[body]:
            continue
        if not until:
            dated.add((body, state.local))
        rows.append((body, state.local, since, until, row["source"]))
    numbers: dict[str, int] = {}
    for body, member, since, until, source in rows:
        if not since and (body, member) in dated:
            continue
        stem = f"{body}-{member}-membership"
        numbers[stem] = numbers.get(stem, 0) + 1
        local = stem if numbers[stem] == 1 else f"{stem}-{numbers[stem]}"
        properties = [("kg:member", f"id:{member}"), ("kg:body", f"id:{body}")]
        properties += [("kg:validFrom", f'"{since}"')] if since else []
        properties += [("kg:validUntil", f'"{until}"')] if until else []
        properties.append(("dcterms:source", f'"{source}"'))
        yield Entry(local, "Membership", tuple(properties))


def describe_features(directory: Path, slugs: Slugs) -> Iterator[Entry]:
    """Disputed areas, seas, straits and gulfs; capes and remote islets are left out."""
    seen = set()
    for row in read_rows(directory, "geo_features.tsv"):
        if row["type"] == "region":
            continue
        label = FEATURE_LABELS.get(row["label"], row["label"])
        label = re.sub(r"\s+", " ", label.title() if label.isupper() else label)
        if (
            not label
            or label in seen
            or re.search(r"\(|\bIs?\.|\bStr\.|\bSd\.|Near |Valleys", label)
        ):
            continue
        seen.add(label)
        names = [*FEATURE_NAMES.get(label, ()), *(n for n in plain_names(row) if "Is." not in n)]
        plain = [("claimNote", row["note"] if row["type"] == "disputed_area" else "")]
        properties = describe(
            label, names=names, plain=plain, matches=links(row), source=row["source"]
        )
        yield Entry(slugs.take(label, "place"), "Place", properties)


def describe_cities(directory: Path, slugs: Slugs, states: Iterable[State]) -> Iterator[Entry]:
    """Large cities and every capital; of two that share a name the larger is kept."""
    by_code = {s.code: s for s in states if s.code}
    rows: dict[str, dict[str, str]] = {}
    for row in read_rows(directory, "cities.tsv"):
        people = int(float(row["pop_max"] or 0))
        wanted = (
            row["type"] == "capital" or people >= CITY_POPULATION or row["label"] in KNOWN_CITIES
        )
        if not wanted or row["label"] in NOT_CITIES:
            continue
        known = rows.get(row["label"])
        rank = (row["type"] == "capital", people)
        if known and rank <= (known["type"] == "capital", int(float(known["pop_max"] or 0))):
            continue
        rows[row["label"]] = row
    for row in rows.values():
        label = CITY_LABELS.get(row["label"], row["label"])
        code = CODES.get(row["iso3"], row["iso3"])
        state = by_code.get(code)
        capital = row["type"] == "capital" and state is not None
        names = [row["label"], *(n for n in plain_names(row) if len(n) > 3 and n not in NOT_CITIES)]
        properties = describe(
            label,
            names=names,
            plain=[("countryCode", code if state else "")],
            resources=[("capitalOf" if capital else "inState", state.local if state else "")],
            place=degrees(row),
            matches=links(row),
            source=row["source"],
        )
        yield Entry(slugs.take(label, "city", code), "Place", properties)


def write_names(directory: Path, target: Path) -> None:
    """Write every generated names file of the ontology."""
    slugs = Slugs()
    for body in BODIES:
        if body in {"SEATO", "CENTO", "ANZUS", "BRICS", "Comecon", "Warsaw-Pact"}:
            slugs.take(body)
    entries, states = describe_states(directory, slugs)
    former, gone = describe_former_states(directory, slugs)
    write_entries(target / "states.ttl", [*entries, *former])
    write_entries(target / "organisations.ttl", describe_bodies(directory, slugs))
    write_entries(target / "special.ttl", describe_special(directory, slugs))
    write_entries(target / "places.ttl", describe_features(directory, slugs))
    write_entries(target / "cities.ttl", describe_cities(directory, slugs, states))
    # Soviet Union and others whose names stand in known-states.ttl have organs and holders too.
    known = [State(*fields) for fields in KNOWN_STATES]
    everyone = [*states, *gone, *known]
    write_entries(target / "organs.ttl", describe_organs(everyone, slugs))
    write_entries(target / "memberships.ttl", describe_memberships(directory, states, gone))
    write_holders(directory, target, slugs, {s.code: s.local for s in states if s.code})


if __name__ == "__main__":
    write_names(Path(sys.argv[1]), ontology_directory() / "names")
