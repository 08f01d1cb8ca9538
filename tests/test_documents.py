"""Reading articles: what is article, what is page, what is refused."""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from writers import make_pdf, make_pdf_of

from kg.documents import find_articles, formats, parse_document, read_document
from kg.documents.dates import find_dateline, find_issued, find_received, is_date_line, parse_date
from kg.documents.decoding import LARGEST_FILE
from kg.documents.furniture import is_furniture, split_breadcrumb
from kg.documents.imprint import split_imprint
from kg.documents.language import detect_foreign
from kg.documents.people import find_affiliation, is_byline, parse_byline, split_title
from kg.documents.words import plain_quotes, split_run_together, split_set
from kg.errors import DocumentError
from kg.model import BlockKind, Document

PROSE = "The alliance of Japan and the United States is changing under the pressure of the times."


def parse(text: str) -> Document:
    return parse_document(text.encode(), "article.txt")


def outline(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, document.quote(block.span)) for block in document.blocks]


def assert_sound(document: Document) -> None:
    end = 0
    for block in document.blocks:
        assert end <= block.span.start < block.span.end <= len(document.text)
        assert document.quote(block.span) == document.quote(block.span).strip()
        end = block.span.end
    for author in document.authors:
        assert re.sub(r"\s+", " ", document.quote(author.span)) == author.name


# The sample article


def test_sample_says_who_wrote_it_and_when(sample: Path):
    document = read_document(sample)
    assert document.title == (
        "The US-Japan Alliance under the Trump Administration and Its Future Development Trend"
    )
    assert [author.name for author in document.authors] == ["Ling Shengli", "Liu Qi"]
    assert {author.affiliation for author in document.authors} == {
        "Institute of International Relations, China Foreign Affairs University"
    }
    assert (document.issued, document.received) == (None, "2018-06-10")
    assert (document.journal, document.language) == ("Master forum", "en")
    assert document.source == "us-japan-alliance.txt"


def test_sample_body_holds_the_article_alone(sample: Path):
    document = read_document(sample)
    assert_sound(document)
    kinds = [block.kind for block in document.blocks]
    assert kinds[0] is BlockKind.TITLE
    assert kinds[-1] is BlockKind.NOTE
    headings = [text for kind, text in outline(document) if kind == "heading"]
    assert [heading.split(".")[0] for heading in headings] == ["I", "II", "III", "IV"]
    body = "\n".join(text for _, text in outline(document))
    for outside in ("Login", "中文", "Your location", "Department", "Postal", "82005566"):
        assert outside not in body
    assert body.count("The US-Japan Alliance under the Trump Administration and Its") == 1


def test_digest_names_the_document(sample: Path):
    document = read_document(sample)
    assert len(document.digest) == 64
    assert str(document.iri).endswith(document.digest[:16])


# The annotated texts


def test_no_gold_sentence_is_lost(shared: Path):
    texts = sorted((shared / "eval" / "dev").glob("*/text.txt"))
    assert len(texts) >= 79
    for path in texts:
        document = read_document(path)
        assert_sound(document)
        blocks = [document.quote(block.span) for block in document.blocks]
        for line in (path.parent / "claims.jsonl").read_text(encoding="utf-8").splitlines():
            sentence = json.loads(line)["sentence"]
            assert any(sentence in block for block in blocks), (path.parent.name, sentence)


def test_bare_paragraphs_are_kept_to_the_last_character(shared: Path):
    for path in sorted((shared / "eval" / "dev").glob("*/text.txt")):
        if path.parent.name == "us-japan-alliance":
            continue
        document = read_document(path)
        assert "".join("".join(t for _, t in outline(document)).split()) == "".join(
            document.text.split()
        )
        assert {block.kind for block in document.blocks} == {BlockKind.PROSE}, path.parent.name
        assert (document.title, document.authors, document.issued) == (None, (), None)


# Pages of other shapes


