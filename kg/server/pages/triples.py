"""The triples of a thing by relation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from kg.server.pages.naming import Cell, Named, name_thing, show_term
from kg.server.statistics import Row


@dataclass(frozen=True, slots=True)
class TripleLine:
    """The values of one relation of a subject, or the subjects that it leads from."""

    about: Named | None
    relation: Named
    values: tuple[Cell, ...]


def list_lines(rows: Iterable[Row], iri: str, end: str, base: str) -> list[TripleLine]:
    """Sorted triples by relation; `end` is the variable of the values, "o" or "s"."""
    subject = "s" if end == "o" else "o"
    lines = []
    for (about, relation), same in groupby(
        rows, key=lambda row: (row[subject]["value"], row["p"]["value"])
    ):
        cells = []
        for row in same:
            cell = show_term(row[end], {}, base)
            name = row.get(f"{end}n")
            if name is not None and cell.thing is not None:
                known = cell.thing
                cell = Cell(
                    name["value"], Named(known.iri, name["value"], known.href, None, known.outside)
                )
            cells.append(cell)
        whose = None if about == iri else name_thing(about, {}, base)
        lines.append(TripleLine(whose, name_thing(relation, {}, base), tuple(cells)))
    return lines
