"""Lists that spell out what a phrase counts: "on four areas: trade, energy; and arms control".

Parsers hang the items of a list after a colon in many ways, so the words are read in their order.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.extraction.tree import NOMINAL, Tree, is_infinitive, walk_up

_REACH = 10
_COUNTS = frozenset({"series", "set", "number", "range", "host", "variety", "following"})


def find_listed(tree: Tree, head: int) -> list[int]:
    """The heads of the items that a colon after a counted phrase introduces; empty if none."""
    if tree.pos(head) != "NOUN" or not _counts(tree, head):
        return []
    colon = _find_colon(tree, head)
    if colon is None:
        return []
    items = [list(item) for item in _split(tree, colon + 1)]
    heads = [h for item in items for h in _head_items(tree, item)]
    return heads if len(items) > 1 else []


def _counts(tree: Tree, head: int) -> bool:
    above = tree.head(head)
    counted = bool(tree.under(head, "nummod")) and "Number=Plur" in tree.tokens[head].features
    words = {tree.lemma(head), *(tree.lemma(c) for c in tree.under(head, "amod"))}
    if tree.role(head) == "nmod" and above is not None:
        words.add(tree.lemma(above))
    return counted or bool(words & _COUNTS)


def _find_colon(tree: Tree, head: int) -> int | None:
    for i in range(head + 1, min(head + _REACH, len(tree.tokens) - 1)):
        text = tree.tokens[i].text
        if text == ":":
            return i
        if text in {",", ";", "."} or "VerbForm=Fin" in tree.tokens[i].features:
            return None
    return None


def _split(tree: Tree, start: int) -> Iterator[range]:
    """The stretches between semicolons, or between commas where there is no semicolon."""
    end = len(tree.tokens)
    while end > start and tree.pos(end - 1) == "PUNCT":
        end -= 1
    mark = ";" if any(tree.tokens[i].text == ";" for i in range(start, end)) else ","
    first = start
    for i in range(start, end):
        if tree.tokens[i].text == mark:
            yield range(first, i)
            first = i + 1
    yield range(first, end)


def _head_items(tree: Tree, item: list[int]) -> list[int]:
    """The head of an item, and what is coordinated with it inside the item."""
    inside = set(item)
    content = [i for i in item if tree.pos(i) in NOMINAL or tree.pos(i) == "VERB"]
    tops = [i for i in content if not inside.intersection(walk_up(tree, i))]
    if not tops:
        return []
    if is_infinitive(tree, tops[0]):
        return tree.under(tops[0], "obj")
    return tops[:1]
