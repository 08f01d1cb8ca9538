"""What `kg build --report` and `kg gaps` print: sentences with their claims, missing wordings."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import URIRef

from kg.cli.output import clean_line, format_rows
from kg.documents import read_document
from kg.errors import DocumentError, ExportError
from kg.extraction.coverage import SentenceCoverage, explain_answers, explain_coverage
from kg.extraction.gaps import GapCount
from kg.extraction.llm import LlmExtractor
from kg.extraction.names import Names, load_names
from kg.model import Claim, Document, Modality, Polarity, Reading, Span
from kg.vocabulary import Vocabulary

_HEADER = "coverage of "
_SHOWN_MISSES = 3


@dataclass(frozen=True, slots=True)
class ArticleCoverage:
    """What came of the sentences of one article, as texts."""

    source: str
    sentences: tuple[Mapping[str, object], ...]


class Coverage:
    """Notes what comes of each sentence while a build reads, and of what it need not read."""

    def __init__(
        self,
        read: Callable[[Document], Reading],
        vocabulary: Vocabulary,
        extractor: LlmExtractor | None,
    ) -> None:
        self._read = read
        self._vocabulary = vocabulary
        self._extractor = extractor
        self._names: Names | None = None
        self._found: dict[URIRef, ArticleCoverage] = {}

    def read(self, document: Document) -> Reading:
        """Read an article and note its coverage."""
        reading = self._read(document)
        rows = tuple(_describe(reading, row) for row in self._explain(reading))
        self._found[document.iri] = ArticleCoverage(Path(document.source).name, rows)
        return reading

    def complete(self, paths: Iterable[Path]) -> tuple[ArticleCoverage, ...]:
        """The coverage of every article, those read that the build left as they were."""
        articles: dict[URIRef, ArticleCoverage] = {}
        for path in sorted(paths):
            try:
                document = read_document(path)
                if document.iri not in self._found:
                    self.read(document)
            except DocumentError:
                continue  # The build's findings tell of it.
            articles.setdefault(document.iri, self._found[document.iri])
        return tuple(articles.values())

    def _explain(self, reading: Reading) -> Sequence[SentenceCoverage]:
        if self._extractor is None:
            self._names = self._names or load_names()
            return explain_coverage(reading, self._vocabulary, self._names)
        refused: dict[Span, list[str]] = defaultdict(list)
        for item in self._extractor.refused:
            if item.document == reading.document.iri:
                detail = f"{item.reason.value}: {item.detail}" if item.detail else item.reason.value
                refused[item.sentence].append(detail)
        return explain_answers(reading, refused)


def _describe(reading: Reading, row: SentenceCoverage) -> dict[str, object]:
    document = reading.document
    labels = {entity.iri: entity.label for entity in reading.entities}
    return {
        "sentence": row.number + 1,
        "start": row.sentence.start,
        "end": row.sentence.end,
        "text": document.quote(row.sentence),
        "claims": [_word_claim(claim, labels) for claim in row.claims],
        "reason": row.reason.value if row.reason else None,
        "misses": [
            {
                "trigger": document.quote(miss.trigger),
                "reason": miss.reason.value,
                "detail": miss.detail,
            }
            for miss in row.misses
        ],
    }


def _word_claim(claim: Claim, labels: Mapping[URIRef, str]) -> str:
    sayings = [
        "denied" if claim.polarity is Polarity.NEGATIVE else "",
        "" if claim.modality is Modality.ASSERTED else claim.modality.value,
        f"says {labels.get(claim.holder, claim.holder)}" if claim.holder else "",
    ]
    said = ", ".join(saying for saying in sayings if saying)
    relation = claim.relation.rsplit("#", 1)[-1]
    line = f"{labels[claim.subject]} {relation} {labels[claim.object]}"
    return f"{line} ({said})" if said else line


def format_coverage(articles: Sequence[ArticleCoverage]) -> str:
    """Each sentence with its claims, or why there is none; then the reasons, counted."""
    parts = []
    for article in articles:
        rows = [_format_row(row) for row in article.sentences]
        table = format_rows(["no.", "sentence", "claims, or why there are none"], rows, color=False)
        counts = Counter(str(row["reason"] or "with claims") for row in article.sentences)
        told = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        parts.append(f"{_HEADER}{clean_line(article.source)}\n{table}sentences: {told}\n\n")
    return "".join(parts)


def _format_row(row: Mapping[str, object]) -> list[str]:
    claims, misses = row["claims"], row["misses"]
    assert isinstance(claims, list)
    assert isinstance(misses, list)
    told = claims
    if not claims:
        # The misses that came as far as the reason says are those worth a look.
        near = [miss for miss in misses if miss["reason"] == row["reason"]]
        details = [f"“{miss['trigger']}” {miss['detail']}" for miss in near[:_SHOWN_MISSES]]
        if len(near) > _SHOWN_MISSES:
            details.append(f"and {len(near) - _SHOWN_MISSES} more")
        told = [
            ": ".join([f"— {row['reason']}", "; ".join(details)])
            if details
            else f"— {row['reason']}"
        ]
    return [str(row["sentence"]), clean_line(str(row["text"])), "\n".join(map(clean_line, told))]


def list_coverage(articles: Sequence[ArticleCoverage], *, summary: str | None = None) -> str:
    """The same as JSON; beside the summary of the build where its JSON is given."""
    plain = [{"source": a.source, "sentences": list(a.sentences)} for a in articles]
    whole: dict[str, object] = {} if summary is None else dict(json.loads(summary))
    return json.dumps({"report": plain} | whole, ensure_ascii=False, indent=1) + "\n"


def check_report(path: Path) -> None:
    """Keep a report from replacing a file that is none, such as an article named after --report."""
    if path == Path("-") or not path.exists():
        return
    try:
        with path.open("rb") as file:
            start = file.read(len(_HEADER)).decode("utf-8", "replace")
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise ExportError(message, target=str(path)) from error
    if start and not start.startswith((_HEADER, '{\n "report"')):
        message = f"{path} is there and is no report: name another file, or write --report=-"
        raise ExportError(message, target=str(path))


def format_gaps(counts: Sequence[GapCount]) -> str:
    """The predicates that no entry covers, with their number and an example."""
    if not counts:
        return "no predicate without an entry\n"
    rows = [
        [
            str(gap.count),
            gap.lemma,
            gap.construction,
            clean_line(f"{gap.example.subject} … {gap.example.object}"),
            clean_line(gap.example.sentence),
        ]
        for gap in counts
    ]
    return format_rows(["count", "word", "construction", "between", "example"], rows, color=False)
