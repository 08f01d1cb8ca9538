"""Plans as SQL: those of one shape are one statement, their numbers the rows of a table.

The statements are plain enough for DuckDB and Spark SQL alike: inner joins of integers.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.reasoning.plans import Cell, End, Plan, find_halves, order_body


@dataclass(frozen=True, slots=True)
class Shape:
    """A plan without its numbers: an end is a variable's name, or the place of a number.

    A cell of the body or the head is (place of the table, subject, object). `linking` is for plans
    that make two values the same: each value need be linked to one of them only.
    """

    rule: int
    head: tuple[int, End, End] | None
    body: tuple[tuple[int, End, End], ...]
    distinct: tuple[tuple[str, str], ...]
    width: int
    linking: bool = False

    @property
    def places(self) -> tuple[int, ...]:
        """The places of the body, in order."""
        return tuple(range(len(self.body)))


def split_plan(plan: Plan, same: int | None = None) -> tuple[Shape, tuple[int, ...]]:
    """The shape of a plan and its numbers; contradictions keep their rule apart.

    `same` is the number of owl:sameAs.
    """
    numbers: list[int] = []
    names: dict[str, str] = {}

    def place(value: End) -> End:
        if isinstance(value, str):
            return names.setdefault(value, f"v{len(names)}")
        numbers.append(value)
        return len(numbers) - 1

    def cut(cell: Cell) -> tuple[int, End, End]:
        numbers.append(cell.table)
        return len(numbers) - 1, place(cell.subject), place(cell.object)

    body = tuple(cut(cell) for cell in plan.body)
    head = None if plan.head is None else cut(plan.head)
    distinct = tuple((names[one], names[other]) for one, other in plan.distinct)
    rule = plan.rule if head is None else -1
    merges = head is not None and plan.head is not None and plan.head.table == same
    linking = merges and find_halves(plan) is not None
    return Shape(rule, head, body, distinct, len(numbers), linking), tuple(numbers)


def write_select(
    shape: Shape, plan: Plan, parameters: str, first: int | None, *, all_facts: str, news: str
) -> str:
    """The statement that runs the plans of a shape, one of which is `plan`.

    `parameters` names the table of their numbers (p0, p1, …); at the place `first` of the body only
    the facts of `news` are taken, elsewhere `all_facts`; None: all facts everywhere. It gives
    columns s, k, o of the heads; of contradictions s and o of each place of the body.
    """
    known, source = _write_body(shape, plan, parameters, first, all_facts=all_facts, news=news)
    return f"SELECT {_write_head(shape, known)} FROM {source}"


def write_links(
    shape: Shape, plan: Plan, parameters: str, first: int | None, *, all_facts: str, news: str
) -> str | None:
    """As `write_select`, of a shape that is `linking`: each value and the least it equals.

    Some thousand values of a functional property would make as many million pairs. None for places
    from which nothing more follows.
    """
    halves = find_halves(plan)
    if halves is None or plan.head is None or first in halves.other:
        return None
    # Only one half is asked for, so that a value stands beside the key that it shares.
    places = (*halves.one, *halves.shared)
    half = Plan(plan.rule, None, tuple(plan.body[place] for place in places), (), ())
    part = Shape(-1, None, tuple(shape.body[place] for place in places), (), shape.width)
    start = None if first is None else places.index(first)
    names = _name_variables(shape, plan)
    keys = [f"p{number}" for number in range(shape.width)] + [names[key] for key in halves.key]

    def ask(place: int | None, columns: list[str]) -> str:
        known, source = _write_body(part, half, parameters, place, all_facts=all_facts, news=news)
        picked = [f"{known.get(name, f'p.{name}')} AS {name}" for name in columns]
        return f"SELECT DISTINCT {', '.join(picked)} FROM {source}"

    value = names[str(plan.head.subject)]
    members = ask(None, [*keys, value])
    if start is not None:
        touched = ask(start, keys)
        equal = " AND ".join(f"m.{key} = t.{key}" for key in keys)
        members = f"SELECT m.* FROM ({members}) m JOIN ({touched}) t ON {equal}"
    table = shape.head[0] if shape.head is not None else 0
    return (
        f"SELECT s, k, o FROM (SELECT {value} AS s, p{table} AS k,"
        f" min({value}) OVER (PARTITION BY {', '.join(keys)}) AS o FROM ({members}) m) l"
        f" WHERE s <> o"
    )


def _name_variables(shape: Shape, plan: Plan) -> dict[str, str]:
    """The names that a shape has for the variables of a plan."""
    names: dict[str, str] = {}
    for cell, (_, *ends) in zip(plan.body, shape.body, strict=True):
        for was, now in zip((cell.subject, cell.object), ends, strict=True):
            if isinstance(was, str) and isinstance(now, str):
                names[was] = now
    return names


def _write_body(
    shape: Shape, plan: Plan, parameters: str, first: int | None, *, all_facts: str, news: str
) -> tuple[dict[str, str], str]:
    """The columns that variables are bound to, and the tables with the conditions of the joins."""
    order = order_body(plan, 0 if first is None else first)
    tables = [f"{news if place == first else all_facts} a{place}" for place in order]
    known: dict[str, str] = {}
    conditions: list[str] = []
    for place in order:
        table, subject, object_ = shape.body[place]
        conditions.append(f"a{place}.k = p.p{table}")
        for column, end in (("s", subject), ("o", object_)):
            here = f"a{place}.{column}"
            if isinstance(end, int):
                conditions.append(f"{here} = p.p{end}")
            elif end in known:
                conditions.append(f"{here} = {known[end]}")
            else:
                known[end] = here
    conditions += [f"{known[one]} <> {known[other]}" for one, other in shape.distinct]
    return known, f"{parameters} p, {', '.join(tables)} WHERE {' AND '.join(conditions)}"


def _write_head(shape: Shape, known: dict[str, str]) -> str:
    if shape.head is None:
        return ", ".join(
            f"a{place}.{column} AS {column}{place}"
            for place in range(len(shape.body))
            for column in "sko"
        )
    table, subject, object_ = shape.head
    ends = [f"p.p{end}" if isinstance(end, int) else known[end] for end in (subject, object_)]
    return f"{ends[0]} AS s, p.p{table} AS k, {ends[1]} AS o"
