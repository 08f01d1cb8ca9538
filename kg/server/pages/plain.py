"""Plain pages for people, each text in them escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kg import iris
from kg.rdf import PREFIXES
from kg.server.answers import Service, is_known, send_known, tag_answer
from kg.server.descriptions import SYNTAXES
from kg.server.statistics import Row

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
th { font-weight: 600; padding-right: 1rem; text-align: left; vertical-align: top }
td { overflow-wrap: anywhere }
small { color: #555 }
textarea { font: 14px/1.4 ui-monospace, monospace; width: 100% }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_NAMES = (
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://purl.org/dc/terms/title",
)
_EXAMPLE = """SELECT ?subject ?relation ?object WHERE {
  ?claim a kg:Claim ; kg:subject ?subject ; kg:relation ?relation ; kg:object ?object .
}
LIMIT 20"""


@dataclass(frozen=True, slots=True)
class Thing:
    """What a page tells of a thing: a page of the triples that it is subject and object of."""

    iri: str
    path: str
    page: int
    more: bool
    outgoing: list[Row]
    incoming: list[Row]


def send_page(request: Request, page: str, headers: Mapping[str, str]) -> Response:
    """Send a page with the policy that lets it do nothing but be read."""
    return HTMLResponse(page, headers={**headers, "Content-Security-Policy": _POLICY})


def send_endpoint_page(service: Service, request: Request, base: str) -> Response:
    """Send the page of the SPARQL endpoint."""
    tag = tag_answer(service, "endpoint page", base)
    headers = {"ETag": tag, "Vary": "Accept"}
    if is_known(request, tag):
        return send_known(headers)
    body = (
        "<h1>SPARQL</h1>\n"
        f'<form action="{escape(base)}/sparql" method="get">\n'
        '<p><textarea name="query" rows="12" aria-label="query">'
        f"{escape(_EXAMPLE)}</textarea></p>\n"
        "<p><button>Ask</button></p>\n</form>\n"
        "<p>Also here: "
        + ", ".join(
            f'<a href="{escape(base)}/{place}">{name}</a>'
            for place, name in (
                (".well-known/void", "VoID"),
                ("dcat", "DCAT"),
                ("prefixes", "prefixes"),
                ("page/ontology", "ontology"),
            )
        )
        + ".</p>"
    )
    return send_page(request, _format_page("SPARQL endpoint", body), headers)


def format_thing_page(thing: Thing, base: str) -> str:
    """The page about a thing."""
    names = [
        row["o"]["value"]
        for row in thing.outgoing
        if row["p"]["value"] in _NAMES and row["s"]["value"] == thing.iri
    ]
    title = names[0] if names else _shorten(thing.iri)
    data = f"{base}/data/{thing.path}"
    alternates = "".join(
        f'<link rel="alternate" type="{media_type}" href="{escape(data)}.{ending}">\n'
        for media_type, (ending, _) in SYNTAXES.items()
    )
    formats = ", ".join(
        f'<a href="{escape(data)}.{ending}">{escape(name.replace("_", "/"))}</a>'
        for ending, name in SYNTAXES.values()
    )
    parts = [
        f"<h1>{escape(title)}</h1>\n<p><code>{escape(thing.iri)}</code></p>\n<p>{formats}</p>",
        _format_table("What it is", thing.outgoing, "o", thing, base),
        _format_table("What points to it", thing.incoming, "s", thing, base),
        _format_paging(thing),
    ]
    return _format_page(title, "\n".join(part for part in parts if part), alternates)


def _format_page(title: str, body: str, head: str = "") -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n{head}<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _format_paging(thing: Thing) -> str:
    links = []
    if thing.page > 1:
        links.append(f'<a rel="prev" href="?page={thing.page - 1}">before</a>')
    if thing.more:
        links.append(f'<a rel="next" href="?page={thing.page + 1}">after</a>')
    return f"<nav>{' '.join(links)}</nav>" if links else ""


def _format_table(heading: str, rows: list[Row], end: str, thing: Thing, base: str) -> str:
    if not rows:
        return ""
    lines = [f"<h2>{escape(heading)}</h2>", "<table>"]
    lines += _format_rows(rows, end, thing, base)
    return "\n".join([*lines, "</table>"])


def _format_rows(rows: list[Row], end: str, thing: Thing, base: str) -> Iterator[str]:
    subject = "s" if end == "o" else "o"
    for (about, relation), same in groupby(
        rows, key=lambda row: (row[subject]["value"], row["p"]["value"])
    ):
        # Of a document of terms, each term's triples are told under its own name.
        whose = "" if about == thing.iri else f"{_format_iri(about, base)} "
        values = "<br>".join(_format_term(row[end], row.get(f"{end}n"), base) for row in same)
        yield f"<tr><th>{whose}{_format_iri(relation, base)}</th><td>{values}</td></tr>"


def _format_term(term: Mapping[str, str], name: Mapping[str, str] | None, base: str) -> str:
    value = term.get("value", "")
    if term.get("type") == "uri":
        return _format_iri(value, base, None if name is None else name["value"])
    if term.get("type") not in ("literal", "typed-literal"):
        return f"<code>_:{escape(str(value))}</code>"
    language, datatype = term.get("xml:lang"), term.get("datatype")
    if language:
        return f'<span lang="{escape(language)}">{escape(value)}</span>'
    kind = f" <small>{escape(_shorten(datatype))}</small>" if datatype else ""
    return f"{escape(value)}{kind}"


def _format_iri(iri: str, base: str, name: str | None = None) -> str:
    shown = escape(name or _shorten(iri))
    if iri.startswith(iris.BASE):
        return f'<a href="{escape(base)}/{escape(iri.removeprefix(iris.BASE))}">{shown}</a>'
    if iri.startswith(("http://", "https://")):
        return f'<a href="{escape(iri)}" rel="external nofollow noreferrer">{shown}</a>'
    # Any other scheme could make the browser do something.
    return shown


def _shorten(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
