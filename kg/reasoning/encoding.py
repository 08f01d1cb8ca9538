"""Terms as integers: the engines compute with numbers and give terms back at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kg.rdf import TermTriple as TermTriple

Ids = NDArray[np.int32]
Keys = NDArray[np.int64]

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

TYPE: Final = f"<{RDF}type>"
SAME: Final = f"<{OWL}sameAs>"
DIFFERENT: Final = f"<{OWL}differentFrom>"
FIRST: Final = f"<{RDF}first>"
REST: Final = f"<{RDF}rest>"
NIL: Final = f"<{RDF}nil>"


class Terms:
    """A dictionary of terms in the syntax of N-Triples; the number of a term never changes.

    No term has the number 0, which stands where a class has no second end.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._terms: list[str] = [""]

    def __len__(self) -> int:
        return len(self._terms)

    def encode(self, term: str) -> int:
        """The number of a term, a new one where it is new."""
        number = self._ids.get(term)
        if number is None:
            number = self._ids[term] = len(self._terms)
            self._terms.append(term)
        return number

    def find(self, term: str) -> int | None:
        """The number of a term, None where it was never met."""
        return self._ids.get(term)

    def decode(self, number: int) -> str:
        """The term of a number."""
        return self._terms[number]

    def since(self, start: int) -> Iterator[tuple[int, str]]:
        """The terms with their numbers, from a number on."""
        for number in range(max(start, 1), len(self._terms)):
            yield number, self._terms[number]


def encode_triples(terms: Terms, triples: Iterable[TermTriple]) -> tuple[Ids, Ids, Ids]:
    """The triples as three columns of numbers, in their order."""
    ids = terms._ids
    table = terms._terms
    flat: list[int] = []
    add = flat.append
    for triple in triples:
        for term in triple:
            number = ids.get(term)
            if number is None:
                number = ids[term] = len(table)
                table.append(term)
            add(number)
    columns = np.array(flat, dtype=np.int32).reshape(-1, 3)
    return (
        np.ascontiguousarray(columns[:, 0]),
        np.ascontiguousarray(columns[:, 1]),
        np.ascontiguousarray(columns[:, 2]),
    )