def test_news_page():
    document = parse(
        "THE PACIFIC REVIEW\nHome | Regions | Topics | Magazine\nWhy Japan Needs ASEAN\n"
        "By Jane Q. Doe and Pedro de la Cruz\nJune 12, 2018\nFacebook Twitter LinkedIn Email\n"
        "Tokyo is stepping up its engagement with the region. It has sent ships to Manila.\n"
        "A New Approach\nJapan has promised aid to Vietnam, and the two will hold exercises.\n"
        "Advertisement\nSponsored by Moscow, the rebels attacked Kyiv.\nPage 1 of 3\n"
        "Previous | Next\nWhat Tokyo wants\nIn 1951 Japan signed the treaty with Washington.\n"
        "Jane Q. Doe is a senior fellow at the Brookings Institution.\n"
        "We use cookies to improve your experience. Accept all\nSubscribe to our newsletter\n"
        "© 2018 Pacific Media Inc. All Rights Reserved.\n12 Main Street\nWashington, DC\n"
    )
    assert_sound(document)
    assert document.title == "Why Japan Needs ASEAN"
    assert [(a.name, a.affiliation) for a in document.authors] == [
        ("Jane Q. Doe", "Brookings Institution"),
        ("Pedro de la Cruz", None),
    ]
    assert document.issued == "2018-06-12"
    assert outline(document) == [
        ("title", "Why Japan Needs ASEAN"),
        (
            "prose",
            "Tokyo is stepping up its engagement with the region. It has sent ships to Manila.",
        ),
        ("heading", "A New Approach"),
        ("prose", "Japan has promised aid to Vietnam, and the two will hold exercises."),
        ("prose", "Sponsored by Moscow, the rebels attacked Kyiv."),
        ("heading", "What Tokyo wants"),
        ("prose", "In 1951 Japan signed the treaty with Washington."),
        ("note", "Jane Q. Doe is a senior fellow at the Brookings Institution."),
    ]


def test_markdown_page_with_references():
    document = parse(
        "# The Suez Crisis of 1956\n\nPublished: 26 July 2016\n\n## Background\n\n"
        f"{PROSE}\n\n## Notes\n\n[1] Smith, J. The Alliance and Its Enemies. London, 1960.\n"
    )
    assert (document.title, document.issued) == ("The Suez Crisis of 1956", "2016-07-26")
    assert outline(document) == [
        ("title", "The Suez Crisis of 1956"),
        ("heading", "Background"),
        ("prose", PROSE),
        ("heading", "Notes"),
        ("note", "[1] Smith, J. The Alliance and Its Enemies. London, 1960."),
    ]


def test_wrapped_lines_become_paragraphs():
    document = parse(
        "                THE BERLIN AIRLIFT\n\n"
        "    The crisis was a result of competing occupation policies and rising\n"
        "tensions between Western powers and the Soviet Union. After the end of\n"
        "the Second World War, the future of Germany was undecided.\n"
        "    The Soviet Union had no interest in a strong Germany. It blocked the\n"
        "roads to Berlin in June 1948, and the Western powers answered with an\nairlift.\n\n"
        "I. BACKGROUND\n"
        "After the war the four powers divided the country into four zones, and\n"
        "each of them governed its own. The Soviet zone lay in the east.\n"
    )
    assert document.title == "THE BERLIN AIRLIFT"
    assert [(kind, text.split()[-1]) for kind, text in outline(document)] == [
        ("title", "AIRLIFT"),
        ("prose", "undecided."),
        ("prose", "airlift."),
        ("heading", "BACKGROUND"),
        ("prose", "east."),
    ]


def test_labelled_front_and_author_in_a_note():
    document = parse(
        "Title: Security in Asia\nAuthor: Li Wei\n"
        "Source: Contemporary International Relations, Vol. 12, No. 3, 2015\n"
        f"Keywords: Japan; alliance\n\n{PROSE}\n\n"
        "(The author is a research fellow with the Institute of Japanese Studies, CASS.)\n"
    )
    assert document.title == "Security in Asia"
    assert [(a.name, a.affiliation) for a in document.authors] == [
        ("Li Wei", "Institute of Japanese Studies, CASS")
    ]
    assert document.journal == "Contemporary International Relations"
    assert document.issued == "2015"


