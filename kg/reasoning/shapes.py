"""Plans as SQL: those of one shape are one statement, their numbers the rows of a table.

The statements are plain enough for DuckDB and Spark SQL alike: inner joins of integers.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.reasoning.plans import Cell, End, Plan, order_body


@dataclass(frozen=True, slots=True)
class Shape:
    """A plan without its numbers: an end is a variable's name, or the place of a number.

    A cell of the body or the head is (place of the table, subject, object).
    """

    rule: int
    head: tuple[int, End, End] | None
    body: tuple[tuple[int, End, End], ...]
    distinct: tuple[tuple[str, str], ...]
    width: int


def split_plan(plan: Plan) -> tuple[Shape, tuple[int, ...]]:
    """The shape of a plan and its numbers; contradictions keep their rule apart."""
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
    return Shape(rule, head, body, distinct, len(numbers)), tuple(numbers)


def write_select(
    shape: Shape, plan: Plan, parameters: str, first: int | None, *, all_facts: str, news: str
) -> str:
    """The statement that runs the plans of a shape, one of which is `plan`.

    `parameters` names the table of their numbers (p0, p1, …); at the place `first` of the body only
    the facts of `news` are taken, elsewhere `all_facts`; None: all facts everywhere. It gives
    columns s, k, o of the heads; of contradictions s and o of each place of the body.
    """
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
    return (
        f"SELECT {_write_head(shape, known)} FROM {parameters} p, {', '.join(tables)}"
        f" WHERE {' AND '.join(conditions)}"
    )


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
