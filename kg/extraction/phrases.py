"""The noun phrase around a head: minimal but complete, as an annotator would mark it."""

from __future__ import annotations

from collections.abc import Iterator

from kg.extraction.tree import Tree
from kg.model import Span

_LEFT_OUT = frozenset(
    {
        "acl:relcl", "appos", "parataxis", "advcl", "cop", "nsubj", "nsubj:pass", "aux", "mark",
        "case", "cc", "punct", "discourse", "csubj", "ccomp", "orphan", "dep", "cc:preconj",
        "nsubj:outer", "advcl:relcl", "obl:unmarked", "nmod:unmarked",
    }
)  # fmt: skip
_FUNCTION = frozenset({"DET", "PUNCT", "CCONJ", "SCONJ", "ADP", "PRON", "PART"})
_STOP_CASES = frozenset(
    {"since", "after", "before", "during", "until", "because_of", "such_as", "including",
     "despite", "like", "as", "by", "through", "without", "according_to", "following"}
)  # fmt: skip
# Nouns whose content an infinitive tells.
_TAKE_INFINITIVE = frozenset(
    " ".join(
        (
            "effort attempt plan decision right ability desire intention agreement promise pledge",
            "refusal offer willingness unwillingness need chance opportunity commitment proposal",
            "bid move step campaign threat failure wish determination obligation duty capacity",
            "power authority freedom permission readiness reluctance ambition aim goal mission",
            "mandate call request demand initiative drive policy strategy measure action law",
        )
    ).split()
)
_LONGEST = 16


def phrase_tokens(tree: Tree, head: int, *, wide: bool) -> list[int]:
    """The tokens of the noun phrase headed at `head`, without determiner, relative or apposition.

    A wide phrase keeps all its prepositional complements and an infinitive; a narrow one keeps
    what stands before the head and what "of" adds.
    """
    kept = sorted(set(_collect(tree, head, wide, top=True)))
    if wide:
        kept += _following_infinitive(tree, head)
    kept = _contiguous(tree, kept, head)
    while kept and kept[0] != head and tree.pos(kept[0]) in {"DET", "PUNCT", "CCONJ", "ADP"}:
        kept.pop(0)
    while kept and kept[-1] != head and tree.pos(kept[-1]) in {"PUNCT", "CCONJ", "ADP", "SCONJ"}:
        kept.pop()
    return kept


def _following_infinitive(tree: Tree, head: int) -> list[int]:
    """The infinitive right after a noun that the parser hung on the verb ("make efforts to …")."""
    after = head + 1
    if tree.lemma(head) not in _TAKE_INFINITIVE:
        return []
    if after >= len(tree.tokens) or tree.tokens[after].text.casefold() != "to":
        return []
    verb = tree.head(after)
    if verb is None or tree.role(after) != "mark" or tree.head(verb) != tree.head(head):
        return []
    return list(_collect(tree, verb, wide=True, top=False)) if tree.role(verb) != "conj" else []


def _collect(tree: Tree, i: int, wide: bool, *, top: bool) -> Iterator[int]:
    yield i
    for child in tree.children[i]:
        role = tree.role(child)
        if top and role == "conj":
            continue
        if role == "case" and not top and child < i:
            yield child
            yield from tree.under(child, "fixed")
            continue
        if role in {"case"} and tree.tokens[child].text in {"'s", "'"}:
            if not top:
                yield child
            continue
        if role in {"cc", "punct"} and not top and child < i:
            yield child
            continue
        if role in _LEFT_OUT and not _is_inner(tree, child, top):
            continue
        if role == "acl" and not wide:
            continue
        if role in {"nmod", "obl", "nmod:desc"} and child > i and not _keeps(tree, child, wide):
            continue
        yield from _collect(tree, child, wide, top=False)


def _is_inner(tree: Tree, child: int, top: bool) -> bool:
    """Inside an infinitive its marks and objects belong to the phrase."""
    return not top and tree.role(child) in {"mark", "aux", "ccomp"}


def _keeps(tree: Tree, child: int, wide: bool) -> bool:
    cases = [c for c in tree.under(child, "case") if c < child]
    if not cases:
        return wide
    case = tree.tokens[cases[0]].text.casefold()
    fixed = "_".join(
        [case, *(tree.tokens[f].text.casefold() for f in tree.under(cases[0], "fixed"))]
    )
    if case in _STOP_CASES or fixed in _STOP_CASES:
        return False
    return case == "of" or wide


def _contiguous(tree: Tree, kept: list[int], head: int) -> list[int]:
    """The unbroken run around the head; the parse may leave out commas and "and" inside it."""
    chosen = [head]
    for step in (1, -1):
        ordered = [k for k in kept if (k - head) * step > 0][::step]
        last = head
        for k in ordered:
            between = range(min(last, k) + 1, max(last, k))
            bridged = all(tree.pos(b) in _FUNCTION or tree.role(b) == "punct" for b in between)
            if abs(k - last) > 1 and not (bridged and abs(k - last) <= 3):
                break
            chosen.extend([*between, k])
            last = k
    chosen.sort()
    after = [k for k in chosen if k > head][:_LONGEST]
    return [k for k in chosen if k <= head] + after


def span_of(tree: Tree, tokens: list[int]) -> Span:
    """The characters from the first to the last of some tokens."""
    return Span(tree.tokens[tokens[0]].span.start, tree.tokens[tokens[-1]].span.end)


def join_words(tree: Tree, tokens: list[int]) -> str:
    """The words as running text, spaced as in the source."""
    parts: list[str] = []
    for k, i in enumerate(tokens):
        token = tree.tokens[i]
        if k and tree.tokens[tokens[k - 1]].span.end < token.span.start:
            parts.append(" ")
        parts.append(token.text)
    return _pair_quotes("".join(parts).strip(" \"'“”‘’,;:"))


def _pair_quotes(text: str) -> str:
    """The words without a quotation mark that has lost its other half."""
    if text.count('"') % 2:
        text = text.replace('"', "")
    if text.count("“") != text.count("”"):
        text = text.replace("“", "").replace("”", "")
    return text
