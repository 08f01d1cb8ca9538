"""The schema applied to the rules: from axioms and rules to plans.

Conditions on the schema (`?p rdfs:domain ?c`) are matched here, once, fact by fact; what is left of
a rule speaks of given relations and classes and goes to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.reasoning.encoding import (
    DIFFERENT,
    FIRST,
    NIL,
    OWL,
    RDF,
    RDFS,
    REST,
    SAME,
    TYPE,
    Terms,
)
from kg.reasoning.plans import Cell, End, Plan
from kg.reasoning.rulebook import Atom, Rule

_SPACES = (f"<{RDFS}", f"<{OWL}")
_NOT_SCHEMA = frozenset({TYPE, SAME, DIFFERENT})
_ANY_RELATION = "relation"
_ANY_CLASS = "class"

# For rules that apply an axiom to the data: the rules whose axioms follow from others that are
# applied too. Not among them are those about restrictions, which may hold of what has no value.
_IMPLYING = {
    "cax-sco": frozenset({"scm-sco", "scm-eqc1"}),
    "cax-eqc1": frozenset({"scm-eqc2"}),
    "cax-eqc2": frozenset({"scm-eqc2"}),
    "prp-spo1": frozenset({"scm-spo", "scm-eqp1"}),
    "prp-eqp1": frozenset({"scm-eqp2"}),
    "prp-eqp2": frozenset({"scm-eqp2"}),
    "prp-dom": frozenset({"scm-dom1", "scm-dom2"}),
    "prp-rng": frozenset({"scm-rng1", "scm-rng2"}),
}

Binding = Mapping[str, int]
Fact = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Template:
    """A rule cut in two: what the schema answers and what the data does."""

    rule: int
    head: Atom | None
    schema: tuple[Atom, ...]
    scans: tuple[tuple[str, str], ...]
    lists: tuple[Atom, ...]
    data: tuple[Atom, ...]
    distinct: tuple[tuple[str, str], ...]


class Schema:
    """What is known of the schema, and the plans that follow from it as it grows."""

    def __init__(
        self, rules: Sequence[Rule], terms: Terms, name: Callable[[int], int] = lambda term: term
    ) -> None:
        self._terms = terms
        self._name = name
        self._rules = tuple(rules)
        self._type = terms.encode(TYPE)
        self._templates = [
            _cut_rule(place, rule) for place, rule in enumerate(rules) if not rule.built_in
        ]
        # A literal of a rule must be among the terms before equal literals become one.
        for rule in rules:
            for atom in rule.body:
                for term in atom:
                    if not term.startswith("?"):
                        terms.encode(term)
        self._facts: dict[int, dict[int, dict[int, int]]] = {}
        self._inverse: dict[int, dict[int, dict[int, int]]] = {}
        self._first: dict[int, int] = {}
        self._rest: dict[int, int] = {}
        self._tables: set[int] = set()
        self._made: set[tuple[object, ...]] = set()
        self._doubled: set[int] = set()
        self._unread: set[int] = set()
        self._differing = {
            terms.encode(f"<{OWL}members>"): "eq-diff2",
            terms.encode(f"<{OWL}distinctMembers>"): "eq-diff3",
        }
        self.watched = self._find_watched()
        self._scans = [each for each in self._templates if each.scans]
        self._by_trigger = self._group_by_trigger()
        self.implying = self._find_implying()

    @property
    def broken_lists(self) -> set[int]:
        """The lists that end nowhere or in themselves, and cells with two members or two rests."""
        return self._doubled | self._unread

    def _find_watched(self) -> frozenset[int]:
        """The tables whose facts are matters of the schema."""
        keys = {self._key(atom) for template in self._templates for atom in template.schema} | {
            ~self._terms.encode(f"<{OWL}AllDifferent>")
        }
        keys |= {self._terms.encode(FIRST), self._terms.encode(REST), *self._differing}
        return frozenset(keys)

    def _key(self, atom: Atom) -> int:
        if atom[1] == TYPE:
            return ~self._terms.encode(atom[2])
        return self._terms.encode(atom[1])

    def _group_by_trigger(self) -> dict[int, list[tuple[_Template, int]]]:
        groups: dict[int, list[tuple[_Template, int]]] = {}
        for template in self._templates:
            for place, atom in enumerate(template.schema):
                groups.setdefault(self._key(atom), []).append((template, place))
        return groups

    def _find_implying(self) -> dict[int, frozenset[str]]:
        """For tables of the schema the rules whose conclusions there change nothing for the data.

        That every c1 is c3 because every c1 is c2 and every c2 is c3 makes no member of c3 that
        the two axioms do not make one after the other.
        """
        implying: dict[int, frozenset[str]] = {}
        for table, entries in self._by_trigger.items():
            names = [self._rules[template.rule].name for template, _ in entries]
            each = [_IMPLYING.get(name, frozenset()) for name in names]
            common = frozenset.intersection(*each)
            if common:
                implying[table] = common
        return implying

    def start(self) -> Iterator[Plan]:
        """The plans that need no fact at all."""
        for template in self._templates:
            if not template.schema and not template.scans:
                yield from self._fill(template, {}, ())

    def rename_lists(self) -> None:
        """Speak of the cells and members of lists by the names of their classes of equals."""
        name = self._name
        self._first = {name(cell): name(member) for cell, member in self._first.items()}
        self._rest = {name(cell): name(rest) for cell, rest in self._rest.items()}

    def add_list_cell(self, table: int, subject: int, object_: int) -> None:
        """Take a cell of a list; lists are read when an axiom names them."""
        cells = self._first if table == self._terms.find(FIRST) else self._rest
        if cells.setdefault(subject, object_) != object_:
            self._doubled.add(subject)

    def add(self, facts: Iterable[tuple[int, int, int, int]]) -> Iterator[Plan]:
        """Take facts of the schema (table, subject, object, fact); yield the plans they add."""
        added = list(facts)
        lists = (self._terms.find(FIRST), self._terms.find(REST))
        late = bool(self._facts) and any(table in lists for table, *_ in added)
        for table, subject, object_, _ in added:
            if table in lists:
                self.add_list_cell(table, subject, object_)
        if late:
            # An axiom may have come before its list: lists are read again.
            for template in self._templates:
                if template.lists:
                    yield from self._match(template, {}, {})
        for table, subject, object_, fact in added:
            if table in lists:
                continue
            by_subject = self._facts.setdefault(table, {}).setdefault(subject, {})
            if object_ in by_subject:
                continue
            by_subject[object_] = fact
            self._inverse.setdefault(table, {}).setdefault(object_, {})[subject] = fact
            for template, place in self._by_trigger.get(table, ()):
                binding: dict[str, int] = {}
                if self._bind(template.schema[place], subject, object_, binding):
                    yield from self._match(template, {place: fact}, binding)

    def add_tables(self, tables: Iterable[int]) -> Iterator[Plan]:
        """Take tables that have facts now; yield the plans of rules that speak of any relation."""
        new = [table for table in tables if table not in self._tables]
        self._tables.update(new)
        for template in self._scans:
            if not template.schema:
                yield from self._scan(template, {}, (), set(new))
            else:
                for binding, axioms in self._solve(template, {}, {}):
                    yield from self._scan(template, binding, axioms, set(new))

    def differing(self) -> Iterator[tuple[str, list[int], int]]:
        """The lists of things that all differ: rule, members and the fact that says so."""
        kinds = self._facts.get(~self._terms.encode(f"<{OWL}AllDifferent>"), {})
        for table, rule in self._differing.items():
            for axiom, lists in self._facts.get(table, {}).items():
                for head, fact in lists.items():
                    members = self._read_list(head) if axiom in kinds else None
                    if members is not None:
                        yield rule, members, fact

    def _match(
        self, template: _Template, found: Mapping[int, int], binding: Binding
    ) -> Iterator[Plan]:
        for bound, axioms in self._solve(template, found, binding):
            if template.scans:
                yield from self._scan(template, bound, axioms, None)
            else:
                yield from self._fill(template, bound, axioms)

    def _solve(
        self, template: _Template, found: Mapping[int, int], binding: Binding
    ) -> Iterator[tuple[Binding, tuple[int, ...]]]:
        rest = [place for place in range(len(template.schema)) if place not in found]
        if not rest:
            yield binding, tuple(found[place] for place in sorted(found))
            return
        place = min(rest, key=lambda each: _count_unbound(template.schema[each], binding))
        atom = template.schema[place]
        for subject, object_, fact in self._find(atom, binding):
            more = dict(binding)
            if self._bind(atom, subject, object_, more):
                yield from self._solve(template, {**found, place: fact}, more)

    def _find(self, atom: Atom, binding: Binding) -> Iterator[Fact]:
        key = self._key(atom)
        subject = self._value(atom[0], binding)
        object_ = 0 if key < 0 else self._value(atom[2], binding)
        facts = self._facts.get(key, {})
        if subject is not None:
            values = facts.get(subject, {})
            if object_ is not None:
                if object_ in values:
                    yield subject, object_, values[object_]
            else:
                yield from [(subject, each, fact) for each, fact in values.items()]
        elif object_ is not None:
            found = self._inverse.get(key, {}).get(object_, {})
            yield from [(each, object_, fact) for each, fact in found.items()]
        else:
            for each, values in list(facts.items()):
                yield from [(each, other, fact) for other, fact in values.items()]

    def _value(self, term: str, binding: Binding) -> int | None:
        return binding.get(term) if term.startswith("?") else self._name(self._terms.encode(term))

    def _bind(self, atom: Atom, subject: int, object_: int, binding: dict[str, int]) -> bool:
        ends = [(atom[0], subject)]
        if atom[1] != TYPE:
            ends.append((atom[2], object_))
        for term, value in ends:
            if term.startswith("?"):
                if binding.setdefault(term, value) != value:
                    return False
            elif self._name(self._terms.encode(term)) != value:
                return False
        return True

    def _scan(
        self, template: _Template, binding: Binding, axioms: tuple[int, ...], new: set[int] | None
    ) -> Iterator[Plan]:
        """Fill in the variables that stand for any relation or class, from the tables there are."""
        open_scans = [scan for scan in template.scans if scan[1] not in binding]
        bindings: list[dict[str, int]] = [dict(binding)]
        for kind, variable in open_scans:
            known = [
                ~table if kind == _ANY_CLASS else table
                for table in sorted(self._tables)
                if (table < 0) == (kind == _ANY_CLASS)
            ]
            bindings = [{**each, variable: value} for each in bindings for value in known]
        for each in bindings:
            chosen = {
                ~each[variable] if kind == _ANY_CLASS else each[variable]
                for kind, variable in template.scans
            }
            if new is None or not chosen.isdisjoint(new):
                yield from self._fill(template, each, axioms)

    def _fill(
        self, template: _Template, binding: Binding, axioms: tuple[int, ...]
    ) -> Iterator[Plan]:
        for bound, more in self._read_lists(template, binding):
            body = tuple(self._cell(atom, bound) for atom in (*template.data, *more))
            head = None if template.head is None else self._cell(template.head, bound)
            # Of contradictions each is told under the name of its own rule.
            owner = template.rule if head is None else -1
            made = (owner, head, body, template.distinct)
            if head in body or made in self._made:
                continue
            self._made.add(made)
            yield Plan(template.rule, head, body, template.distinct, axioms)

    def _cell(self, atom: Atom, binding: Binding) -> Cell:
        subject = self._end(atom[0], binding)
        if atom[1] == TYPE:
            kind = self._end(atom[2], binding)
            if isinstance(kind, int):
                return Cell(~kind, subject)
        relation = self._end(atom[1], binding)
        if isinstance(relation, str):
            raise TypeError(f"no schema condition of the rule binds {relation}")
        return Cell(relation, subject, self._end(atom[2], binding))

    def _end(self, term: str, binding: Binding) -> End:
        if term.startswith("?"):
            return binding.get(term, term)
        return self._name(self._terms.encode(term))

    def _read_lists(
        self, template: _Template, binding: Binding
    ) -> Iterator[tuple[Binding, tuple[Atom, ...]]]:
        """The bindings with members of lists, and the conditions that lists add to the body."""
        if not template.lists:
            yield binding, ()
            return
        said = {name: variable for _, name, variable in template.lists}
        members = self._read_list(binding[template.lists[0][0]])
        if members is None:
            return
        if "member" in said:
            for member in members:
                yield {**binding, said["member"]: member}, ()
        elif "earlier" in said:
            for place, one in enumerate(members):
                for other in members[place + 1 :]:
                    yield {**binding, said["earlier"]: one, said["later"]: other}, ()
        elif members:
            # A member of the list is written as a variable that is bound to it.
            named = {f"?#{place}": member for place, member in enumerate(members)}
            yield {**binding, **named}, tuple(_spell_list(said, tuple(named)))

    def _read_list(self, head: int) -> list[int] | None:
        """The members of a list, None (and noted) where it is malformed or runs in a circle."""
        members: list[int] = []
        cell, seen = head, set()
        nil = self._terms.find(NIL)
        while cell != nil:
            if cell in seen or not self._is_cell(cell):
                self._unread.add(head)
                return None
            seen.add(cell)
            members.append(self._first[cell])
            cell = self._rest[cell]
        self._unread.discard(head)
        return members

    def _is_cell(self, cell: int) -> bool:
        return cell in self._first and cell in self._rest and cell not in self._doubled


def _spell_list(said: Mapping[str, str], members: Sequence[str]) -> Iterator[Atom]:
    if "classesOf" in said:
        for member in members:
            yield said["classesOf"], TYPE, member
    elif "leadsFrom" in said:
        inner = [f"?#link{place}" for place in range(1, len(members))]
        points = [said["leadsFrom"], *inner, said["leadsTo"]]
        for place, member in enumerate(members):
            yield points[place], member, points[place + 1]
    else:
        for place, member in enumerate(members):
            yield said["comparing"], member, f"?#value{place}"
            yield said["with"], member, f"?#value{place}"


def _count_unbound(atom: Atom, binding: Binding) -> int:
    return sum(term.startswith("?") and term not in binding for term in (atom[0], atom[2]))


def _is_schema(atom: Atom) -> bool:
    """Whether a condition is one on the schema by the vocabulary it uses."""
    _, relation, object_ = atom
    if relation == TYPE:
        return object_.startswith(_SPACES) and object_ not in (f"<{OWL}Nothing>", f"<{OWL}Thing>")
    if relation.startswith(f"<{RDF}"):
        return relation in (FIRST, REST)
    return relation.startswith(_SPACES) and relation not in _NOT_SCHEMA


def _cut_rule(place: int, rule: Rule) -> _Template:
    named = {term for atom in rule.body for term in (atom[1],) if term.startswith("?")}
    named |= {atom[2] for atom in rule.body if atom[1] == TYPE and atom[2].startswith("?")}
    schema = [atom for atom in rule.body if _is_schema(atom)]
    bound = {term for atom in schema for term in atom} | {
        variable for _, name, variable in rule.lists if name in ("member", "earlier", "later")
    }
    for atom in rule.body:
        # "?relation a kg:ActOfState": what says which relation is meant is a matter of schema too.
        if atom not in schema and atom[0] in named - bound and not atom[1].startswith("?"):
            schema.append(atom)
            bound.update(atom)
    if rule.head is not None and rule.body and not rule.lists and not named:
        # A rule from the schema to the schema is joined like data.
        schema = []
    data = tuple(atom for atom in rule.body if atom not in schema)
    scans: dict[tuple[str, str], None] = {}
    for atom in data:
        if atom[1].startswith("?") and atom[1] not in bound:
            scans[(_ANY_RELATION, atom[1])] = None
        if atom[1] == TYPE and atom[2].startswith("?") and atom[2] not in bound:
            scans[(_ANY_CLASS, atom[2])] = None
    return _Template(place, rule.head, tuple(schema), tuple(scans), rule.lists, data, rule.distinct)
