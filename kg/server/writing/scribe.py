"""The process that carries out what people decide or add on the pages, one task at a time.

It has never held the store open as the server's readers do, and opens it for each task alone, under
the lock that the server was granted and lets nobody else write with meanwhile. Tasks come as lines
of JSON and so do the answers: any number of reports, then one that has "end". It ends with the
server, however that ends.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

from rdflib import URIRef

from kg import graph
from kg.corpus import (
    Progress,
    apply_reviews,
    build_corpus,
    compute_fingerprint,
    is_current,
)
from kg.documents import read_document
from kg.errors import ConcordError, DocumentError
from kg.extraction import Names, load_names
from kg.iris import is_iri
from kg.model import Document, Reading
from kg.review import read_decisions, record_decision
from kg.review.deciding import Review, Signature, decide_claim, decide_link
from kg.review.known import Known
from kg.review.lookup import GraphLookup
from kg.review.records import Outcome
from kg.server.writing.intake import LARGEST_TEXT, keep_article, list_waiting, open_waiting
from kg.store import open_snapshot
from kg.vocabulary import Vocabulary, load_vocabulary, ontology_directory

Task = dict[str, Any]
Report = Callable[[Task], None]


@dataclass(slots=True)
class _State:
    """What a scribe keeps from one task to the next: the reading that waits to be written."""

    directory: Path
    lock: int
    readings: dict[str, Reading] = field(default_factory=dict)


def main() -> None:
    """Carry out tasks until the server, which writes them to standard input, is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    state = _State(Path(sys.argv[1]), int(sys.argv[2]))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Whatever a library prints must not stand between the answers.
    os.dup2(2, 1)
    for task in _receive_tasks(sys.stdin.buffer):
        _answer(
            answers, {"end": True, **_carry_out(state, task, lambda told: _answer(answers, told))}
        )


def _receive_tasks(source: IO[bytes]) -> Iterator[Task]:
    waiting: queue.Queue[Task] = queue.Queue()

    def listen() -> None:
        for line in source:
            waiting.put(json.loads(line))
        # The server has gone, and with it whoever would be told.
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield waiting.get()


def _answer(answers: IO[str], told: Task) -> None:
    answers.write(json.dumps(told) + "\n")
    answers.flush()


def _carry_out(state: _State, task: Task, report: Report) -> Task:
    tasks = {"decide": _decide, "apply": _apply, "read": _read, "write": _write}
    try:
        return tasks[task["task"]](state, task, report)
    except ConcordError as error:
        return {"problem": " ".join(str(error).split())}


# --------------------------------------------------------------------------------- decisions


@cache
def _load_vocabulary() -> Vocabulary:
    return load_vocabulary()


@cache
def _load_descriptions() -> graph.Descriptions:
    return graph.read_descriptions(ontology_directory())


@cache
def _load_names() -> Names:
    return load_names(ontology_directory() / "names")


def _decide(state: _State, task: Task, report: Report) -> Task:
    """Record one decision; it counts from then on, even if the graph does not show it yet."""
    signature = Signature(task["author"], task["date"], task.get("comment", ""))
    about = task["about"]
    if not is_iri(about):
        return {"problem": "the claim or thing is no IRI: load the page again"}
    outcome = Outcome(task["outcome"])
    with open_snapshot(state.directory) as store:
        kept = read_decisions(state.directory)
        known = Known(store, _load_descriptions().describe)
        lookup = GraphLookup(store, known, _load_vocabulary(), _load_names, kept)
        review = Review(known, lookup, kept)
        if task["kind"] == "claim":
            decision = decide_claim(review, URIRef(about), outcome, signature, task.get("wanted"))
        else:
            decision = decide_link(
                review, URIRef(about), outcome, task.get("target", ""), signature
            )
    return {"recorded": record_decision(state.directory, decision)}


def _apply(state: _State, task: Task, report: Report) -> Task:
    """Let the graph be as the decisions that stand leave it."""

    def tell(progress: Progress) -> None:
        report({"stage": progress.stage.value})

    found = apply_reviews(state.directory, report=tell, lock=state.lock)
    return {"lost": [each.message for each in found if each.check == "review"][:3]}


# ---------------------------------------------------------------------------------- articles


def _read(state: _State, task: Task, report: Report) -> Task:
    """Read an article that waits, while others may still write the graph."""
    key = task["key"]
    path = open_waiting(state.directory, key, report)
    report({"stage": "text"})
    document = read_document(path)
    if len(document.text) > LARGEST_TEXT:
        message = f"{path.name} has over {LARGEST_TEXT:,} characters: split it"
        raise DocumentError(message, source=path.name)
    told = {"article": document.iri.rsplit("/", 1)[1], "title": document.title or path.name}
    with open_snapshot(state.directory) as store:
        known = is_current(store, document, compute_fingerprint())
    if not known:
        state.readings[key] = _read_claims(document, report)
    return told


def _read_claims(document: Document, report: Report) -> Reading:
    from kg.extraction import find_claims
    from kg.reading import read
    from kg.syntax import load_parser

    report({"stage": "syntax"})

    def extract(*given: Any) -> Any:  # noqa: ANN401 - passed on as it is
        report({"stage": "claims"})
        return find_claims(*given)

    return read(document, _load_vocabulary(), load_names(), load_parser(), extract=extract)


def _write(state: _State, task: Task, report: Report) -> Task:
    """Write an article that was read, and what follows from it; keep its file for a rebuild."""
    key = task["key"]
    (path,) = list_waiting(state.directory, key)
    reading = state.readings.pop(key, None)

    def tell(progress: Progress) -> None:
        report({"stage": "writing" if progress.stage.value == "reading" else progress.stage.value})

    build_corpus(
        [path],
        state.directory,
        _load_vocabulary(),
        report=tell,
        read=None if reading is None else lambda document: reading,
        lock=state.lock,
    )
    keep_article(state.directory, key, path)
    return {}


if __name__ == "__main__":
    main()
