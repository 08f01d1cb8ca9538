"""Parsed sentences written out by hand."""

from kg.extraction.tree import build_tree
from kg.model import BlockKind, Sentence, Span, Token


def make_tokens(rows):
    """Tokens from lines "form lemma POS role head [features]"; heads count from 1, 0 for a root."""
    tokens, start = [], 0
    for number, row in enumerate(rows.strip().splitlines()):
        form, lemma, pos, role, head, *features = row.split()
        place = number if head == "0" else int(head) - 1
        span = Span(start, start + len(form))
        tokens.append(Token(span, form, lemma, pos, place, role, "".join(features)))
        start = span.end + 1
    return tuple(tokens)


def make_tree(rows):
    """The tree of a sentence written as for `make_tokens`."""
    tokens = make_tokens(rows)
    span = Span(tokens[0].span.start, tokens[-1].span.end)
    return build_tree(Sentence(span, BlockKind.PROSE, None, tokens))


def pick(tree, places):
    """The words at some places of a tree."""
    return [tree.tokens[i].text for i in places]
