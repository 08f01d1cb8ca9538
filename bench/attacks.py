"""What a hostile client may send to `kg serve`: requests that burn, burst or reach out.

Everything is built when asked for, goes to the loopback interface only and has an end.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
XML, TURTLE, JSONLD = "application/rdf+xml", "text/turtle", "application/ld+json"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Attack:
    """A request; `body` makes its bytes anew, piece by piece."""

    family: str
    name: str
    method: str
    path: str
    body: Callable[[], Iterator[bytes]] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    trusted: bool = True
    """Whether it bears the token: whoever may write can be hostile too."""


def list_attacks(trap: int) -> list[Attack]:
    """Every request, those that reach out aimed at the port of a trap."""
    queries = (
        *_deep_queries(),
        *_endless_queries(),
        *_swelling_queries(),
        *_reaching_queries(f"http://127.0.0.1:{trap}/q"),
    )
    return [
        *(_ask(*query) for query in queries),
        *_updates(f"http://127.0.0.1:{trap}/u"),
        *_documents(f"http://127.0.0.1:{trap}/d"),
        *_oversized(),
        *_datasets(f"http://127.0.0.1:{trap}/g"),
    ]


# ------------------------------------------------------------------------------------ queries

_Query = tuple[str, str, str]


def _ask(family: str, name: str, text: str) -> Attack:
    body = text.encode(errors="surrogatepass")
    return Attack(family, name, "POST", "/sparql", lambda: iter([body]), {"Content-Type": QUERY})


def _deep_queries() -> list[_Query]:
    deep = 20_000
    texts = (
        ("groups", "SELECT * " + "{" * deep + "}" * deep),
        ("brackets", "SELECT * { FILTER(" + "(" * deep + "1" + ")" * deep + ") }"),
        ("unclosed brackets", "ASK { FILTER(" + "(" * 190_000),
        ("blank nodes", "ASK { ?s ?p " + "[ ?p " * deep + "1" + " ]" * deep + " }"),
        ("lists", "ASK { ?s ?p " + "(" * deep + "1" + ")" * deep + " }"),
        ("triple terms",
         "ASK { ?s ?p " + "<<( <urn:s> <urn:p> " * 5_000 + "1" + " )>>" * 5_000 + " }"),
        ("reified triples", "ASK { " + "<< " * 5_000 + "?s" + " ?p ?o >>" * 5_000 + " ?p ?o }"),
        ("negations", "ASK { FILTER(" + "!" * 150_000 + "true) }"),
        ("minus signs", "ASK { FILTER(" + "- " * 60_000 + "1 = 1) }"),
        ("alternatives", "ASK { FILTER(" + "1=2||" * 30_000 + "1=1) }"),
        ("sums", "SELECT (" + "1+" * 60_000 + "1 AS ?n) {}"),
        ("unions", "ASK { {?s ?p ?o}" + " UNION {?s ?p ?o}" * 8_000 + " }"),
        ("path steps", "ASK { ?s " + "<p>/" * 40_000 + "<p> ?o }"),
        ("path brackets", "ASK { ?s " + "(" * deep + "<urn:p>" + ")*" * deep + " ?o }"),
        ("inverse paths", "ASK { ?s " + "^" * 100_000 + "<urn:p> ?o }"),
        ("calls", "SELECT (" + "STR(" * deep + "1" + ")" * deep + " AS ?n) {}"),
        ("subselects", "SELECT * {" * 5_000 + "?s ?p ?o" + "}" * 5_000),
        ("not exists", "ASK { " + "FILTER NOT EXISTS { ?s ?p ?o " * 190 + "}" * 190 + " }"),
        ("optionals", "SELECT * { ?s ?p ?o " + " ".join(
            f"OPTIONAL {{ ?s{n} ?p{n} ?o{n} }}" for n in range(60)) + " }"),
    )  # fmt: skip
    return [("nesting", name, text) for name, text in texts]


def _endless_queries() -> list[_Query]:
    four = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
    any_path = "(!<urn:x>|^!<urn:x>)*"
    return [
        ("cartesian", "counted", f"SELECT (COUNT(*) AS ?n) {{ {four} }}"),
        ("cartesian", "streamed", f"SELECT * {{ {four} }}"),
        ("cartesian", "sorted", f"SELECT * {{ {four} }} ORDER BY ?a ?e ?i LIMIT 1"),
        ("cartesian", "grouped", f"SELECT ?a ?d (COUNT(*) AS ?n) {{ {four} }} GROUP BY ?a ?d"),
        ("cartesian", "distinct", f"SELECT DISTINCT ?a ?e ?i {{ {four} }}"),
        ("cartesian", "constructed", f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {four} }}"),
        ("cartesian", "filtered", f"ASK {{ {four} FILTER(STRLEN(STR(?a)) < 0) }}"),
        ("cartesian", "hidden in exists", f"ASK {{ ?s ?p ?o FILTER NOT EXISTS {{ {four} "
         "FILTER(?a = ?l && ?a != ?a) } FILTER(1 = 2) }"),
        ("paths", "anything", f"SELECT (COUNT(*) AS ?n) {{ ?a {any_path} ?b }}"),
        ("paths", "stars in stars",
         f"SELECT (COUNT(*) AS ?n) {{ ?a (({any_path})*)* ?b . ?b {any_path} ?c }}"),
        ("paths", "in a row", "SELECT (COUNT(*) AS ?n) { ?a " + "/".join([any_path] * 6) + " ?b }"),
        ("regex", "backtracking", "SELECT * { BIND(REGEX('" + "a" * 40 + "!', '(a+)+$') AS ?r) }"),
        ("regex", "repeats",
         "SELECT * { BIND(REGEX('aaaa', '(((a{1,200}){1,200}){1,200})') AS ?r) }"),
        ("regex", "classes",
         "SELECT * { BIND(REGEX('a', '" + "\\\\p{L}{900}" * 40 + "') AS ?r) }"),
        ("regex", "long", "SELECT * { BIND(REGEX('" + "a" * 60_000 + "', '" + "a?" * 60_000
         + "') AS ?r) }"),
        ("regex", "by row", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f"
         " FILTER(REGEX(STR(?c), CONCAT('(', STR(?f), '|.*)*$'))) }"),
    ]  # fmt: skip


def _swelling_queries() -> list[_Query]:
    doubling = " ".join(
        f"BIND(CONCAT({', '.join([f'?x{n}'] * 8)}) AS ?x{n + 1})" for n in range(10)
    )
    start = "BIND('" + "x" * 1000 + "' AS ?x0)"
    replacing = " ".join(f"BIND(REPLACE(?x{n}, 'x', 'xxxxxxxx') AS ?x{n + 1})" for n in range(10))
    return [
        ("swelling", "concat", f"SELECT (STRLEN(?x10) AS ?n) {{ {start} {doubling} }}"),
        ("swelling", "replace", f"SELECT (STRLEN(?x10) AS ?n) {{ {start} {replacing} }}"),
        ("swelling", "encode", "SELECT (STRLEN(?x3) AS ?n) { " + start + " ".join(
            f"BIND(ENCODE_FOR_URI(CONCAT({', '.join([f'?x{n}'] * 60)})) AS ?x{n + 1})"
            for n in range(5)) + " }"),
        ("swelling", "group concat",
         "SELECT (STRLEN(GROUP_CONCAT(CONCAT(STR(?a), STR(?f)))) AS ?n) { ?a ?b ?c . ?d ?e ?f }"),
        ("swelling", "values", "SELECT * { VALUES ?x {" + "1 " * 90_000 + "} }"),
        ("swelling", "values crossed", "SELECT (COUNT(*) AS ?n) { " + " ".join(
            f"VALUES ?x{n} {{ {'1 ' * 9_000} }}" for n in range(5)) + " }"),
        ("swelling", "variables", "SELECT * { " + " ".join(
            f"OPTIONAL {{ ?s <urn:p{n}> ?v{n} }}" for n in range(2_500)) + " }"),
        ("swelling", "integers",
         "SELECT ?n { BIND(" + "*".join(["9223372036854775807"] * 4_000) + " AS ?n) }"),
    ]  # fmt: skip


def _reaching_queries(url: str) -> list[_Query]:
    p = "{ ?s ?p ?o }"
    texts = (
        ("service", f"SELECT * {{ SERVICE <{url}/1> {p} }}"),
        ("service bound", f"SELECT * {{ BIND(<{url}/2> AS ?e) SERVICE ?e {p} }}"),
        ("service values", f"SELECT * {{ VALUES ?e {{ <{url}/3> }} SERVICE SILENT ?e {p} }}"),
        ("service in comment", f"SELECT * {{ sErViCe#x\n SILENT <{url}/4> {p} }}"),
        ("service escaped", f"SELECT * {{ \\u0053ERVICE <{url}/5> {p} }}"),
        ("service escaped long", f"SELECT * {{ SERV\\U00000049CE SILENT <{url}/6> {p} }}"),
        ("service by prefix", f"PREFIX e: <{url}/7> SELECT * {{ SERVICEe:{p} }}"),
        ("service by base", f"BASE <{url}/8> SELECT * {{ SERVICE <x> {p} }}"),
        ("service in exists", f"ASK {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{url}/9> {p} }} }}"),
        ("service in subselect", f"ASK {{ {{ SELECT * {{ SERVICE <{url}/10> {p} }} }} }}"),
        ("service as less than", f"SELECT * {{ FILTER(1<2)SERVICE#>\n<{url}/11>{p} }}"),
        ("from", f"SELECT * FROM <{url}/12> {p}"),
        ("from named", f"SELECT * FROM NAMED <{url}/13> {{ GRAPH ?g {p} }}"),
        ("from file", f"SELECT * FROM <file:///etc/passwd> {p}"),
        ("describe", f"DESCRIBE <{url}/14>"),
        ("graph", f"SELECT * {{ GRAPH <{url}/15> {p} }}"),
    )
    return [("reaching", name, text) for name, text in texts]


# ------------------------------------------------------------------------- updates, documents


def _update(family: str, name: str, text: str, *, trusted: bool = True) -> Attack:
    kind = {"Content-Type": UPDATE}
    return Attack(family, name, "POST", "/sparql", lambda: iter([text.encode()]), kind, trusted)


def _updates(url: str) -> list[Attack]:
    four = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
    graph, spo = "GRAPH <urn:hostile:junk>", "{ ?s ?p ?o }"
    return [
        _update("reaching", "load", f"LOAD <{url}/1>"),
        _update("reaching", "load silent", f"LOAD SILENT <{url}/2> INTO {graph}"),
        _update("reaching", "load escaped", f"\\u004cOAD <{url}/3>"),
        _update("reaching", "load file", f"LOAD <file:///etc/passwd> INTO {graph}"),
        _update("reaching", "load second", f"INSERT DATA {{}} ; LOAD <{url}/4> INTO {graph}"),
        _update("reaching", "service in where",
                f"INSERT {{ {graph} {spo} }} WHERE {{ SERVICE <{url}/5> {spo} }}"),
        _update("reaching", "using",
                f"DELETE {{ ?s ?p ?o }} USING <{url}/6> WHERE {{ ?s ?p ?o FILTER(1 = 2) }}"),
        _update("cartesian", "inserted", f"INSERT {{ {graph} {{ ?a ?e ?i }} }} WHERE {{ {four} }}"),
        _update("cartesian", "deleted", f"DELETE {{ {graph} {{ ?a ?e ?i }} }} WHERE {{ {four} }}"),
        _update("swelling", "many operations", f"CREATE SILENT {graph} ; " * 5_000),
        _update("nesting", "update", "INSERT DATA { <urn:s> <urn:p> " + "[ <urn:p> " * 20_000
                + "1" + "]" * 20_000 + " }"),
        _update("unallowed", "drop without token", "DROP ALL", trusted=False),
        _update("unallowed", "delete without token", "DELETE WHERE { ?s ?p ?o }", trusted=False),
        Attack("unallowed", "graph without token", "DELETE", graph_path("urn:hostile:acked"),
               trusted=False),
        Attack("unallowed", "update by GET", "GET", "/sparql?" + urlencode({"update": "DROP ALL"})),
    ]  # fmt: skip


def graph_path(graph: str) -> str:
    """The path of a graph in the Graph Store Protocol."""
    return "/graphs?graph=" + quote(graph, safe="")


def _put(family: str, name: str, kind: str, text: str | bytes, **headers: str) -> Attack:
    data = text.encode() if isinstance(text, str) else text
    return Attack(family, name, "PUT", graph_path("urn:hostile:junk"), lambda: iter([data]),
                  {"Content-Type": kind, **headers})  # fmt: skip


def _documents(url: str) -> list[Attack]:
    def rdf(declarations: str, text: str) -> str:
        return (
            f'<?xml version="1.0"?><!DOCTYPE r:RDF [{declarations}]><r:RDF xmlns:r="{_RDF}"'
            f' xmlns:x="urn:x:"><r:Description r:about="urn:s"><x:p>{text}</x:p>'
            "</r:Description></r:RDF>"
        )

    laughs = '<!ENTITY a0 "lololololololololololol">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11)
    )
    external = f'<!ENTITY e SYSTEM "{url}/1"><!ENTITY % p SYSTEM "{url}/2"> %p;'
    context = {"@context": f"{url}/3", "@id": "urn:s", "p": "x"}
    doctype = f'<!DOCTYPE r:RDF SYSTEM "{url}/4"><r:RDF xmlns:r="{_RDF}"/>'
    many = f"<urn:s> <urn:p> {', '.join(f'<urn:o{n}>' for n in range(60_000))} ."
    deep = 100_000
    zeros = gzip.compress(b" " * (1 << 28), 9)
    return [
        _put("bomb", "entities", XML, rdf(laughs, "&a10;")),
        _put("bomb", "entity repeated", XML, rdf(f'<!ENTITY a "{"x" * 50_000}">', "&a;" * 20_000)),
        _put("bomb", "entity in itself", XML, rdf('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;")),
        _put("bomb", "gzip", TURTLE, zeros, **{"Content-Encoding": "gzip"}),
        _put("reaching", "external entity", XML, rdf(external, "&e;")),
        _put("reaching", "file entity", XML, rdf('<!ENTITY e SYSTEM "file:///etc/passwd">', "&e;")),
        _put("reaching", "document type", XML, doctype),
        _put("reaching", "JSON-LD context", JSONLD, json.dumps(context)),
        _put("reaching", "JSON-LD import", JSONLD,
             json.dumps({"@context": {"@version": 1.1, "@import": f"{url}/5"}, "@id": "urn:s"})),
        _put("nesting", "elements", XML, rdf("", "<x:p>" * deep)),
        _put("nesting", "JSON-LD", JSONLD, '{"urn:p":' * deep + "1" + "}" * deep),
        _put("nesting", "JSON arrays", JSONLD, "[" * deep + "]" * deep),
        _put("nesting", "Turtle lists", TURTLE,
             "<urn:s> <urn:p> " + "(" * deep + ")" * deep + " ."),
        _put("nesting", "Turtle blank nodes", TURTLE,
             "<urn:s> <urn:p> " + "[<urn:p> " * deep + "1" + "]" * deep + " ."),
        _put("nesting", "Turtle triple terms", TURTLE,
             "<urn:s> <urn:p> " + "<<( <urn:s> <urn:p> " * deep + "1" + " )>>" * deep + " ."),
        _put("swelling", "long literal", TURTLE, f'<urn:s> <urn:p> "{"x" * 3_000_000}" .'),
        _put("swelling", "many triples", TURTLE, many),
        _put("swelling", "long number", TURTLE,
             f'<urn:s> <urn:p> "{"9" * 500_000}"^^<{_XSD}integer> .'),
        _put("garbage", "no RDF", TURTLE, bytes(range(256)) * 400),
        _put("garbage", "no UTF-8", TURTLE, b'<urn:s> <urn:p> "\xff\xfe\x00" .'),
        _put("garbage", "unknown type", "application/x-nothing", "?"),
        _put("garbage", "many parts", "multipart/form-data; boundary=b", b"".join(
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n'
            b"Content-Type: text/turtle\r\n\r\n<urn:s> <urn:p> 1 .\r\n"
            for _ in range(5_000)) + b"--b--\r\n"),
    ]  # fmt: skip


def _oversized() -> list[Attack]:
    def spaces(size: int) -> Callable[[], Iterator[bytes]]:
        return lambda: (b" " * CHUNK for _ in range(size // CHUNK))

    huge = str(1 << 40)
    return [
        Attack("oversized", "query", "POST", "/sparql", spaces(1 << 26),
               {"Content-Type": QUERY, "Content-Length": huge}),
        Attack("oversized", "query in chunks", "POST", "/sparql", spaces(1 << 28),
               {"Content-Type": QUERY, "Transfer-Encoding": "chunked"}),
        Attack("oversized", "graph in chunks", "PUT", graph_path("urn:hostile:junk"),
               spaces(1 << 28), {"Content-Type": TURTLE, "Transfer-Encoding": "chunked"}),
        Attack("oversized", "form", "POST", "/sparql", spaces(1 << 26),
               {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": huge}),
        Attack("oversized", "path", "GET", "/sparql?query=" + "a" * 1_000_000),
        Attack("oversized", "header", "GET", "/health", None, {"X-Long": "a" * 1_000_000}),
        Attack("oversized", "accept", "GET", "/sparql?query=ASK%7B%7D", None,
               {"Accept": ",".join(["a/b;q=0.1"] * 6_000)}),
    ]  # fmt: skip


def _datasets(url: str) -> list[Attack]:
    form = {"query": "SELECT * { ?s ?p ?o } LIMIT 1"}
    many = urlencode([*form.items(), *(("named-graph-uri", f"urn:g{n}") for n in range(2_000))])
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return [
        Attack("reaching", "default graph", "GET",
               "/sparql?" + urlencode({**form, "default-graph-uri": f"{url}/1"})),
        Attack("reaching", "named graph", "GET",
               "/sparql?" + urlencode({**form, "named-graph-uri": f"{url}/2"})),
        Attack("reaching", "graph of a file", "GET", graph_path("file:///etc/passwd")),
        Attack("reaching", "graph of another", "GET", graph_path(f"{url}/3")),
        Attack("swelling", "many graphs", "POST", "/sparql", lambda: iter([many.encode()]), kind),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------ sockets


def list_garbage(port: int) -> list[tuple[str, bytes]]:
    """What is no proper HTTP, by name."""
    host = f"Host: 127.0.0.1:{port}\r\n".encode()
    post = b"POST /sparql HTTP/1.1\r\n" + host + b"Content-Type: application/sparql-query\r\n"
    return [
        ("bytes", bytes(range(256)) * 64),
        ("TLS hello", bytes.fromhex("16030100a5010000a10303") + bytes(160)),
        ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(64)),
        ("no version", b"GET /health\r\n\r\n"),
        ("endless line", b"GET /" + b"a" * 2_000_000),
        ("many headers", b"GET /health HTTP/1.1\r\n" + host
         + b"".join(b"X-%d: a\r\n" % n for n in range(20_000)) + b"\r\n"),
        ("folded header", b"GET /health HTTP/1.1\r\n" + host + b"X: a\r\n b\r\n\r\n"),
        ("null in header", b"GET /health HTTP/1.1\r\n" + host + b"X: a\x00b\r\n\r\n"),
        ("negative length", post + b"Content-Length: -1\r\n\r\nASK{}"),
        ("no number as length", post + b"Content-Length: 0x5\r\n\r\nASK{}"),
        ("two lengths", post + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nASK{}"),
        ("length and chunks", post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
         b"0\r\n\r\nGET /health HTTP/1.1\r\n\r\n"),
        ("bad chunks", post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nASK{}\r\n"),
        ("huge chunk", post + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nASK{}"),
        ("connect", b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n" % port + host + b"\r\n"),
        ("other host", b"GET http://127.0.0.1:1/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        ("upgrade", b"GET /sparql HTTP/1.1\r\n" + host + b"Connection: Upgrade\r\n"
         b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
         b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"),
        ("expectation", post + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"),
        ("many requests", (b"GET /health HTTP/1.1\r\n" + host + b"\r\n") * 2_000),
        ("traversal", b"GET /../../../../etc/passwd HTTP/1.1\r\n" + host + b"\r\n"),
    ]  # fmt: skip


def send_garbage(port: int, data: bytes, patience: float = 5.0) -> str:
    """Send what is no HTTP; tells how the server took it."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
            connection.sendall(data)
            answer = connection.recv(64)
    except TimeoutError:
        return "waits"
    except OSError:
        return "closed"
    return answer[9:12].decode(errors="replace") if answer.startswith(b"HTTP/") else "closed"


def break_off(port: int, data: bytes) -> None:
    """Send a request and reset the connection at once."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(data)
        # Lingering for no time makes closing a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
