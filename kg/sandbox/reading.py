"""Reading foreign RDF files: in a child, since a parser may end its process or never end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kg.errors import GraphError, LimitError
from kg.rdf import TermTriple, find_syntax, list_quads
from kg.sandbox.children import run_limited
from kg.sandbox.confinement import Limits
from kg.sandbox.frames import FrameWriter, Header

TermQuad = tuple[str, str, str, str | None]
"""A quad, each term as N-Quads writes it; None for the graph without a name."""

# What stands between quotes or brackets is passed over, so that what is found is a blank node.
_BLANK = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>( ]*>|(_:\S+)')

# A file that the user names is read to its end, however long: only its memory is bounded.
PATIENT = Limits(seconds=86_400.0, memory=4 << 30, answer=1 << 50)


def read_terms(path: Path, *, stem: str = "b", limits: Limits = PATIENT) -> Iterator[TermTriple]:
    """The triples of any RDF file, of a dataset those of all its graphs, in the file's order.

    As `read_quads`, without the graphs.
    """
    for quad in read_quads(path, stem=stem, limits=limits):
        yield quad[:3]


def read_quads(path: Path, *, stem: str = "b", limits: Limits = PATIENT) -> Iterator[TermQuad]:
    """The quads of any RDF file in its order.

    The syntax goes by the file's name. Blank nodes are named `stem` and a number in the order in
    which they come, so reading twice gives the same. Raises GraphError where it is no RDF, or
    takes more than the limits.
    """
    media_type = find_syntax(path)
    if not path.is_file():
        raise GraphError(f"{path} cannot be read: there is no such file", path=path)
    names: dict[str, str] = {}

    def rename(term: str) -> str:
        if term.startswith("<<("):
            return _BLANK.sub(lambda found: rename(found[1]) if found[1] else found[0], term)
        return names.setdefault(term, f"_:{stem}{len(names)}") if term[:2] == "_:" else term

    for line in _read_lines(path, media_type, limits):
        subject, predicate, object_, graph = line.split("\t")
        yield (
            rename(subject),
            predicate,
            rename(object_),
            None if graph == "DEFAULT" else rename(graph),
        )


def _read_lines(path: Path, media_type: str, limits: Limits) -> Iterator[str]:
    try:
        # Opened here, since the child may open nothing.
        with path.open("rb", buffering=1 << 20) as source:

            def work(out: FrameWriter) -> None:
                try:
                    for line in list_quads(source, media_type):
                        out.write(line)
                except ValueError as error:
                    out.reset()
                    message = f"{path} is {error}"
                    # As an end of the lines, where some have gone out already.
                    out.write(f"!{' '.join(message.split())}\n".encode())

            rest = b""
            for part in run_limited(work, limits):
                if isinstance(part, Header):
                    continue
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    if line.startswith(b"!"):
                        raise GraphError(line[1:].decode(errors="replace"), path=path)
                    yield line.decode()
    except OSError as error:
        raise GraphError(f"{path} cannot be read: {error.strerror or error}", path=path) from error
    except LimitError as error:
        raise GraphError(f"{path} cannot be read: {error}", path=path) from error
