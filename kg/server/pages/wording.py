"""How a row of a result reads: its two ends, what stands between them, how it is held, when."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from kg.iris import BASE, KG
from kg.server.pages.naming import Cell, Named
from kg.server.pages.questions import Result, ResultRow

SUBJECTS, RELATIONS, OBJECTS = ("subject",), ("relation", "verb", "predicate"), ("object",)
STARTS = ("from", "date", "since", "validFrom", "timeStart", "issued", "received")
ENDS = ("until", "before", "validUntil", "timeEnd")

_HELD = ("polarity", "modality", "holder", "claimant", "denier", "basis")
_DATE = re.compile(r"-?\d{4}(-\d\d(-\d\d)?)?")
_DATED = {None, "xsd:date", "xsd:gYear", "xsd:gYearMonth", "xsd:string"}
_MOST_THINGS = 2
_VOICE = "/voice"
_UNSURE = ("predicted", "possible", "desired")


@dataclass(frozen=True, slots=True)
class Chip:
    """How something is held, in a word or by whom."""

    look: str
    text: str
    thing: Named | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """The columns of the two things of each row, and of the relation between them if there is."""

    first: str
    second: str
    relation: str | None


def find_ends(result: Result) -> Ends | None:
    """The two things that the rows are about; None where fewer stand in them."""
    related = (name for name in result.columns if _holds_relations(result, name))
    relation = next((name for name in RELATIONS if name in result.columns), next(related, None))
    if "subject" in result.columns and "object" in result.columns:
        columns = ["subject", "object"]
    else:
        columns = [name for name in result.columns if _holds_things(result, name)]
    if len(columns) < _MOST_THINGS:
        return None
    first, second = columns[:_MOST_THINGS]
    linked = any(
        _is_thing(result.pick(row, first)) and _is_thing(result.pick(row, second))
        for row in result.rows
    )
    return Ends(first, second, relation) if linked else None


def _holds_things(result: Result, name: str) -> bool:
    cells = [cell for row in result.rows if (cell := result.pick(row, name)) is not None]
    return bool(cells) and all(_is_thing(cell) for cell in cells)


def _holds_relations(result: Result, name: str) -> bool:
    cells = [cell for row in result.rows if (cell := result.pick(row, name)) is not None]
    return bool(cells) and all(
        cell.thing is not None
        and cell.thing.iri.startswith(str(KG))
        and cell.thing.iri.removeprefix(str(KG))[:1].islower()
        for cell in cells
    )


def _is_thing(cell: Cell | None) -> bool:
    """Whether a cell holds a thing or article of the graph: no term, claim or page elsewhere."""
    if cell is None or cell.thing is None or not cell.thing.iri.startswith(BASE):
        return False
    return cell.thing.iri.removeprefix(BASE).count("/") == 1


def find_dates(result: Result) -> tuple[str | None, str | None]:
    """The columns that tell when something began and when it ended."""
    dated = [name for name in result.columns if _holds_dates(result, name)]
    end = next((name for name in ENDS if name in dated), None)
    rest = [name for name in dated if name != end]
    start = next((name for name in STARTS if name in rest), rest[0] if rest else None)
    return start, end


def _holds_dates(result: Result, name: str) -> bool:
    cells = [cell for row in result.rows if (cell := result.pick(row, name)) is not None]
    return bool(cells) and all(cell.thing is None and is_date(cell) for cell in cells)


def is_date(cell: Cell) -> bool:
    """Whether a text is a day, a month or a year."""
    return cell.datatype in _DATED and _DATE.fullmatch(cell.text) is not None


def word_period(since: str | None, until: str | None) -> str:
    """From when to when, in words."""
    if since and until:
        return since if since == until else f"{since} – {until}"
    return f"since {since}" if since else f"until {until}" if until else ""


# -------------------------------------------------------------------------------- how it is held


def list_held_columns(result: Result) -> tuple[str, ...]:
    """The columns that tell how a row is held, which a table shows as one."""
    return tuple(name for name in _HELD if name in result.columns)


def list_chips(result: Result, row: ResultRow) -> tuple[Chip, ...]:
    """How a row is held: denied, not asserted, by whom."""
    chips = []
    if _read(result, row, "polarity") == "negative":
        chips.append(Chip("negative", "denied"))
    modality = _read(result, row, "modality")
    if modality and (modality != "asserted" or not chips):
        chips.append(Chip(modality if modality in _UNSURE else "asserted", modality))
    basis = _read(result, row, "basis")
    if basis:
        chips.append(Chip("asserted" if basis == "stated" else "time", basis))
    for name, verb in (("holder", "says"), ("claimant", "says"), ("denier", "denies")):
        cell = result.pick(row, name)
        if cell is not None and cell.thing is not None and not cell.thing.iri.endswith(_VOICE):
            chips.append(Chip("holder", verb, cell.thing))
        elif cell is not None and name == "denier":
            chips.append(Chip("negative", "the article denies"))
    return tuple(chips)


def tell_state(result: Result, row: ResultRow) -> str:
    """What a row looks like in a graph: asserted, reported, denied and so on."""
    basis = _read(result, row, "basis")
    if basis in ("inferred", "background"):
        return basis
    if _read(result, row, "polarity") == "negative":
        return "denied"
    modality = _read(result, row, "modality")
    if modality in _UNSURE:
        return modality
    chips = list_chips(result, row)
    return "reported" if any(chip.look == "holder" for chip in chips) else "asserted"


def _read(result: Result, row: ResultRow, name: str) -> str:
    """The word of a column, of whichever case."""
    cell = result.pick(row, name)
    return "" if cell is None else cell.text.casefold()


# ------------------------------------------------------------------------------------ statements


def tell_row(
    result: Result, row: ResultRow, ends: Ends | None, apart: Collection[str]
) -> tuple[tuple[str, Cell], ...]:
    """The cells that tell what a row says, without those of the columns told `apart`."""
    if ends is not None and ends.relation is not None:
        names = (ends.first, ends.relation, ends.second)
        cells = [(name, cell) for name in names if (cell := result.pick(row, name)) is not None]
        if len(cells) == len(names):
            return tuple(cells)
    named = zip(result.columns, row.cells, strict=True)
    return tuple((name, cell) for name, cell in named if cell is not None and name not in apart)


def word_column(name: str) -> str:
    """A column's name as words: "asSubject" is "as subject"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