def test_numbered_lists_are_no_headings():
    document = parse(
        f"1. Introduction\n\n{PROSE}\n\n1) Japan\n2) The United States\n3) China\n\n"
        f"2.1 The role of China\n\n{PROSE}\n"
    )
    assert [kind for kind, _ in outline(document)] == (
        ["heading", "prose", "prose", "prose", "prose", "heading", "prose"]
    )


@pytest.mark.parametrize(
    "text",
    [
        "Nobody won.",
        "By the end of 1954, the treaty was signed by all of the powers.",
        "Address: the president spoke of the alliance and of the threat that China is to it.",
        "Japan did not consent to the use of force against the island.",
        "He said > and < are signs.",
        "The budget of 2019-2023 was raised to 27,470,000,000,000 yen by the cabinet.",
        "Share of the trade: Japan had 12 per cent of it, and China had 30 per cent.",
        "“We will not yield,” he said.",
        "Asia / Africa / Europe",
    ],
)
def test_sentences_are_never_furniture(text: str):
    assert not is_furniture(text)
    assert text in [quote for _, quote in outline(parse(f"{PROSE}\n\n{text}\n\n{PROSE}\n"))]


@pytest.mark.parametrize(
    "text",
    [
        "Login Set as Homepage Contact us",
        "中文 English",
        "English | Français | Español",
        "Your location:Home > Journals > Master forum > The Alliance By A. Smith",
        "Home » Analysis » Asia",
        "Page 1 of 3",
        "- 12 -",
        "Previous | Next",
        "1 2 3 4 Next »",
        "Share on Facebook",
        "Tel: 86-10-82005566 Fax: 86-10-82007131",
        "Department of European Affairs:82003512 82005566 Ext. 8039",
        "Website:http://www.example.org E-Mail:office@example.org",
        "Address:D5 Building, Jianxiang Villa, Chaoyang District, Beijing Postal code:100029",
        "This website uses cookies to improve your experience.",
        "Copyright 2018 The Institute",
        "All rights reserved.",
        "Tags: Japan, China",
        "5 min read",
        "* * *",
    ],
)
def test_page_furniture_is_known(text: str):
    assert is_furniture(text)


def test_breadcrumb_steps():
    assert split_breadcrumb("Your location:Home > Journals > Master forum") == [
        "Home",
        "Journals",
        "Master forum",
    ]


# Bylines and dates


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Ling Shengli& Liu Qi", ["Ling Shengli", "Liu Qi"]),
        ("by Jean-Luc O'Neill, Anna de Groot and Dr. J. R. Smith", None),
        ("Written by Ursula von der Leyen", ["Ursula von der Leyen"]),
        ("By JANE DOE, The New York Times", ["JANE DOE"]),
        ("By the end of 1954", []),
        ("By Tokyo", []),
        ("Bypassing Moscow", []),
    ],
)
def test_bylines(text: str, names: list[str] | None):
    expected = ["Jean-Luc O'Neill", "Anna de Groot", "J. R. Smith"] if names is None else names
    authors = parse_byline(text, 5)
    assert [author.name for author in authors] == expected
    assert [text[a.span.start - 5 : a.span.end - 5] for a in authors] == expected
    assert is_byline(text) is bool(expected)


def test_title_with_byline():
    text = "The Alliance and Its Future By Ling Shengli& Liu Qi"
    assert split_title(text) == text.index("By ")
    assert split_title("Aggression by North Korea") is None


def test_affiliation():
    assert find_affiliation("Associate Professor from the Institute of X, Y University") == (
        "Institute of X, Y University"
    )
    assert find_affiliation("an independent scholar") is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("June 10, 2018", "2018-06-10"),
        ("10th of June 2018", "2018-06-10"),
        ("Sept. 3, 2018", "2018-09-03"),
        ("2018-06-10 09:35", "2018-06-10"),
        ("2018年6月10日", "2018-06-10"),
        ("June 2018", "2018-06"),
        ("Spring 2018", "2018"),
        ("June 31, 2018", "2018"),
        ("tomorrow", None),
    ],
)
def test_dates(text: str, date: str | None):
    assert parse_date(text) == date


