"""The claims of a graph as one table, a row for each, as CSV and as Parquet.

Codebook. Every column may be empty but those of the claim, the ends, the polarity and modality.

| column | holds |
|---|---|
| claim | the IRI of the claim, for joining with other exports |
| article, article_title, article_date | the article: IRI, title, and the ISO date, month or year when it was issued, or received if it says no more |
| subject, subject_iri, subject_type, subject_country, subject_cow, subject_wikidata | who or what it is about: name, IRI, kind, ISO 3166 alpha-3 code of the state it is or belongs to, that state's code of the Correlates of War project at the time of the claim, Wikidata item |
| relation | the relation's name in the ontology |
| object and so on | as of the subject |
| plover, quad_class | the PLOVER event category, and whether words or deeds of cooperation or conflict |
| topic | the phrase that the relation is about |
| polarity | positive, negative |
| modality | asserted, predicted, possible, desired |
| holder | who says so; `author` for the article itself |
| holder_country | ISO 3166 alpha-3 code of the holder |
| time_start, time_end | when, in ISO 8601 to the day, month or year; an empty one is open |
| quote, start, end | the words it rests on and where they stand in the article, in characters |
| confidence | the probability that it was read rightly, 0 to 1 |
| fact | 1 if it counts as fact: positive, asserted, by the article itself or one whose word was accepted; else 0 |
| inferred | 1 if what it says follows from facts; else 0 |

A quote is word for word, so it may hold line breaks inside its quotation marks: in Stata say
`import delimited using claims.csv, bindquote(strict)`; R and Python need nothing. In Parquet the
last two columns are booleans.
"""  # noqa: E501

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import BinaryIO

from kg.errors import ExportError
from kg.export.rows import Cell, write_rows
from kg.export.stated import Stated, StatedClaim, Thing, gather_statements, local_name
from kg.store import GraphStore

_END = ("", "_iri", "_type", "_country", "_cow", "_wikidata")
CLAIM_COLUMNS = (
    "claim", "article", "article_title", "article_date",
    *(f"subject{part}" for part in _END), "relation", *(f"object{part}" for part in _END),
    "plover", "quad_class", "topic", "polarity", "modality", "holder", "holder_country",
    "time_start", "time_end", "quote", "start", "end", "confidence", "fact", "inferred",
)  # fmt: skip

_TYPES = {
    "subject_cow": "INTEGER",
    "object_cow": "INTEGER",
    "start": "INTEGER",
    "end": "INTEGER",
    "confidence": "DOUBLE",
    "fact": "BOOLEAN",
    "inferred": "BOOLEAN",
}


def export_claim_csv(store: GraphStore, out: BinaryIO) -> None:
    """Write every claim of the graph as a row of CSV, by article and place in it."""
    stated = gather_statements(store)
    write_rows(CLAIM_COLUMNS, (_make_row(stated, claim) for claim in stated.claims), out)


def export_claim_parquet(store: GraphStore, out: BinaryIO) -> None:
    """Write the same rows as Parquet, with numbers and truth values as such."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        source, target = Path(folder) / "claims.csv", Path(folder) / "claims.parquet"
        with source.open("wb") as file:
            export_claim_csv(store, file)
        columns = ", ".join(f"'{name}': '{_TYPES.get(name, 'VARCHAR')}'" for name in CLAIM_COLUMNS)
        # One thread, in the order of the rows: else the groups of rows come as they are done.
        with duckdb.connect(config={"threads": 1, "preserve_insertion_order": True}) as database:
            copy = (
                f"COPY (SELECT * FROM read_csv($source, header = true, auto_detect = false,"
                f" delim = ',', quote = '\"', escape = '\"', nullstr = '', parallel = false,"
                f" columns = {{{columns}}})) TO {_quote(target)} (FORMAT parquet, COMPRESSION zstd)"
            )
            try:
                database.execute(copy, {"source": str(source)})
            except duckdb.IOException as error:
                reason = str(error).splitlines()[0]
                message = f"the table cannot be written ({reason}): free some space"
                raise ExportError(message, target=folder) from error
        out.write(target.read_bytes())


def _quote(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _make_row(stated: Stated, claim: StatedClaim) -> list[Cell]:
    article, relation = stated.articles.get(claim.article), stated.relations.get(claim.relation)
    period = claim.period
    date = (period.start or period.end) if period else article.date if article else None
    holder = None if claim.holder is None else stated.things[claim.holder]
    return [
        claim.iri,
        claim.article,
        article.title if article else None,
        article.date if article else None,
        *_describe_end(stated, stated.things[claim.subject], date),
        local_name(claim.relation),
        *_describe_end(stated, stated.things[claim.object], date),
        relation.plover if relation else None,
        relation.quad_class if relation else None,
        claim.topic,
        claim.polarity,
        claim.modality,
        holder.label if holder else "author",
        holder.country if holder else None,
        period.start if period else None,
        period.end if period else None,
        claim.quote,
        claim.start,
        claim.end,
        claim.confidence,
        claim.factual,
        claim.inferred,
    ]


def _describe_end(stated: Stated, thing: Thing, date: str | None) -> list[Cell]:
    cow = stated.find_cow(thing, date)
    return [thing.label, thing.iri, thing.kind, thing.country, cow, thing.wikidata]
