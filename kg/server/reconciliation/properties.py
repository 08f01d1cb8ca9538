"""The properties of things that clients may ask for or compare with, and their values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from rdflib import DCTERMS, RDFS, SKOS

from kg import iris
from kg.iris import KG
from kg.server.reconciliation.catalogue import RelationEntry, Schema
from kg.server.reconciliation.index import Thing
from kg.server.statistics import Ask, fetch_rows

# Half of what the engine takes as a query.
_LONGEST_QUERY = 100_000
_MOST_FOUND = 1000


class Form(Enum):
    """What the values of a property are."""

    THING = "thing"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Property:
    """A property: `pattern` leads from ?thing to ?value, and may tell ?from and ?until when.

    A number is that of the values. `variant` leads to more or fewer where the setting of that name
    is on. `indexed` is the property of the index that has the values too; of IRIs only those that
    begin with `prefix` count, and are told without it. `domain` names a kind, empty for any thing;
    what `identifies` has at most one thing of each value.
    """

    id: str
    name: str
    description: str
    form: Form
    pattern: str
    domain: str = ""
    prefix: str = ""
    indexed: str = ""
    identifies: bool = False
    setting: str = ""
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A value as the graph has it, and since and until when."""

    value: str
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A property to be read in its plain form or its variant."""

    property: Property
    varied: bool = False


Values = Mapping[tuple[int, str], tuple[Found, ...]]
"""What was read, by the number of the property among those wanted and the IRI of the thing."""

# ------------------------------------------------------------------------------------- the list


def _text(id_: str, name: str, description: str, pattern: str, domain: str = "") -> Property:
    return Property(id_, name, description, Form.TEXT, pattern, domain)


def _code(id_: str, name: str, description: str, *, identifies: bool = True) -> Property:
    return Property(
        id_,
        name,
        description,
        Form.TEXT,
        f"?thing <{KG[id_]}> ?value",
        indexed=str(KG[id_]),
        identifies=identifies,
    )


def _link(id_: str, name: str, prefix: str) -> Property:
    return Property(
        id_,
        name,
        f"identifier of the same thing in {name}" if prefix else "IRIs of the same thing elsewhere",
        Form.TEXT,
        f"?thing <{SKOS.exactMatch}> ?value",
        prefix=prefix,
        indexed=str(SKOS.exactMatch),
        identifies=True,
    )


def _date(id_: str, name: str, description: str) -> Property:
    pattern = f"?thing <{KG[id_]}> ?value"
    return Property(id_, name, description, Form.DATE, pattern, indexed=str(KG[id_]))


def _dated(
    id_: str, name: str, description: str, form: Form, pattern: str, domain: str
) -> Property:
    """A property of a term of office or membership, with its dates."""
    period = (
        f"OPTIONAL {{ ?link <{KG.validFrom}> ?from }} OPTIONAL {{ ?link <{KG.validUntil}> ?until }}"
    )
    return Property(id_, name, description, form, f"{pattern} {period}", domain)


def _claims(id_: str, name: str, description: str, path: str, domain: str = "") -> Property:
    pattern = f"?value {path} ?thing ; a <{KG.Claim}>"
    return Property(
        id_,
        name,
        description,
        Form.NUMBER,
        pattern,
        domain,
        setting="factual",
        variant=(
            f"{pattern} ; <{KG.polarity}> <{KG.Positive}> ; <{KG.modality}> <{KG.Asserted}> ; "
            f"<{KG.holder}> ?voice . ?voice a <{KG.AuthorVoice}>"
        ),
    )


_NAMED = f"FILTER(?form IN (<{KG.NameForm}>, <{KG.AdjectiveForm}>))"
_TERM, _MEMBER, _BODY = (
    f"?link <{predicate}> ?thing" for predicate in (KG.officeHolder, KG.member, KG.body)
)

DATE = _text(
    "date", "date", "a date at which the thing is named: who held an office then fits better", ""
)
"""To be compared with only: it has no values."""

BASIC: tuple[Property, ...] = (
    _text("label", "name", "what the thing is called", f"?thing <{RDFS.label}> ?value"),
    _text(
        "alias",
        "other names",
        "names by which articles call the thing, and its other labels",
        f"{{ ?thing <{SKOS.altLabel}>|<{KG.acronym}> ?value }} UNION {{ ?mention"
        f" <{KG.refersTo}> ?thing ; <{KG.exact}> ?value ; <{KG.form}> ?form {_NAMED} }}"
        f" FILTER NOT EXISTS {{ ?thing <{RDFS.label}> ?label FILTER(STR(?label) = STR(?value)) }}",
    ),
    Property(
        "type",
        "type",
        "what kind of thing it is",
        Form.TEXT,
        f"GRAPH ?g {{ ?thing a ?value }} FILTER(?g != <{iris.INFERRED_GRAPH}>)",
        prefix=str(KG),
    ),
    _code(
        "countryCode",
        "country code",
        "ISO 3166-1 alpha-3 code of the state that it is, belongs to or acts for",
        identifies=False,
    ),
    Property(
        "country",
        "country",
        "the state that it is, belongs to or acts for",
        Form.THING,
        f"?thing <{KG.countryCode}> ?code . ?value <{KG.countryCode}> ?code ; a <{KG.State}>",
    ),
    _code("iso2", "ISO 3166-1 alpha-2", "two-letter code of a state or territory"),
    _code("cowCode", "COW code", "number of a state in the Correlates of War data"),
    _link("wikidata", "Wikidata", "http://www.wikidata.org/entity/"),
    _link("geonames", "GeoNames", "https://sws.geonames.org/"),
    _link("dbpedia", "DBpedia", "http://dbpedia.org/resource/"),
    _link("exactMatch", "exact match", ""),
    _text(
        "closeMatch",
        "close match",
        "IRIs of what is nearly the same elsewhere",
        f"?thing <{SKOS.closeMatch}> ?value",
    ),
    DATE,
    _date("validFrom", "since", "since when it exists"),
    _date("validUntil", "until", "until when it existed"),
    _dated(
        "office",
        "offices",
        "offices that the person held, by term",
        Form.TEXT,
        f"{_TERM} ; <{KG.office}> ?value",
        "Person",
    ),
    _dated(
        "officeOf",
        "offices of",
        "states and bodies whose offices the person held, by term",
        Form.THING,
        f"{_TERM} ; <{KG.ofState}> ?value",
        "Person",
    ),
    _dated(
        "termStart",
        "start of term",
        "when the person's terms of office began",
        Form.DATE,
        f"{_TERM} ; <{KG.validFrom}> ?value",
        "Person",
    ),
    _dated(
        "termEnd",
        "end of term",
        "when the person's terms of office ended",
        Form.DATE,
        f"{_TERM} ; <{KG.validUntil}> ?value",
        "Person",
    ),
    _dated(
        "membership",
        "memberships",
        "bodies in which it is or was a member",
        Form.THING,
        f"{_MEMBER} ; <{KG.body}> ?value",
        "Actor",
    ),
    _dated(
        "members",
        "members",
        "who is or was a member of it",
        Form.THING,
        f"{_BODY} ; <{KG.member}> ?value",
        "Joinable",
    ),
    _claims(
        "claims",
        "claims",
        "how many claims have it as subject or object",
        f"(<{KG.subject}>|<{KG.object}>)",
    ),
    _claims(
        "claimsAsSubject",
        "claims as subject",
        "how many claims have it as subject",
        f"<{KG.subject}>",
    ),
    _claims(
        "claimsAsObject", "claims as object", "how many claims have it as object", f"<{KG.object}>"
    ),
    _claims(
        "claimsHeld",
        "claims held",
        "how many claims articles attribute to it",
        f"<{KG.holder}>",
        "Actor",
    ),
    Property(
        "mentions",
        "mentions",
        "how often articles refer to it",
        Form.NUMBER,
        f"?value <{KG.refersTo}> ?thing",
    ),
    _text(
        "articles",
        "articles",
        "titles of the articles that refer to it",
        f"?mention <{KG.refersTo}> ?thing ; <{KG.inSentence}> ?sentence ."
        f" ?sentence <{KG.inArticle}> ?article . OPTIONAL {{ ?article <{DCTERMS.title}> ?title }}"
        " BIND(COALESCE(?title, ?article) AS ?value)",
    ),
)
"""The properties besides the relations of the ontology, in the order in which they are proposed."""


def list_properties(schema: Schema) -> dict[str, Property]:
    """All properties by their identifiers: the basic ones, then the relations by name."""
    known = {each.id: each for each in BASIC}
    relations = sorted(schema.relations.values(), key=lambda each: (each.label, each.name))
    for relation in relations:
        known.setdefault(relation.name, _describe_relation(relation))
    return known


def _describe_relation(relation: RelationEntry) -> Property:
    stated = f"?thing <{relation.iri}> ?value"
    return Property(
        relation.name,
        relation.label,
        relation.description,
        Form.THING,
        f"GRAPH ?g {{ {stated} }} FILTER(?g != <{iris.INFERRED_GRAPH}>)",
        relation.domain.removeprefix(KG),
        setting="inferred",
        variant=stated,
    )


def fits_kind(property_: Property, kind: str, schema: Schema) -> bool:
    """Whether things of a kind, or all things where it is unknown, may have a property."""
    entry = schema.kinds.get(kind)
    if entry is None or not property_.domain:
        return not property_.domain
    return KG[property_.domain] in entry.kind.ancestors


# -------------------------------------------------------------------------------------- values


def read_indexed(thing: Thing, property_: Property) -> tuple[Found, ...]:
    """The values that the index has of a property that it keeps."""
    return tuple(
        Found(shorten_value(value, property_))
        for value in thing.values(property_.indexed)
        if value.startswith(property_.prefix)
    )


def shorten_value(value: str, property_: Property) -> str:
    """A value as it is told: of IRIs under the property's prefix what follows that."""
    prefix = property_.prefix
    return value.removeprefix(prefix).strip("/") if prefix else value


