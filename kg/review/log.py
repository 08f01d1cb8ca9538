"""The decisions that a graph keeps: `decisions.yaml` in its directory, to which is only added.

The build applies what stands there, whatever happens to the files that people edit; and it can be
made anew from those files. Programs write it whole to a temporary file that takes its place, one
at a time, so that no decision of another is lost and no reader finds half of it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rdflib import URIRef

from kg.errors import GraphError, ReviewError, UnknownTermError
from kg.iris import KG
from kg.review.entries import Sheet, load_sheet, parse_sheet, refuse
from kg.review.records import Decision, Outcome, ReviewedClaim, Thing, say_same
from kg.review.wording import Home, format_decision, read_decision, read_iri

try:
    import fcntl
except ImportError:  # Windows has none; there the last of two writers at once would win.
    fcntl = None  # type: ignore[assignment]

DECISIONS_FILE = "decisions.yaml"
_LOCK = "decisions.lock"
_HEADER = """\
# What people decided of the claims and links of this graph, the latest last. kg build applies it.
# Programs add to this file; to change a decision, edit your review file or add another below.
"""


def read_decisions(directory: Path) -> tuple[Decision, ...]:
    """All decisions that the graph of a directory keeps, in the order in which they were recorded.

    Raises ReviewError with the line where the file was spoiled.
    """
    path = directory / DECISIONS_FILE
    return _read_sheet(load_sheet(path)) if path.exists() else ()


def find_standing(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Those that hold: of each claim and thing the last, unless that took the others back."""
    last: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        last.pop(decision.key, None)
        last[decision.key] = decision
    return tuple(
        decision
        for decision in last.values()
        if all(verdict.outcome is not Outcome.OPEN for verdict in decision.verdicts)
    )


def record_decision(directory: Path, decision: Decision) -> bool:
    """Keep a decision for the graph of a directory; False where it stands already.

    It is applied by the next build or review. Raises ReviewError where it is incomplete or the
    file was spoiled, and GraphError where it cannot be written.
    """
    return record_decisions(directory, [decision]) == 1


def record_decisions(directory: Path, decisions: Sequence[Decision]) -> int:
    """Keep several decisions at once, in their order; gives how many were new."""
    path = directory / DECISIONS_FILE
    new = [_normalise(decision, path) for decision in decisions]
    if not new:
        return 0
    try:
        with _hold_lock(directory):
            sheet = load_sheet(path) if path.exists() else parse_sheet(_HEADER, path)
            kept = list(_read_sheet(sheet))
            count = len(kept)
            for decision in new:
                if not _stands(decision, kept):
                    kept.append(decision)
            if len(kept) > count:
                added = "".join(f"\n{format_decision(each)}" for each in kept[count:])
                text = sheet.text + ("" if sheet.text.endswith("\n") else "\n") + added
                if _read_sheet(parse_sheet(text, path)) != tuple(kept):
                    refuse(path, None, "nothing can be added: end the file after its last entry")
                write_whole(path, text)
            return len(kept) - count
    except OSError as error:
        message = f"the decisions cannot be kept at {path}: {error.strerror}"
        raise GraphError(message, path=directory) from error


def restore_decisions(directory: Path, texts: Iterable[str]) -> int:
    """Make a lost file of decisions anew from their texts in the graph; gives how many they are.

    Does nothing where the file is there. Texts of foreign graphs that are no decisions are left.
    """
    path = directory / DECISIONS_FILE
    found: list[Decision] = []
    if directory.is_dir() and not path.exists():
        for text in sorted(set(texts)):
            with suppress(ReviewError):
                found += _read_sheet(parse_sheet(text, path))
        record_decisions(directory, found)
    return len(found)


def _stands(decision: Decision, kept: Sequence[Decision]) -> bool:
    """Whether a decision holds, or came from its file before and nobody changed it there since.

    In that case a later one from elsewhere, such as a page, holds in its stead.
    """
    same = [each for each in kept if each.key == decision.key]
    if not same:
        return False
    if decision.source:
        before = [each for each in same if each.source == decision.source] or same[-1:]
        return _say_same(before[-1], decision) or _say_same(same[-1], decision)
    return _say_same(same[-1], decision)


def _say_same(one: Decision, other: Decision) -> bool:
    signed = [(each.author, each.date, each.comment) for each in (one, other)]
    return signed[0] == signed[1] and say_same(one.verdicts, other.verdicts)


def _normalise(decision: Decision, path: Path) -> Decision:
    """A decision as it will be read back; refuses what is incomplete or means something else."""
    (read,) = _read_sheet(parse_sheet(format_decision(decision), path))
    if read.key != decision.key or not say_same(read.verdicts, decision.verdicts):
        refuse(path, None, f"the decision on {decision.key[1]} cannot be written down")
    return read


def _read_sheet(sheet: Sheet) -> tuple[Decision, ...]:
    found = []
    for entry in sheet.entries:
        decision = read_decision(entry, sheet.path, _AsWritten())
        if decision is None:
            refuse(sheet.path, entry.line, "the entry decides nothing: take it out")
        for name in ("author", "date"):
            if not getattr(decision, name):
                refuse(sheet.path, entry.line, f"the decision has no {name}")
        found.append(decision)
    return tuple(found)


class _AsWritten:
    """Takes every IRI as it stands: whether the graph has it is seen when it is applied."""

    def find_thing(self, name: str) -> Thing:
        iri = read_iri(name)
        if iri is None:
            raise UnknownTermError(f"“{name}” is no IRI", term=name)
        return Thing(iri)

    def find_relation(self, name: str) -> URIRef:
        iri = read_iri(name)
        if iri is None and not name.isidentifier():
            raise UnknownTermError(f"“{name}” is no relation", term=name)
        return KG[name] if iri is None else iri

    def find_claim(self, iri: URIRef) -> ReviewedClaim | None:
        return None

    def find_home(self, thing: URIRef) -> Home:
        return Home()


# --------------------------------------------------------------------------------------- files


@contextmanager
def _hold_lock(directory: Path) -> Iterator[None]:
    """Wait for other writers to end; the graph's own lock is not needed, so it may be served."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / _LOCK).open("ab") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever reads it finds the old text or the new, even after a crash."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_read_mask()
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _read_mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