def test_dates_with_their_labels():
    assert find_received("This article was received on June 10, 2018.)") == "2018-06-10"
    assert find_issued("Published: 5 June 2018") == "2018-06-05"
    assert find_dateline("BEIJING, June 10, 2018 (Xinhua) -- China signed.") == "2018-06-10"
    assert find_dateline("In 1947–1948, a series of events began.") is None
    assert is_date_line("Posted: Friday, 5 June 2018, 10:30 GMT")
    assert not is_date_line("June 2018 was a month of war")


def test_imprint_line():
    assert [
        piece for _, piece in split_imprint("2018-06-18 09:35 Source: CIIS Author: Cui Lei")
    ] == [
        "2018-06-18 09:35",
        "Source: CIIS",
        "Author: Cui Lei",
    ]
    assert split_imprint("China - a power of the first rank - has risen") == []


# Offsets and encodings


def test_carriage_returns_and_byte_order_mark_stay():
    text = f"\ufeff{PROSE}\r\n\r\nIt is changing fast.\r\n"
    document = parse_document(text.encode(), "a.txt")
    assert document.text == text
    assert outline(document) == [("prose", PROSE), ("prose", "It is changing fast.")]
    assert document.blocks[0].span.start == 1


def test_windows_quotes_are_read():
    text = f"“{PROSE}” It is Japan’s wish – and France’s rôle."
    assert parse_document(text.encode("cp1252"), "a.txt").text == text


# What is refused


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\t\n", "is empty"),
        (b"%PDF-1.7\n...", "is a broken PDF"),
        (b"PK\x03\x04....", "is a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG image"),
        (b"{\\rtf1 hello", "rich text"),
        (b"<!DOCTYPE html><div></div>", "is a page without text"),
        (b"<?xml version='1.0'?><rss>news</rss>", "is XML"),
        (b"The alliance\x00 of Japan", "is a binary file"),
        (bytes(range(1, 32)) * 4, "is a binary file"),
        ("The alliance".encode("utf-16"), "is UTF-16"),
        (b"\x81\x8d\xff\xc3 alliance", "is not UTF-8"),
        ("Союз Японии и Соединённых Штатов меняется.".encode("koi8-r"), "is not UTF-8"),
        (b"Home | About | Contact\nPage 1 of 2\n", "holds no article"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, words: str):
    with pytest.raises(DocumentError) as caught:
        parse_document(data, "odd.txt")
    message = str(caught.value)
    assert message.startswith("odd.txt ")
    assert words in message
    assert "\n" not in message
    assert caught.value.source == "odd.txt"


FOREIGN = {
    "French": "Le président de la République a déclaré que la France et l'Allemagne sont des "
    "alliées et que leur traité est plus fort que jamais dans une Europe unie.",
    "German": "Die Regierung in Berlin hat erklärt, dass das Bündnis mit den Vereinigten Staaten "
    "nicht in Frage steht und auch für die Zukunft von großer Bedeutung ist.",
    "Spanish": "El presidente de los Estados Unidos se reunió con el rey de España para hablar de "
    "las relaciones entre los dos países y de la situación en la región.",
    "Italian": "Il presidente della Repubblica ha detto che la relazione con gli Stati Uniti è più "
    "forte che mai e che non si tratta di una questione della politica.",
    "Portuguese": "O presidente do Brasil disse que as relações com os Estados Unidos são mais "
    "fortes e que não há uma crise entre os dois países da região.",
    "Russian": "Союз Японии и Соединённых Штатов меняется под давлением времени.",
    "Chinese": "日美同盟是亚太地区安全的重要因素。",
    "Japanese": "日米同盟はアジア太平洋地域の安全保障にとって重要である。",
    "Korean": "한미 동맹은 아시아 태평양 지역의 안보에 중요하다.",
    "Arabic": "التحالف بين اليابان والولايات المتحدة مهم جدا",
}


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_are_named(language: str):
    with pytest.raises(DocumentError, match=language):
        parse(FOREIGN[language])


def test_english_with_foreign_words_is_english():
    assert (
        detect_foreign(f"{PROSE} {PROSE} The treaty (条約) is called le traité de la paix.") is None
    )