async def fetch_values(ask: Ask, wanted: Sequence[Wanted], things: Collection[str]) -> Values:
    """The values of properties of things, given by IRIs that the index knows.

    Raises HTTPException where the engine does not answer.
    """
    found: dict[tuple[int, str], list[Found]] = {}
    readable = [(number, each) for number, each in enumerate(wanted) if each.property.pattern]
    for names in _split(things, len(readable)):
        branches = (_select_values(number, each, names) for number, each in readable)
        text = f"SELECT * WHERE {{ {' UNION '.join(branches)} }}"
        for row in await fetch_rows(text, ask):
            number = int(row["number"]["value"])
            dates = (row.get(name, {}).get("value") for name in ("from", "until"))
            value = row["value"]["value"]
            property_ = wanted[number].property
            if value.startswith(property_.prefix):
                each = Found(shorten_value(value, property_), *dates)
                found.setdefault((number, row["thing"]["value"]), []).append(each)
    return {
        key: tuple(sorted(dict.fromkeys(values), key=_order_found)) for key, values in found.items()
    }


def _order_found(found: Found) -> tuple[str, str, str]:
    return found.start or "", found.end or "", found.value


def _split(things: Collection[str], branches: int) -> Iterator[str]:
    """The names of things as they stand in a query, in parts that leave it short enough."""
    part: list[str] = []
    for iri in sorted(things) if branches else ():
        if part and branches * (sum(map(len, part)) + len(iri)) > _LONGEST_QUERY:
            yield " ".join(part)
            part = []
        part.append(f"<{iri}>")
    if part:
        yield " ".join(part)


def _select_values(number: int, wanted: Wanted, names: str) -> str:
    property_ = wanted.property
    pattern = property_.variant if wanted.varied else property_.pattern
    within = f"VALUES ?thing {{ {names} }} {pattern}"
    if property_.form is Form.NUMBER:
        counted = "SELECT ?thing (COUNT(DISTINCT ?value) AS ?count)"
        within = f"{{ {counted} WHERE {{ {within} }} GROUP BY ?thing }} BIND(?count AS ?value)"
        columns = "?thing ?value"
    else:
        columns = "?thing ?value ?from ?until"
    return f"{{ SELECT DISTINCT ({number} AS ?number) {columns} WHERE {{ {within} }} }}"


async def find_by_values(ask: Ask, property_: Property, values: Collection[str]) -> list[str]:
    """The IRIs of the things that have one of some things, given by known IRIs, as value."""
    names = " ".join(f"<{iri}>" for iri in sorted(values))
    text = (
        f"SELECT DISTINCT ?thing WHERE {{ VALUES ?value {{ {names} }} {property_.pattern} }}"
        f" ORDER BY ?thing LIMIT {_MOST_FOUND}"
    )
    return [row["thing"]["value"] for row in await fetch_rows(text, ask)]
