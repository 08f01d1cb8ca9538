"""What can be wrong with a request, as one tree.

    ConcordError
    ├── OntologyError      a file under ontology/ says something that cannot be used
    ├── DocumentError      a file cannot be read as an article
    ├── SyntaxModelError   the shipped syntax model is missing or damaged
    ├── GraphError         the graph directory is missing, damaged or locked
    ├── QueryError         a query is malformed, unknown, refused or past its limits
    ├── LimitError         foreign text or data took more than it may, or ended its process
    ├── ReasoningLimitError  more would follow from a graph than was allowed
    ├── UnknownTermError   a name or triple given by the user is not in the graph
    ├── RequestError       a server did not answer, or not with what was asked for
    ├── LinkError          an external dataset could not be asked
    ├── ExtractorError     the model server that is to read the text could not be asked
    ├── ExportError        a format is unknown or a target cannot be written
    └── ReviewError        a file of decisions says something that cannot be understood

Doubtful *data* never raises: it becomes `model.Finding`. Every error carries its facts as
attributes and a message that says what to do.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path


class ConcordError(Exception):
    """The base of every error that a caller can do something about."""


class OntologyError(ConcordError):
    """A file under `ontology/` cannot be used as it stands."""

    def __init__(self, message: str, *, path: Path | None = None, term: str | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.term = term


class DocumentError(ConcordError):
    """A file cannot be read as an article."""

    def __init__(self, message: str, *, source: str) -> None:
        super().__init__(message)
        self.source = source


class SyntaxModelError(ConcordError):
    """The shipped syntax model is missing or damaged."""

    def __init__(self, message: str, *, path: Path) -> None:
        super().__init__(message)
        self.path = path


class GraphError(ConcordError):
    """The graph directory is missing, damaged or in use."""

    def __init__(self, message: str, *, path: Path) -> None:
        super().__init__(message)
        self.path = path


class QueryFault(Enum):
    """What is wrong with a query."""

    MALFORMED = "malformed"
    REFUSED = "refused"
    PAST_LIMITS = "past limits"
    UNACCEPTABLE = "unacceptable"
    UNSUPPORTED = "unsupported"
    UNREACHED = "unreached"


class QueryError(ConcordError):
    """A query is malformed, unknown, refused or past its limits; `kind` says which."""

    def __init__(
        self, message: str, *, query: str, kind: QueryFault = QueryFault.MALFORMED
    ) -> None:
        super().__init__(message)
        self.query = query
        self.kind = kind


class LimitKind(Enum):
    """Which limit was passed."""

    TIME = "time"
    SIZE = "size"
    CRASH = "crash"


class LimitError(ConcordError):
    """Work on foreign text or data took more than it may, or ended its process."""

    def __init__(self, message: str, *, limit: LimitKind) -> None:
        super().__init__(message)
        self.limit = limit


class ReasoningLimitError(ConcordError):
    """More would follow from a graph than `limit` allows."""

    def __init__(self, message: str, *, limit: int) -> None:
        super().__init__(message)
        self.limit = limit


class UnknownTermError(ConcordError):
    """A name or a triple that the user gave is not in the graph."""

    def __init__(self, message: str, *, term: str) -> None:
        super().__init__(message)
        self.term = term


class RequestError(ConcordError):
    """A server did not answer, or not with what was asked for; `status` is its HTTP status."""

    def __init__(self, message: str, *, url: str, status: int | None = None) -> None:
        super().__init__(message)
        self.url = url
        self.status = status


class LinkError(ConcordError):
    """An external dataset could not be asked."""

    def __init__(self, message: str, *, url: str) -> None:
        super().__init__(message)
        self.url = url


class ExtractorError(ConcordError):
    """The model server that is to read the text could not be asked."""

    def __init__(self, message: str, *, url: str) -> None:
        super().__init__(message)
        self.url = url


class ExportError(ConcordError):
    """An export format is unknown or its target cannot be written."""

    def __init__(self, message: str, *, target: str) -> None:
        super().__init__(message)
        self.target = target


class ReviewError(ConcordError):
    """A file of decisions says something that cannot be understood; `line` counts from one."""

    def __init__(self, message: str, *, path: Path, line: int | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.line = line
