"""Ends that no construction gives, looked for in the neighbourhood of a trigger.

A parse that hangs a clause or a phrase one place too low or too high leaves a frame without an
end that any reader sees. What is found here is less sure than a filled slot and scores less.
"""

from __future__ import annotations

from kg.extraction.slots import Scene, find_agent, find_surface_subject
from kg.extraction.tree import NOMINAL, is_passive, is_relative_word, read_case, walk_up

_CLAUSAL = frozenset({"VERB", "AUX", "ADJ"})
_REACH = 12


def find_near_subject(scene: Scene, trigger: int) -> list[int]:
    """The subject of the nearest clause above a trigger that has one."""
    tree = scene.tree
    if tree.pos(trigger) in {"VERB", "AUX"} and is_passive(tree, trigger):
        return []
    below = trigger
    for above in walk_up(tree, trigger):
        role = tree.role(below)
        if role in {"nsubj", "nsubj:pass", "csubj", "appos", "parataxis"}:
            return []
        noun = tree.pos(above) == "NOUN" and not tree.under(above, "cop")
        if noun and role in {"acl", "advcl", "nmod"}:
            agents = find_agent(scene, above)
            if agents:
                return [a for a in agents if a != trigger]
        if tree.pos(above) in _CLAUSAL or tree.under(above, "cop"):
            found = [f for f in find_surface_subject(scene, above, 0) if f not in (trigger, below)]
            if found:
                return found
        below = above
    return []


def find_near_phrase(scene: Scene, trigger: int, preposition: str) -> list[int]:
    """The first phrase with a preposition after a trigger, wherever in its clause it hangs."""
    tree = scene.tree
    for i in range(trigger + 1, min(trigger + _REACH, len(tree.tokens))):
        if tree.pos(i) in {"VERB", "AUX", "SCONJ"} or tree.tokens[i].text in {";", ":"}:
            return []
        if tree.pos(i) in NOMINAL and read_case(tree, i) == preposition:
            if is_relative_word(tree, i) or not _is_within(scene, trigger, i):
                return []
            return [i]
    return []


def _is_within(scene: Scene, trigger: int, phrase: int) -> bool:
    """Whether a phrase hangs below a trigger or on what the trigger itself hangs on."""
    tree = scene.tree
    above = tree.head(phrase)
    if above is None or above == trigger:
        return above == trigger
    return trigger in walk_up(tree, above) or above in walk_up(tree, trigger)