def test_paths_that_hold_no_article(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    with pytest.raises(DocumentError, match="does not exist"):
        read_document(tmp_path / "missing.txt")
    with pytest.raises(DocumentError, match="is a directory"):
        read_document(tmp_path)
    with pytest.raises(DocumentError, match="does not exist"):
        find_articles([tmp_path / "missing.txt"])
    with pytest.raises(DocumentError, match="holds no articles"):
        find_articles([tmp_path])


def test_too_large_a_file_is_refused(tmp_path: Path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(DocumentError, match="too large"):
        read_document(path)
    with pytest.raises(DocumentError, match="too large"):
        parse_document(b"a" * (LARGEST_FILE + 1), "large.txt")


def test_articles_are_found_sorted_and_once(tmp_path: Path):
    (tmp_path / "b").mkdir()
    for name in ("c.txt", "a.txt", "b/d.TXT", "e.md"):
        (tmp_path / name).write_text(PROSE, encoding="utf-8")
    found = find_articles([tmp_path / "e.md", tmp_path, tmp_path / "a.txt"])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "e.md",
        "a.txt",
        "b/d.TXT",
        "c.txt",
    ]


# Words

NAMES = split_set("Japan US Trump China Korea NATO Gold")
WORDS = split_set(
    "the of in to since coming demand alliance administration adjust government south gold water "
    "trump church fair weather under wood long fellow you tube"
)


def is_known(word: str) -> bool:
    return word in NAMES or word.casefold() in WORDS


@pytest.mark.parametrize(
    "parts",
    [
        "Japan|alliance",
        "US|demand",
        "Trump|administration",
        "to|Adjust",
        "Since|coming",
        "US-Japan|alliance",
        "the|US|government",
        "South|Korea",
        "of|the",
        "Goldwater",
        "Fairweather",
        "Underwood",
        "Longfellow",
        "YouTube",
        "MacArthur",
        "Japanx",
        "alliance",
        "",
    ],
)
def test_words_run_together(parts: str):
    word = parts.replace("|", "")
    edges = [0, *split_run_together(word, is_known), len(word)]
    assert "|".join(word[a:b] for a, b in pairwise(edges)) == parts


def test_names_may_be_told_apart_from_words():
    known = {"Trump", "trump", "visit", "water", "Gold", "gold"}.__contains__
    assert split_run_together("Trumpvisit", known) == ()
    assert split_run_together("Trumpvisit", known, named={"Trump"}.__contains__) == (5,)


@given(st.text())
def test_plain_text_keeps_its_length(text: str):
    assert len(plain_quotes(text)) == len(text)


def test_plain_quotes():
    assert plain_quotes("“America\u00a0First” – Japan’s") == '"America First" - Japan\'s'


@given(st.text(alphabet="abJUSTthe-'’.é", max_size=30))
def test_splits_lie_inside_the_word_in_order(word: str):
    cuts = split_run_together(word, lambda part: len(part) == 3)
    assert list(cuts) == sorted(set(cuts))
    assert all(0 < cut < len(word) for cut in cuts)


# Any page at all

LINES = st.sampled_from(
    [
        "",
        "   ",
        PROSE,
        "By Jane Doe and John Smith",
        "June 12, 2018",
        "II.The Basic Features",
        "## Background",
        "=====",
        "Home > Journals > Review",
        "The alliance of the",
        "two states has a long history, and",
        "Page 2 of 9",
        "(About the Author: Dr. Jane Doe is Professor at X University.)",
        "Tel: 86-10-82005566",
        "A Title By Jane Doe",
        "\u00a0Notes\u00a0",
        "“Yes.”",
    ]
)


@given(
    st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=14), st.sampled_from("\n\r\f\u2028")
)
def test_blocks_are_in_order_and_inside_whatever_the_page(lines: list[str], ending: str):
    page = ending.join([PROSE, *lines, PROSE, PROSE])
    try:
        document = parse_document(page.encode(), "any.txt")
    except DocumentError as error:
        assert "\n" not in str(error)
        return
    assert document.text == page
    assert_sound(document)
    assert sum(document.quote(block.span).count(PROSE) for block in document.blocks) >= 3


@given(st.binary(max_size=200))
def test_bytes_give_a_document_or_one_clear_line(data: bytes):
    try:
        assert_sound(parse_document(data, "any.bin"))
    except DocumentError as error:
        assert str(error).startswith("any.bin ")
        assert "\n" not in str(error)


