"""The reader: an article as it was written, with what was read in it marked at the very words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from kg.documents.people import is_author_note
from kg.server.answers import Service, ask_engine, is_known, send_known, tag_answer
from kg.server.layers import find_base
from kg.server.linked_data import answer_page
from kg.server.pages.article import (
    PlacedClaim,
    ShownArticle,
    ShownMention,
    ShownSentence,
    fetch_article,
)
from kg.server.pages.decisions import fetch_claim_decisions
from kg.server.pages.rendering import render_page, send_page
from kg.server.pages.signing import describe_caching, find_reviewer

_AGE = "max-age=60"
_CLOSE = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text over which the same mentions and claims run.

    `begins` and `ends` are the claims whose evidence starts and ends with it.
    """

    text: str
    mention: ShownMention | None
    claims: tuple[PlacedClaim, ...]
    begins: tuple[PlacedClaim, ...]
    ends: tuple[PlacedClaim, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence in pieces; `reason` says why there is no claim in it."""

    start: int
    pieces: tuple[Piece, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph; a note on the authors at the end claims nothing and is folded."""

    is_heading: bool
    lines: tuple[Line, ...]
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What a filter lets one choose, with how many claims it leaves."""

    value: str
    label: str
    count: int


async def answer_reader(service: Service, request: Request) -> Response:
    """Send an article to read; what is no article with sentences gets the page of any thing."""
    base = find_base(service.settings, request.scope)
    key = request.path_params["key"]
    reviewer = find_reviewer(service, request)
    tag = tag_answer(service, "reader", base, key, reviewer)
    headers = describe_caching(service, tag, _AGE)
    if "page" in request.query_params:
        return await answer_page(service, request)
    if is_known(request, tag):
        return send_known(headers)
    article = await fetch_article(service, request, key)
    if article is None:
        return await answer_page(service, request)
    ask = partial(ask_engine, service, request)
    decisions, rejected = await fetch_claim_decisions(article.iri, ask, base)
    page = render_page(
        "reader.html",
        base,
        article=article,
        headline=find_headline(article),
        blocks=list(arrange_blocks(article)),
        filters=list_filters(article),
        counts={"mentions": len(article.mentions), "claims": len(article.claims)},
        kinds=list_kinds(article),
        why=lambda claim: _locate_why(base, claim),
        decisions=decisions,
        rejected=rejected,
        reviewer=reviewer,
    )
    return send_page(page, headers)


def _locate_why(base: str, placed: PlacedClaim) -> str:
    claim = placed.claim
    asked = {"s": claim.subject.iri, "p": claim.relation.iri, "o": claim.object.iri}
    return f"{base}/page/why?{urlencode(asked)}"


# ------------------------------------------------------------------------------------- the text


def arrange_blocks(article: ShownArticle) -> Iterator[Block]:
    """The paragraphs and headings, told apart by the space that the source has between sentences.

    The title that the source has over the text is left to the headline.
    """
    waiting: list[ShownSentence] = []
    for sentence in article.sentences:
        if _has_title(sentence, article):
            continue
        if waiting and _starts_block(waiting[-1], sentence):
            yield _make_block(waiting, article)
            waiting = []
        waiting.append(sentence)
    if waiting:
        yield _make_block(waiting, article)


def find_headline(article: ShownArticle) -> Line | None:
    """The title as it stands over the text, so that what it claims is marked; None if nowhere."""
    found = next((each for each in article.sentences if _has_title(each, article)), None)
    if found is None:
        return None
    title = replace(found, text=article.title, end=found.start + len(article.title))
    return _make_line(title, article)


def _has_title(sentence: ShownSentence, article: ShownArticle) -> bool:
    is_first = sentence.start == article.sentences[0].start
    return is_first and sentence.text.startswith(article.title)


def _starts_block(before: ShownSentence, sentence: ShownSentence) -> bool:
    apart = sentence.start - before.end > _CLOSE
    return apart or sentence.is_heading or before.is_heading


def _make_block(sentences: Sequence[ShownSentence], article: ShownArticle) -> Block:
    lines = tuple(_make_line(sentence, article) for sentence in sentences)
    return Block(sentences[0].is_heading, lines, is_author_note(sentences[0].text))


def _make_line(sentence: ShownSentence, article: ShownArticle) -> Line:
    mentions = [each for each in article.mentions if _lies_in(each, sentence)]
    claims = [each for each in article.claims if sentence.start <= each.start < sentence.end]
    pieces = tuple(cut_pieces(sentence, mentions, claims))
    return Line(sentence.start, pieces, None if claims else _find_reason(sentence, mentions))


def _lies_in(mention: ShownMention, sentence: ShownSentence) -> bool:
    return sentence.start <= mention.start < mention.end <= sentence.end


def _find_reason(sentence: ShownSentence, mentions: Sequence[ShownMention]) -> str:
    if sentence.is_heading:
        return "a heading, which claims nothing"
    things = {mention.thing.iri for mention in mentions}
    if len(things) < 2:
        named = "nothing" if not things else "only one thing"
        return f"it names {named} between which a relation could hold"
    return "no wording of a known relation links what it names"


def cut_pieces(
    sentence: ShownSentence, mentions: Sequence[ShownMention], claims: Sequence[PlacedClaim]
) -> Iterator[Piece]:
    """The text of a sentence cut wherever a mention or a claim begins or ends."""
    cuts = {sentence.start, sentence.end}
    cuts |= {place for each in mentions for place in (each.start, each.end)}
    cuts |= {place for each in claims for place in (each.start, min(each.end, sentence.end))}
    places = sorted(cuts)
    for start, end in pairwise(places):
        over = [each for each in mentions if each.start <= start and end <= each.end]
        yield Piece(
            text=sentence.text[start - sentence.start : end - sentence.start],
            # Of mentions in one another, the inner one.
            mention=min(over, key=lambda each: each.end - each.start) if over else None,
            claims=tuple(each for each in claims if each.start <= start and end <= each.end),
            begins=tuple(each for each in claims if each.start == start),
            ends=tuple(each for each in claims if min(each.end, sentence.end) == end),
        )


# ------------------------------------------------------------------------------------- filters


def list_filters(article: ShownArticle) -> dict[str, list[Choice]]:
    """What the claims can be filtered by, with the choices that there are."""
    claims = [placed.claim for placed in article.claims]
    kinds = [
        kind
        for claim in claims
        for kind in {claim.subject.kind, claim.object.kind}
        if kind is not None
    ]
    return {
        "holder": _count_choices(
            (claim.holder.iri, claim.holder.label) if claim.holder else ("", "the article itself")
            for claim in claims
        ),
        "modality": _count_choices((claim.modality,) * 2 for claim in claims),
        "polarity": _count_choices((claim.polarity,) * 2 for claim in claims),
        "relation": _count_choices((claim.relation.iri, claim.relation.label) for claim in claims),
        "type": _count_choices((kind, kind) for kind in kinds),
    }


def _count_choices(pairs: Iterator[tuple[str, str]]) -> list[Choice]:
    counts = Counter(pairs)
    found = [Choice(value or "-", label, count) for (value, label), count in counts.items()]
    return sorted(found, key=lambda each: (each.label.casefold(), each.value))


def list_kinds(article: ShownArticle) -> list[str]:
    """The kinds of what the article mentions, the commonest first."""
    counts = Counter(each.thing.kind for each in article.mentions if each.thing.kind)
    return [kind for kind, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
