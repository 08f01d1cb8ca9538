"""A closure that changes: facts come and go, and what follows from them comes and goes with them.

Deletion and rederivation (Gupta, Mumick and Subrahmanian, "Maintaining views incrementally", 1993):
whatever some derivation leads to from what goes is taken out, what still follows is put back, and
what comes is closed semi-naively. The axioms stay; where a change touches equality, the schema or
a contradiction, the closure has to be computed anew, and `change` says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from kg import iris
from kg.reasoning.encoding import SAME, TYPE, Ids, Keys, Terms, TermTriple, encode_triples
from kg.reasoning.joining import Rows, match_plan, read_end
from kg.reasoning.memory import REWRITING, Engine
from kg.reasoning.plans import Plan
from kg.reasoning.rulebook import Rule
from kg.reasoning.tables import Mask, Table, make_keys, split_keys
from kg.reasoning.values import is_known_datatype

Pairs = dict[int, Keys]
"""Facts as sorted keys, table by table."""

_KG = f"<{iris.KG}"


class ChangingClosure:
    """All that follows from axioms that stay and facts that come and go."""

    def __init__(self, axioms: Iterable[TermTriple], rules: Sequence[Rule]) -> None:
        self._engine = Engine(Terms(), rules)
        self._engine.load(*encode_triples(self._engine.terms, axioms))
        self._engine.run()
        self._fixed = {table: _keys(held) for table, held in self._engine.tables.items()}
        self._given: Pairs = {}
        self._type = self._engine.terms.encode(TYPE)
        self._same = self._engine.terms.encode(SAME)
        self._stale = not self._may_change()

    def _may_change(self) -> bool:
        engine = self._engine
        if engine.equality or engine.clash_count or engine.schema.broken_lists:
            return False
        watched = engine.schema.watched
        if any(
            len(self._fixed.get(table, ())) != held.size
            for table, held in engine.tables.items()
            if table in watched
        ):
            return False
        # Literals are told their datatypes when such a plan starts, and not again.
        return not any(
            cell.table < 0 and is_known_datatype(engine.terms.decode(~cell.table))
            for plan in engine.plans
            for cell in plan.body
        )

    def change(self, added: Iterable[TermTriple], gone: Iterable[TermTriple]) -> bool:
        """Take facts in and out; False where all must be closed anew, which ends this closure."""
        coming, going = self._encode(added), self._encode(gone)
        if self._stale or self._same in coming or self._same in going:
            self._stale = True
            return False
        self._given = _join(_without(self._given, going), coming)
        kept = _join(self._fixed, self._given)
        doomed = _without(self._reach(self._find(_without(going, kept)), kept), kept)
        if doomed.keys() & self._engine.schema.watched:
            self._stale = True
            return False
        for table, keys in doomed.items():
            self._drop(table, keys)
        self._engine.forget_steps()
        for table, keys in _join(coming, self._rederive(doomed)).items():
            subjects, objects = split_keys(keys)
            if table < 0:
                relations = np.full(len(keys), self._type, dtype=np.int32)
                self._engine.load(subjects, relations, np.full(len(keys), ~table, dtype=np.int32))
            else:
                self._engine.load(subjects, np.full(len(keys), table, dtype=np.int32), objects)
        self._engine.run()
        self._stale = not self._may_change()
        return not self._stale

    def _encode(self, triples: Iterable[TermTriple]) -> Pairs:
        subjects, relations, objects = encode_triples(self._engine.terms, triples)
        types = relations == self._type
        tables = np.where(types, ~objects, relations)
        keys = make_keys(subjects, np.where(types, 0, objects))
        return {int(each): np.unique(keys[tables == each]) for each in np.unique(tables)}

    def _find(self, pairs: Mapping[int, Keys]) -> dict[int, Rows]:
        """The facts among some pairs, as rows for a join."""
        found: dict[int, Rows] = {}
        for table, keys in pairs.items():
            held = self._engine.tables.get(table)
            if held is not None:
                hit, facts = held.find(keys)
                if hit.any():
                    found[table] = (*split_keys(keys[hit]), facts[hit])
        return found

    def _reach(self, start: dict[int, Rows], kept: Mapping[int, Keys]) -> Pairs:
        """The facts that start or some derivation leads to from there, past none that is kept."""
        triggers: dict[int, list[tuple[Plan, int]]] = {}
        for plan in self._engine.plans:
            if plan.head is not None:
                for place, cell in enumerate(plan.body):
                    triggers.setdefault(cell.table, []).append((plan, place))
        reached = {table: make_keys(rows[0], rows[1]) for table, rows in start.items()}
        news = start
        while news:
            heads: dict[int, list[Keys]] = {}
            for table, rows in news.items():
                for plan, place in triggers.get(table, ()):
                    for head, keys in self._conclude(plan, place, rows):
                        heads.setdefault(head, []).append(keys)
            fresh = {table: np.unique(np.concatenate(parts)) for table, parts in heads.items()}
            fresh = _without(_without(fresh, reached), kept)
            reached = _join(reached, fresh)
            news = self._find(fresh)
        return reached

    def _conclude(self, plan: Plan, place: int, rows: Rows) -> Iterator[tuple[int, Keys]]:
        if plan.head is None:
            return
        for matches in match_plan(plan, place, rows, self._engine.tables):
            subjects = read_end(plan.head.subject, matches)
            yield plan.head.table, make_keys(subjects, read_end(plan.head.object, matches))

    def _drop(self, table: int, keys: Keys) -> None:
        subjects, objects, facts = self._engine.tables[table].rows()
        stay = ~np.isin(make_keys(subjects, objects), keys)
        self._engine.tables[table] = Table()
        self._engine.tables[table].add(subjects[stay], objects[stay], facts[stay])

    def _rederive(self, doomed: Mapping[int, Keys]) -> Pairs:
        """Those of the facts taken out that follow in one step from the facts that are left."""
        found: dict[int, list[Keys]] = {}
        for plan in self._engine.plans:
            if plan.head is None or not plan.body or plan.head.table not in doomed:
                continue
            keys = doomed[plan.head.table]
            rows = (*split_keys(keys), np.zeros(len(keys), dtype=np.int32))
            asked = replace(plan, body=(plan.head, *plan.body))
            found.setdefault(plan.head.table, []).extend(
                held for _, held in self._conclude(asked, 0, rows)
            )
        return {table: np.unique(np.concatenate(parts)) for table, parts in found.items() if parts}

    # What the graph keeps of it

    def triples(self) -> Iterator[TermTriple]:
        """Every triple, given and inferred, in no order."""
        for table, held in self._engine.tables.items():
            yield from self._decode(table, _keys(held))

    def given(self) -> Iterator[TermTriple]:
        """Every fact that was given."""
        for table, keys in self._given.items():
            yield from self._decode(table, keys)

    def _decode(self, table: int, keys: Keys) -> Iterator[TermTriple]:
        decode = self._engine.terms.decode
        subjects, objects = split_keys(keys)
        for subject, object_ in zip(subjects.tolist(), objects.tolist(), strict=True):
            if table < 0:
                yield decode(subject), TYPE, decode(~table)
            else:
                yield decode(subject), decode(table), decode(object_)

    def find_conclusions(self, things: Iterable[str]) -> Conclusions:
        """What is inferred about things, without what its proofs rest on besides.

        So it depends on what follows alone, and not on which proof was found first.
        """
        traits = _Traits(self._engine.terms, things)
        held = {table: _keys(rows) for table, rows in self._engine.tables.items()}
        return Conclusions(
            self,
            {
                table: keys[traits.select(table, *split_keys(keys), same=self._same)]
                for table, keys in _without(held, self._given).items()
            },
        )

    # To and from columns

    def to_columns(self) -> dict[str, np.ndarray]:
        """The facts beyond what the axioms alone yield: terms, and columns of numbers."""
        held = _without(
            {table: _keys(held) for table, held in self._engine.tables.items()}, self._fixed
        )
        terms = "\n".join(term for _, term in self._engine.terms.since(0))
        columns = {"terms": np.frombuffer(terms.encode(), dtype=np.uint8)}
        for name, pairs in (("held", held), ("given", self._given)):
            tables = [np.full(len(keys), table, dtype=np.int32) for table, keys in pairs.items()]
            columns[f"{name}_tables"] = np.concatenate([*tables, np.empty(0, dtype=np.int32)])
            columns[f"{name}_keys"] = np.concatenate([*pairs.values(), np.empty(0, dtype=np.int64)])
        return columns

    def restore(self, columns: Mapping[str, np.ndarray]) -> bool:
        """Take a closure over the same axioms and rules from its columns; False: close anew."""
        terms = columns["terms"].tobytes().decode().split("\n")
        # No term has the number 0.
        encoded = map(self._engine.terms.encode, terms)
        numbers = np.array([0, *encoded], dtype=np.int32)
        held = _read_pairs(columns["held_tables"], columns["held_keys"], numbers)
        self._given = _read_pairs(columns["given_tables"], columns["given_keys"], numbers)
        self._put(held)
        self._stale = self._stale or not self._may_change()
        return not self._stale

    def _put(self, pairs: Pairs) -> None:
        for table, keys in pairs.items():
            subjects, objects = split_keys(keys)
            facts = self._engine.facts.add(table, subjects, objects, REWRITING, ())
            self._engine.tables.setdefault(table, Table()).add(subjects, objects, facts)
        # A rule that speaks of any relation has a plan for each, which only the engine can start.
        if any(True for _ in self._engine.schema.add_tables(sorted(pairs))):
            self._stale = True


class Conclusions:
    """What a closure concluded about things at one time."""

    def __init__(self, closure: ChangingClosure, pairs: Pairs) -> None:
        self._closure = closure
        self.pairs = pairs

    def __iter__(self) -> Iterator[TermTriple]:
        for table, keys in self.pairs.items():
            yield from self._closure._decode(table, keys)

    def without(self, other: Conclusions) -> Conclusions:
        """Those that another time did not conclude."""
        return Conclusions(self._closure, _without(self.pairs, other.pairs))


class _Traits:
    """What the terms are, to tell which facts the graph keeps."""

    def __init__(self, terms: Terms, things: Iterable[str]) -> None:
        self._kg = np.zeros(len(terms), dtype=bool)
        self._kg[[number for number, term in terms.since(0) if term.startswith(_KG)]] = True
        self._thing = np.zeros(len(terms), dtype=bool)
        self._thing[[n for thing in things if (n := terms.find(thing)) is not None]] = True

    def select(self, table: int, subjects: Ids, objects: Ids, *, same: int) -> Mask:
        """Which facts are a relation of two things of the articles, or a kind of one."""
        ends = np.full(len(subjects), ~table, dtype=np.int32) if table < 0 else objects
        fits: Mask = self._thing[subjects] & ~self._kg[subjects] & (subjects != ends)
        if table < 0:
            fits &= self._kg[ends]
        elif self._kg[table] or table == same:
            fits &= self._thing[ends]
        else:
            fits[:] = False
        return fits


def _keys(table: Table) -> Keys:
    subjects, objects, _ = table.rows()
    return np.sort(make_keys(subjects, objects))


def _join(one: Mapping[int, Keys], other: Mapping[int, Keys]) -> Pairs:
    joined = dict(one)
    for table, keys in other.items():
        joined[table] = np.union1d(joined[table], keys) if table in joined else keys
    return joined


def _without(pairs: Mapping[int, Keys], less: Mapping[int, Keys]) -> Pairs:
    left = {}
    for table, keys in pairs.items():
        if table in less:
            keys = keys[~np.isin(keys, less[table])]
        if len(keys):
            left[table] = keys
    return left


def _read_pairs(tables: Ids, keys: Keys, numbers: Ids) -> Pairs:
    subjects, objects = split_keys(keys)
    # Of a class the object is 0, which is no term.
    objects = np.where(tables < 0, 0, numbers[objects])
    moved = make_keys(numbers[subjects], objects)
    return {
        int(numbers[table] if table >= 0 else ~numbers[~table]): np.sort(moved[tables == table])
        for table in np.unique(tables)
    }


def save_closure(path: Path, closure: ChangingClosure, notes: Mapping[str, object]) -> None:
    """Keep a closure in a file with notes on what it was computed from; OSError where it fails."""
    noted = np.frombuffer(json.dumps(notes).encode(), dtype=np.uint8)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        columns: dict[str, Any] = {"notes": noted, **closure.to_columns()}
        np.savez(file, **columns)
    unfinished.replace(path)


def load_closure(
    path: Path, axioms: Iterable[TermTriple], rules: Sequence[Rule], *, fitting: Mapping[str, str]
) -> tuple[ChangingClosure, dict[str, Any]] | None:
    """The closure that a file keeps and its notes; None where it lacks one whose notes fit."""
    try:
        # Opened here: numpy leaves a damaged file open.
        with path.open("rb") as file, np.load(file) as columns:
            notes = json.loads(columns["notes"].tobytes())
            if any(notes.get(name) != value for name, value in fitting.items()):
                return None
            closure = ChangingClosure(axioms, rules)
            return (closure, notes) if closure.restore(columns) else None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
