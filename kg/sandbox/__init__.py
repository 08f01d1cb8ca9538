"""Work on what came from outside, done in a child process that can be stopped.

The engine ends its process on brackets that nest too deep or an entity bomb, cannot stop after a
time, and asks the network for SERVICE; so foreign SPARQL and RDF are its business in a child only.
"""

from kg.sandbox.children import Work, run_limited, work_limited
from kg.sandbox.confinement import Limits, confine
from kg.sandbox.frames import FrameReader, FrameWriter, Header, read_request, write_request
from kg.sandbox.reading import TermQuad, read_quads, read_terms

__all__ = [
    "FrameReader",
    "FrameWriter",
    "Header",
    "Limits",
    "TermQuad",
    "Work",
    "confine",
    "read_quads",
    "read_request",
    "read_terms",
    "run_limited",
    "work_limited",
    "write_request",
]
