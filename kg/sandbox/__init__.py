"""Work on what came from outside, done in a child process that can be stopped.

The engine ends its process on brackets that nest too deep or an entity bomb, cannot stop after a
time, and asks the network for SERVICE; so foreign SPARQL and RDF are its business in a child only.
"""

from kg.sandbox.children import Work, answer_with, run_limited
from kg.sandbox.confinement import Limits, confine, start_clock, stop_clock
from kg.sandbox.frames import FrameReader, FrameWriter, Header, read_request, write_request
from kg.sandbox.reading import TermQuad, read_quads, read_terms

__all__ = [
    "FrameReader",
    "FrameWriter",
    "Header",
    "Limits",
    "TermQuad",
    "Work",
    "answer_with",
    "confine",
    "read_quads",
    "read_request",
    "read_terms",
    "run_limited",
    "start_clock",
    "stop_clock",
    "write_request",
]
