"""Which things are one, and which IRI stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kg.iris import KG
from kg.review.effects import Effect
from kg.review.known import Described, Known


@dataclass(frozen=True, slots=True)
class Merger:
    """What a thing becomes, how that is described, and the decision that says so."""

    kept: URIRef
    described: Described
    effect: Effect


def merge_things(effects: Sequence[Effect], known: Known) -> dict[URIRef, Merger]:
    """The things that are other things now, by their IRI; `result` of each effect is what stays.

    What the shipped names know stays, else what was not merged with another itself.
    """
    effects = sorted(effects, key=lambda each: (each.on, each.result or each.on))
    groups = _Groups()
    for effect in effects:
        groups.join(effect.on, effect.result or effect.on)
    merged = {effect.on for effect in effects}
    mergers: dict[URIRef, Merger] = {}
    for members in groups.list():
        kept = min(members, key=lambda each: (not known.is_entry(each), each in merged, each))
        for effect in effects:
            pair = (effect.on, effect.result or effect.on)
            if effect.on in members:
                effect.result = kept
                for old in pair:
                    if old != kept and old not in mergers:
                        described = _describe_kept(kept, old, effect, known)
                        mergers[old] = Merger(kept, described, effect)
                        effect.changes.append((KG.refersTo, old, kept))
    return mergers


def _describe_kept(kept: URIRef, old: URIRef, effect: Effect, known: Known) -> Described:
    found = known.describe(kept)
    if found is not None:
        return found
    # It is in no article any more, so that only the decision tells its name.
    before = known.describe(old)
    target = effect.verdict.target
    label = target.label if target is not None and target.label else ""
    kind = before.kind if before is not None else KG.Concept
    return Described(kind, label or (before.label if before is not None else str(kept)))


def find_kept(mergers: Mapping[URIRef, Merger], thing: URIRef) -> URIRef:
    """What a thing is after all merging."""
    merger = mergers.get(thing)
    return thing if merger is None else merger.kept


class _Groups:
    """Things that are one, directly or by way of others."""

    def __init__(self) -> None:
        self._parents: dict[URIRef, URIRef] = {}

    def _find(self, thing: URIRef) -> URIRef:
        self._parents.setdefault(thing, thing)
        while self._parents[thing] != thing:
            thing = self._parents[thing]
        return thing

    def join(self, one: URIRef, other: URIRef) -> None:
        first, second = sorted((self._find(one), self._find(other)))
        self._parents[second] = first

    def list(self) -> list[list[URIRef]]:
        groups: dict[URIRef, list[URIRef]] = {}
        for thing in sorted(self._parents):
            groups.setdefault(self._find(thing), []).append(thing)
        return [members for _, members in sorted(groups.items())]
