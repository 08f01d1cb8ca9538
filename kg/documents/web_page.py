"""The article of a web page: its main text without navigation, and what its metadata say."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from justhtml import JustHTML

from kg.documents.extracts import Extract, compose_text, join_spaces
from kg.documents.words import split_set
from kg.errors import DocumentError

_DEEPEST = 600
_GONE = split_set(
    "script style noscript template head nav aside footer form button svg math iframe object embed "
    "video audio canvas select input textarea dialog menu map datalist figure"
)
_BLOCKS = split_set(
    "p div section article main header body html blockquote ul ol li dl dt dd table tr td th pre "
    "h1 h2 h3 h4 h5 h6 hr address center details summary fieldset tbody thead tfoot caption"
)
_HEADING = re.compile(r"h([1-6])")
# What a part of a page is called that is no part of its article.
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|sidebar|share|sharing|social|related|recommend\w*|"
    r"promo\w*|newsletter|subscri\w*|comments?|breadcrumbs?|cookie\w*|advert\w*|ads?|banner|footer|"
    r"pagination|pager|masthead|skip(?:-link)?|toolbar|tags|widget)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "menu"})
_LINKED, _WHOLE = 0.6, 0.5
_SENTENCE, _SHORT, _LONG = 60, 400, 2500
_CHARSET = re.compile(rb"<meta[^>]+charset", re.IGNORECASE)
_NOTE_NUMBER = re.compile(r"[\[(]?\s*(?:\d{1,3}|[*†‡])\s*[\])]?")
_DATE = re.compile(r"(\d{4})(?:[-/](\d\d)(?:[-/](\d\d))?)?")
_TITLE_END = re.compile(r"\s+[|–—•·-]\s+[^|–—•·]{2,60}$")
_NAME = re.compile(r"[^\W\d_][\w.'’ -]{2,80}")

_Node = Any  # The library's nodes have no common type for what is read of them here.


def extract_web_page(data: bytes, source: str) -> Extract:
    """The article of an HTML page; DocumentError where it has no text or nests too deep."""
    try:
        root: _Node = JustHTML(_decode(data), sanitize=False).root
    except RecursionError as error:
        raise _refuse_nesting(source) from error
    _check_depth(root, source)
    body = next(_find(root, "body"), root)
    main = _find_main(body)
    about = _read_metadata(root, main)
    headline, paragraphs = _list_paragraphs(main)
    if not any(not each.startswith("#") for each in paragraphs):
        raise DocumentError(
            f"{source} is a page without text of its own: save it from the browser, or as text",
            source=source,
        )
    if headline is None:
        outside = {_read(each) for each in _find(body, "h1")}
        headline = outside.pop() if len(outside) == 1 and about.title is None else None
    title = headline or about.title or None
    paragraphs = _drop_front(paragraphs, title, about)
    text = compose_text(title, about.authors, about.issued, paragraphs)
    return Extract(text, title, about.authors, about.issued, about.journal)


def _decode(data: bytes) -> bytes | str:
    """The text of a page that does not tell its encoding and is UTF-8, as most are; else as is."""
    if _CHARSET.search(data[:2048]) or data.startswith((b"\xfe\xff", b"\xff\xfe")):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data


def _refuse_nesting(source: str) -> DocumentError:
    message = f"{source} nests its elements more than {_DEEPEST} deep: save the page as text"
    return DocumentError(message, source=source)


def _check_depth(root: _Node, source: str) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise _refuse_nesting(source)
        level = [child for node in level for child in _children(node)]


def _children(node: _Node) -> list[_Node]:
    return getattr(node, "children", None) or []


def _attributes(node: _Node) -> dict[str, str]:
    return {name: value or "" for name, value in (getattr(node, "attrs", None) or {}).items()}


def _walk(node: _Node) -> Iterator[_Node]:
    waiting = [node]
    while waiting:
        now = waiting.pop()
        yield now
        waiting.extend(reversed(_children(now)))


def _find(node: _Node, name: str) -> Iterator[_Node]:
    return (each for each in _walk(node) if each.name == name)


# ----------------------------------------------------------------------------- the main text


def _find_main(body: _Node) -> _Node:
    """The element that holds the article: as the page marks it, else where its paragraphs are."""
    weights = _weigh(body)
    whole = weights.get(id(body), 0)
    if whole == 0:
        return body
    for marked in (_is_article_body, _is_article, _is_main):
        found = [(weights.get(id(node), 0), node) for node in _walk(body) if marked(node)]
        weight, node = max(found, key=lambda pair: pair[0], default=(0, body))
        if weight >= _WHOLE * whole:
            return node
    node = body
    while True:
        heavy = [each for each in _children(node) if weights.get(id(each), 0) >= 0.75 * whole]
        if not heavy or heavy[0].name == "p":
            return node
        # What stands over the text, as title and byline do, belongs to it.
        if next(_find(node, "h1"), None) is not None and next(_find(heavy[0], "h1"), None) is None:
            return node
        node = heavy[0]


def _is_article_body(node: _Node) -> bool:
    return "articlebody" in _attributes(node).get("itemprop", "").lower().split()


def _is_article(node: _Node) -> bool:
    return bool(node.name == "article")


def _is_main(node: _Node) -> bool:
    return bool(node.name == "main") or _attributes(node).get("role") == "main"


def _weigh(body: _Node) -> dict[int, int]:
    """How many characters of running text each element has in it, by the identity of elements."""
    weights: dict[int, int] = {}
    waiting: list[tuple[_Node, tuple[int, ...]]] = [(body, ())]
    while waiting:
        node, above = waiting.pop()
        if node.name == "p":
            text = _read(node)
            if len(text) > _SENTENCE and not _is_linked(node):
                for each in (*above, id(node)):
                    weights[each] = weights.get(each, 0) + len(text)
        elif node is body or not _is_left_out(node):
            waiting.extend((child, (*above, id(node))) for child in _children(node))
    return weights


def _is_left_out(node: _Node) -> bool:
    """Whether a part of a page is not for reading: hidden, a script, navigation."""
    if node.name in _GONE or (node.name == "sup" and _NOTE_NUMBER.fullmatch(_read(node, 20))):
        return True
    told = _attributes(node)
    hidden = "hidden" in told or told.get("aria-hidden") == "true"
    if hidden or re.search(r"display\s*:\s*none", told.get("style", "")):
        return True
    if told.get("role") in _ROLES:
        return True
    called = f"{told.get('class', '')} {told.get('id', '')}"
    if node.name in ("body", "html", "main", "article") or not _FURNITURE.search(called):
        return False
    return len(_read(node, _LONG)) < _LONG


def _is_linked(node: _Node) -> bool:
    """Whether most of a short text leads elsewhere, as that of a list of links does."""
    text = _read(node, _SHORT)
    if not text or len(text) >= _SHORT:
        return False
    linked = sum(len(_read(link)) for link in _find(node, "a"))
    return linked > _LINKED * len(text)


def _read(node: _Node, most: int = sys.maxsize) -> str:
    """The text of an element in one line; of a longer one about as much as asked for."""
    pieces: list[str] = []
    size = 0
    for each in _walk(node):
        if each.name == "#text":
            pieces.append(each.data)
            size += len(each.data)
            if size > 4 * most:
                break
    return join_spaces("".join(pieces))


def _list_paragraphs(main: _Node) -> tuple[str | None, list[str]]:
    """The first heading of the highest level, and the paragraphs and other headings in order."""
    headline: str | None = None
    found: list[str] = []
    for kind, text in _list_blocks(main):
        if kind == 1 and headline is None:
            headline = text
        elif kind:
            found.append(f"{'#' * max(kind, 2)} {text}")
        else:
            found.append(text)
    return headline, found


def _list_blocks(main: _Node) -> Iterator[tuple[int, str]]:
    """The texts of the blocks in order, each with the level of its heading, 0 for none."""
    words: list[str] = []
    level = 0
    # Each waits to be opened, or (as None and what it was) to be closed.
    waiting: list[tuple[_Node | None, int, bool]] = [(main, 0, False)]
    while waiting:
        node, kind, breaks = waiting.pop()
        if node is None or node.name in _BLOCKS:
            if text := join_spaces("".join(words)):
                yield level, text
            words = []
            level = kind
            if node is None:
                continue
        if node.name == "#text":
            words.append(node.data)
            continue
        if node.name == "br":
            if breaks:
                waiting.append((None, level, False))
            words.append("\n")
            continue
        if node is not main and (_is_left_out(node) or _is_list_of_links(node)):
            continue
        if node.name in _BLOCKS:
            heading = _HEADING.fullmatch(node.name)
            level = int(heading[1]) if heading else level
            waiting.append((None, kind, False))
        children = _children(node)
        for before, child in reversed(list(zip([None, *children], children, strict=False))):
            waiting.append((child, level, before is not None and _follows_break(before, child)))
    if text := join_spaces("".join(words)):
        yield level, text


def _follows_break(before: _Node, child: _Node) -> bool:
    return bool(before.name == child.name == "br")


def _is_list_of_links(node: _Node) -> bool:
    return node.name in ("ul", "ol", "div", "p", "table", "section", "header") and _is_linked(node)


def _drop_front(paragraphs: list[str], title: str | None, about: Extract) -> list[str]:
    """Leave out what the text says of itself at its beginning and the metadata say as well."""
    kept: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        text = paragraph.lstrip("# ")
        told = text == title or (
            number < 8 and len(text) < 120 and any(name in text for name in about.authors)
            and re.match(r"(?:by|author|written)\b", text, re.IGNORECASE)
        )  # fmt: skip
        if not told:
            kept.append(paragraph)
    return kept


# ------------------------------------------------------------------------------ the metadata

_AUTHORS = ("citation_author", "author", "dc.creator", "dcterms.creator", "article:author",
            "parsely-author", "sailthru.author")  # fmt: skip
_DATES = ("citation_publication_date", "article:published_time", "citation_date", "dc.date",
          "dcterms.issued", "dc.date.issued", "dcterms.date", "date", "pubdate", "parsely-pub-date",
          "sailthru.date")  # fmt: skip
_TITLES = ("citation_title", "og:title", "dc.title", "dcterms.title", "twitter:title")
_JOURNALS = ("citation_journal_title", "prism.publicationname")


def _read_metadata(root: _Node, main: _Node) -> Extract:
    """What the head of a page says of it, its linked data first."""
    tags: dict[str, list[str]] = {}
    for tag in _find(root, "meta"):
        told = _attributes(tag)
        name = (told.get("name") or told.get("property") or told.get("itemprop") or "").lower()
        if value := join_spaces(told.get("content", "")):
            tags.setdefault(name, []).append(value)
    linked = _read_linked_data(root)
    named = linked.get("headline", [])
    window = next((_read(each) for each in _find(root, "title")), "")
    titles = [*_pick(tags, _TITLES), *named, _TITLE_END.sub("", window)]
    authors = linked.get("author", []) or _pick(tags, _AUTHORS) or _find_authors(main)
    dates = [*linked.get("datePublished", []), *_pick(tags, _DATES), *_find_dates(main)]
    return Extract(
        "",
        title=next((each for each in titles if each), None),
        authors=tuple(dict.fromkeys(_clean_names(authors))),
        issued=next(filter(None, map(_read_date, dates)), None),
        journal=next(iter(_pick(tags, _JOURNALS)), None),
    )


def _pick(tags: dict[str, list[str]], names: Iterable[str]) -> list[str]:
    return next((tags[name] for name in names if name in tags), [])


def _clean_names(found: Iterable[str]) -> Iterator[str]:
    for text in found:
        name = re.sub(r"^by\s+", "", text, flags=re.IGNORECASE)
        parts = re.split(r"\s*;\s*|\s+and\s+|,\s+(?=\S+\s)", name)
        yield from (part for part in parts if _NAME.fullmatch(part))


def _find_authors(main: _Node) -> list[str]:
    told = ((node, _attributes(node)) for node in _walk(main))
    return [
        _read(node)
        for node, about in told
        if about.get("rel") == "author" or about.get("itemprop") == "author"
    ]


def _find_dates(main: _Node) -> list[str]:
    return [_attributes(each).get("datetime", "") for each in _find(main, "time")][:1]


def _read_date(text: str) -> str | None:
    match = _DATE.match(text.strip())
    if match is None or not 1500 <= int(match[1]) <= 2200:
        return None
    year, month, day = match.groups()
    if month is None or not 1 <= int(month) <= 12:
        return year
    return f"{year}-{month}" if day is None or not 1 <= int(day) <= 31 else f"{year}-{month}-{day}"


def _read_linked_data(root: _Node) -> dict[str, list[str]]:
    """The headline, authors and date that JSON-LD in the page gives its article."""
    found: dict[str, list[str]] = {}
    for script in _find(root, "script"):
        if _attributes(script).get("type", "").lower() != "application/ld+json":
            continue
        try:
            value = json.loads("".join(each.data for each in _walk(script) if each.name == "#text"))
        except (ValueError, RecursionError):
            continue
        for item in _list_items(value):
            kinds = item.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if not any(isinstance(k, str) and k.endswith(("Article", "Posting")) for k in kinds):
                continue
            for name in ("headline", "author", "datePublished"):
                found.setdefault(name, []).extend(_list_texts(item.get(name)))
    return found


def _list_items(value: object) -> Iterator[dict[str, Any]]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield each
            graph = each.get("@graph")
            yield from (item for item in graph or () if isinstance(item, dict))


def _list_texts(value: object) -> list[str]:
    texts = []
    for each in value if isinstance(value, list) else [value]:
        text = each.get("name") if isinstance(each, dict) else each
        if isinstance(text, str) and (clean := join_spaces(text)):
            texts.append(clean)
    return texts