# Web pages and PDFs

PAGE = f"""<!DOCTYPE html><html><head><title>A Pact | The Paper</title>
<meta name="citation_author" content="Jane Doe"><meta name="citation_author" content="Bob Roe">
<script type="application/ld+json">{{"@type": ["NewsArticle"], "headline": "Other",
"datePublished": "2024-03-05T10:00:00Z"}}</script></head><body>
<nav><ul><li><a href="/">Home of the paper and its many pages</a></ul></nav>
<div class="share-bar"><p>Share this article with your friends, who will surely read it.</p></div>
<article><h1>A Pact</h1><p class="byline">By Jane Doe and Bob Roe</p>
<p>{PROSE}<sup>12</sup></p><h2>What follows</h2>
<p>The al&shy;liance will not&nbsp;end.<br><br>It “has   no
end”, as the minister said of it.</p><p hidden>Hidden words are not for reading.</p>
<script>alert("{PROSE}")</script><style>p {{ color: red }}</style><!-- a comment -->
<figure><img src="x"><figcaption>A photograph of the minister.</figcaption></figure></article>
<aside><p>Read as well what has nothing to do with it but is long enough for prose.</p></aside>
<footer>Copyright 2024</footer></body></html>"""


def test_a_web_page_gives_its_article_alone():
    document = parse_document(PAGE.encode(), "pact.html")
    assert (document.title, document.issued, document.media_type) == (
        "A Pact", "2024-03-05", "text/html",
    )  # fmt: skip
    assert [author.name for author in document.authors] == ["Jane Doe", "Bob Roe"]
    assert all(document.quote(author.span) == author.name for author in document.authors)
    assert [document.quote(block.span) for block in document.blocks] == [
        "A Pact",
        PROSE,
        "What follows",
        "The alliance will not end.",
        "It “has no end”, as the minister said of it.",
    ]
    assert document.digest == hashlib.sha256(PAGE.encode()).hexdigest()
    assert parse_document(PAGE.encode(), "pact.html") == document


def test_a_page_without_marks_is_read_where_its_paragraphs_are():
    body = "".join(f"<p>{PROSE} {PROSE}</p>" for _ in range(4))
    page = f"<html><body><div><h1>Title of it</h1><div id=menu>Menu</div><div>{body}</div></div>"
    document = parse_document(page.encode(), "a.html")
    assert document.title == "Title of it"
    assert sum(block.kind is BlockKind.PROSE for block in document.blocks) == 4
    assert "Menu" not in document.text


@pytest.mark.parametrize(
    ("declared", "encoding"), [("", "utf-8"), ("windows-1252", "cp1252"), ("utf-8", "utf-8")]
)
def test_pages_are_decoded_as_they_say(declared: str, encoding: str):
    told = f"<meta charset={declared}>" if declared else ""
    text = f"“{PROSE}” It is Japan’s wish – and France’s rôle."
    page = f"<html><head>{told}<title>x</title></head><body><p>{text}</p></body></html>"
    assert text in parse_document(page.encode(encoding), "a.html").text


def _lay_out(*paragraphs, top=700, left=72, width=46, leading=14, indent=12):
    """The lines of paragraphs, justified by hand."""
    lines, y = [], top
    for paragraph in paragraphs:
        for number, words in enumerate(textwrap.wrap(paragraph, width, break_on_hyphens=False)):
            lines.append((left + (indent if number == 0 else 0), y, 11, words))
            y -= leading
    return lines


def test_a_pdf_gives_paragraphs_without_running_heads_and_page_numbers():
    pages = [
        [(200, 780, 9, "The Journal of Pacts"), *_lay_out(f"{PROSE} Page {n} says so. {PROSE}"),
         (290, 30, 9, f"Page {n} of 3")]
        for n in (1, 2, 3)
    ]  # fmt: skip
    pages[0].insert(1, (72, 740, 20, "A Pact of Many Years and"))
    pages[0].insert(2, (72, 718, 20, "What Comes of It"))
    data = make_pdf(*pages, title="Microsoft Word - pact.docx")
    document = parse_document(data, "pact.pdf")
    assert document.title == "A Pact of Many Years and What Comes of It"
    assert document.media_type == "application/pdf"
    prose = [document.quote(b.span) for b in document.blocks if b.kind is BlockKind.PROSE]
    assert prose == [f"{PROSE} Page {n} says so. {PROSE}" for n in (1, 2, 3)]


