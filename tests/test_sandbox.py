"""Work in a confined child: its limits, what it may not do, and foreign RDF files."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import GraphError, LimitError, LimitKind, QueryError, QueryFault
from kg.sandbox import (
    FrameReader,
    FrameWriter,
    Header,
    Limits,
    read_quads,
    read_request,
    read_terms,
    run_limited,
    write_request,
)

QUICK = Limits(seconds=0.5, memory=64 << 20, answer=1 << 20)


def run(work, limits=QUICK):
    header, *pieces = run_limited(work, limits)
    return header.facts, b"".join(pieces)


def count_files():
    return len(list(Path("/proc/self/fd").iterdir()))


# ------------------------------------------------------------------------------------- limits


def test_a_child_answers_with_a_header_and_pieces():
    def work(out):
        out.header = Header({"name": "Åbo \udcff"})
        for _ in range(9):
            out.write(b"x" * 50_000)

    assert run(work) == ({"name": "Åbo \udcff"}, b"x" * 450_000)


def test_an_error_becomes_the_header_so_long_as_nothing_has_gone_out():
    def work(out):
        out.write(b"little")
        raise QueryError("no", query="q", kind=QueryFault.REFUSED)

    assert run(work) == ({"error": "QueryError", "message": "no", "kind": "refused"}, b"")


def test_an_error_after_that_breaks_the_answer_off():
    def work(out):
        out.write(b"x" * 100_000)
        raise QueryError("no", query="q")

    with pytest.raises(LimitError):
        run(work)


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (lambda out: time.sleep(9), LimitKind.TIME),
        (lambda out: out.write(b"x" * (2 << 20)), LimitKind.SIZE),
        (lambda out: bytearray(1 << 30), LimitKind.CRASH),
        (lambda out: os.kill(os.getpid(), signal.SIGSEGV), LimitKind.CRASH),
        (lambda out: os._exit(3), LimitKind.CRASH),
        (lambda out: 1 // 0, LimitKind.CRASH),
    ],
    ids=["sleeps", "says much", "takes memory", "crashes", "ends", "errs"],
)
def test_a_child_that_goes_too_far_is_ended(work, kind):
    files = count_files()
    start = time.monotonic()
    with pytest.raises(LimitError) as caught:
        run(work)
    assert caught.value.limit is kind
    assert time.monotonic() - start < 5
    assert count_files() == files


def test_a_busy_child_is_ended_by_the_clock():
    def work(out):
        while True:
            pass

    with pytest.raises(LimitError, match=r"longer than 0\.5 s"):
        run(work)


def test_an_answer_that_nobody_wants_any_more_ends_the_child():
    def work(out):
        while True:
            out.write(b"x" * 65_536)

    pieces = run_limited(work, Limits(answer=1 << 40))
    assert isinstance(next(pieces), Header)
    next(pieces)
    pieces.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


# --------------------------------------------------------------------------------- what is shut


def test_a_child_opens_no_file_and_no_socket(tmp_path):
    place = tmp_path / "x"

    def work(out):
        for attempt in (
            lambda: place.open("wb"),
            lambda: Path("/etc/hostname").read_bytes(),
            socket.socket,
            lambda: subprocess.run([sys.executable, "-V"]),
        ):
            try:
                attempt()
            except OSError:
                out.write(b"no ")

    assert run(work)[1] == b"no no no no "
    assert not place.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can close the network by itself")
def test_a_child_that_may_open_files_still_opens_no_socket(tmp_path):
    place = tmp_path / "x"

    def work(out):
        place.write_bytes(b"here")
        try:
            socket.socket()
        except PermissionError:
            out.write(b"no")

    assert run(work, Limits(seconds=5, writes=True))[1] == b"no"
    assert place.read_bytes() == b"here"


# ------------------------------------------------------------------------------------- frames


@given(st.lists(st.binary(max_size=200_000), max_size=5), st.integers(1, 70_000))
def test_frames_come_out_as_they_went_in_however_they_are_cut(pieces, cut):
    sent = bytearray()

    class Pipe:
        def write(self, data):
            sent.extend(data)

        def flush(self):
            pass

    writer = FrameWriter(Pipe())
    writer.header = Header({"n": len(pieces)})
    for piece in pieces:
        writer.write(piece)
    writer.finish()
    reader = FrameReader()
    got = [p for i in range(0, len(sent), cut) for p in reader.feed(bytes(sent[i : i + cut]))]
    assert got[0] == Header({"n": len(pieces)})
    assert b"".join(got[1:]) == b"".join(pieces)
    assert reader.ended


def test_what_is_no_frame_is_told():
    with pytest.raises(ValueError, match="none"):
        list(FrameReader().feed(b"GET / HTTP/1.1"))


def test_requests_come_as_they_went(tmp_path):
    place = tmp_path / "request"
    place.write_bytes(write_request({"text": "é\udcff"}, (b"", b"\x00\xff")))
    with place.open("rb") as source:
        assert read_request(source) == ({"text": "é\udcff"}, (b"", b"\x00\xff"))
        with pytest.raises(EOFError):
            read_request(source)


# ---------------------------------------------------------------------------------- RDF files


def write_file(tmp_path, name, text):
    place = tmp_path / name
    place.write_text(text, encoding="utf-8")
    return place


def test_quads_are_read_with_their_graphs_and_blank_nodes_numbered(tmp_path):
    text = '@prefix : <urn:> . :a :b _:x , "t\tab\\nline"@en . :g { _:x :c 1 . }'
    place = write_file(tmp_path, "x.trig", text)
    integer = '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert list(read_quads(place, stem="n")) == [
        ("<urn:a>", "<urn:b>", "_:n0", None),
        ("<urn:a>", "<urn:b>", '"t\\tab\\nline"@en', None),
        ("_:n0", "<urn:c>", integer, "<urn:g>"),
    ]
    assert next(read_terms(place)) == ("<urn:a>", "<urn:b>", "_:b0")


def test_a_fault_is_told_with_its_file_after_what_stands_before_it(tmp_path):
    lines = "".join(f"<urn:{n}> <urn:p> <urn:o> .\n" for n in range(9_000))
    place = write_file(tmp_path, "x.nt", lines + "oh dear\n")
    with pytest.raises(GraphError, match=r"x\.nt is not N-Triples: .*9001"):
        list(read_terms(place))


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol" * 9}">' for n in range(10))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "bomb.rdf",
            f"<?xml version='1.0'?><!DOCTYPE r [{BOMB}]>"
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:x='urn:x:'>"
            "<rdf:Description rdf:about='urn:s'><x:p>&a9;</x:p></rdf:Description></rdf:RDF>",
        ),
        ("deep.ttl", "<urn:s> <urn:p> " + "(" * 400_000 + ")" * 400_000 + " ."),
        ("deep.jsonld", '{"urn:p":' * 200_000 + "1" + "}" * 200_000),
        ("away.jsonld", '{"@context":"http://127.0.0.1:9/c","@id":"urn:s","p":"x"}'),
    ],
)
def test_a_file_that_would_end_the_reader_is_told_in_a_line(tmp_path, name, text):
    place = write_file(tmp_path, name, text)
    try:
        found = list(read_terms(place, limits=Limits(seconds=5, memory=512 << 20)))
    except GraphError as error:
        assert name in str(error)
        assert "\n" not in str(error)
    else:
        assert len(found) < 900_000