def test_words_that_a_line_end_parted_are_joined_unless_written_with_a_hyphen():
    lines = ["The govern-", "ment has a long-", "term goal, and the long-term goal of the",
             "US-", "led alliance is that the treaty should not end with the govern-",
             "ments of the day, which come and go."]  # fmt: skip
    data = make_pdf([(72, 700 - 14 * n, 11, line) for n, line in enumerate(lines)])
    text = parse_document(data, "a.pdf").text
    assert "The government has a long-term goal" in text
    assert "governments of the day" in text


def test_columns_are_read_one_after_the_other():
    left = _lay_out(f"Left it begins. {PROSE} {PROSE} {PROSE}", width=30)
    right = _lay_out(f"Right it goes on. {PROSE} {PROSE} {PROSE}", left=330, width=30)
    by_line = sorted(left + right, key=lambda line: (-line[1], line[0]))
    for lines in (left + right, by_line):
        text = parse_document(make_pdf(lines), "a.pdf").text
        assert text.index("Left it begins") < text.index("Right it goes on")
        assert text.count(PROSE) == 6


def test_a_paragraph_goes_on_over_the_page():
    words = f"{PROSE} The second sentence is long enough to go over to the next page of it all."
    lines = _lay_out(words)
    half = len(lines) - 1
    data = make_pdf(lines[:half], [(72, 700, 11, lines[half][3])])
    assert words in parse_document(data, "a.pdf").text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (make_pdf([]), "is a PDF without text"),
        (make_pdf([(72, 700, 11, "Hello")])[:300], "is a broken PDF"),
        (b"%PDF-1.4\n" + b"1 0 obj<<" * 10_000, "is a broken PDF"),
        (make_pdf([], extra=b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/Length 40/O<%s>/U<%s>>>"
                  b"/ID[<00><00>]" % (b"41" * 32, b"42" * 32)), "is an encrypted PDF"),
        (make_pdf_of(b"A" * (1 << 28)), "unpacks to too much"),
        (b"<!doctype html>" + b"<div>" * 100_000 + b"text", "nests its elements"),
        (b"<html>" + b"<table><tr><td>" * 20_000, "nests its elements"),
        (b"<html><body><nav><a href=/>Home</a></nav></body>", "without text of its own"),
    ],
)  # fmt: skip
def test_hostile_and_empty_files_end_in_a_clear_error(data: bytes, words: str):
    with pytest.raises(DocumentError, match=words) as caught:
        parse_document(data, "odd.file")
    assert "\n" not in str(caught.value)


def test_a_parser_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(formats, "_LIMITS", replace(formats._LIMITS, seconds=0.05))
    with pytest.raises(DocumentError, match="takes longer than"):
        parse_document(b"<!doctype html>" + b"<p><b>word</b>" * 300_000, "long.html")


def test_a_parser_cannot_take_all_memory(monkeypatch):
    monkeypatch.setattr(formats, "_LIMITS", replace(formats._LIMITS, memory=1 << 20))
    with pytest.raises(DocumentError, match="too much memory"):
        parse_document(b"<!doctype html>" + b"<p><b>word</b>" * 300_000, "large.html")


def test_a_directory_gives_its_pages_and_pdfs_but_for_those_made_into_texts(tmp_path: Path):
    for name in ("a.txt", "a.pdf", "b.HTML", "c.pdf", "d.docx"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert [path.name for path in find_articles([tmp_path])] == ["a.txt", "b.HTML", "c.pdf"]


@given(st.binary(max_size=400), st.sampled_from([b"%PDF-1.7\n", b"<!doctype html>", b"<html><p>"]))
@settings(max_examples=25)
def test_any_bytes_are_read_or_refused(data: bytes, start: bytes):
    try:
        parse_document(start + data, "any")
    except DocumentError as error:
        assert "\n" not in str(error)
