"""Things, kinds and properties in a small frame beside a spreadsheet, each text escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from rdflib import SKOS
from starlette.responses import HTMLResponse, Response

from kg.iris import KG
from kg.server.reconciliation.catalogue import Catalogue, KindEntry, Schema
from kg.server.reconciliation.extending import Table, extend_things
from kg.server.reconciliation.identifiers import name_thing
from kg.server.reconciliation.index import Thing
from kg.server.reconciliation.properties import Property
from kg.server.reconciliation.queries import Extension, WantedProperty
from kg.server.reconciliation.wording import name_kinds, word_term
from kg.server.statistics import Ask

_STYLE = """
body { font: 13px/1.35 system-ui, sans-serif; margin: 8px; overflow-wrap: anywhere }
h1 { font-size: 15px; margin: 0 }
p, ul { margin: 2px 0 }
ul { padding-left: 18px }
small { color: #555 }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# Made to be framed by any client, and able to do nothing there but open a link.
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_MOST = 5
_COUNTED = ("claims", "mentions", "articles")
_LISTED = ("headOf", "memberOf")


async def preview_thing(ask: Ask, catalogue: Catalogue, thing: Thing, base: str) -> Response:
    """A page about a thing that fits into a small frame.

    Raises HTTPException where the engine does not answer.
    """
    counted = [WantedProperty(name, {"count": True}) for name in _COUNTED]
    listed = [WantedProperty(name, {"content": "name"}) for name in _LISTED]
    wanted = Extension((name_thing(thing.iri),), (*counted, *listed))
    table = await extend_things(ask, catalogue, wanted)
    title = escape(thing.label)
    page = (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(_describe(thing, catalogue, table, base))
        + "\n</body>\n</html>\n"
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


def _describe(thing: Thing, catalogue: Catalogue, table: Table, base: str) -> Iterable[str]:
    place = f"{base}/page/id/{quote(name_thing(thing.iri), safe='')}"
    yield f"<h1>{_link(place, thing.label)}</h1>"
    yield f"<p><small>{escape(', '.join(_list_facts(thing, catalogue.schema)))}</small></p>"
    if thing.names:
        yield f"<p>also {escape('; '.join(thing.names[:_MOST]))}</p>"
    if thing.terms:
        lines = (f"<li>{escape(word_term(term))}</li>" for term in thing.terms[-_MOST:])
        yield f"<ul>{''.join(lines)}</ul>"
    ((_, cells),) = table.rows
    told = {name: [str(next(iter(cell.values()))) for cell in values] for name, values in cells}
    words = {str(each["id"]): str(each["name"]) for each in table.meta}
    for name in _LISTED:
        if told[name]:
            more = " …" if len(told[name]) > _MOST else ""
            yield f"<p>{escape(words[name])} {escape('; '.join(told[name][:_MOST]))}{more}</p>"
    counts = (f"{escape(words[name])}: {value}" for name in _COUNTED for value in told[name])
    yield f"<p>{', '.join(counts)}</p>"
    links = sorted({*thing.values(SKOS.exactMatch), *thing.values(SKOS.closeMatch)})
    shown = [_link(link, link) for link in links[:_MOST]]
    if shown:
        yield f"<ul>{''.join(f'<li>{each}</li>' for each in shown)}</ul>"


def _list_facts(thing: Thing, schema: Schema) -> list[str]:
    labels = ((KG.countryCode, "country"), (KG.iso2, "ISO"), (KG.cowCode, "COW"),
              (KG.validFrom, "since"), (KG.validUntil, "until"))  # fmt: skip
    return [
        name_kinds(thing, schema),
        *(f"{label} {value}" for iri, label in labels for value in thing.values(iri)),
    ]


def _link(target: str, text: str) -> str:
    # Any other scheme could make the browser do something.
    if not target.startswith(("http://", "https://")):
        return escape(text)
    return (
        f'<a href="{escape(target)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>'
    )


# -------------------------------------------------------------------------------------- flyouts


def describe_flyout(identifier: str, name: str, lines: Sequence[str]) -> dict[str, object]:
    """What is shown of something suggested when a mouse rests on it."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return {"id": identifier, "html": f"<h1>{escape(name)}</h1>{paragraphs}"}


def list_kind_lines(entry: KindEntry, schema: Schema) -> list[str]:
    """What a kind is, and what it is a kind of."""
    above = [schema.kinds[name].kind.label for name in entry.broader]
    return [entry.description, f"a kind of {', '.join(above)}" if above else ""]


def list_property_lines(property_: Property, schema: Schema) -> list[str]:
    """What a property is, and of what."""
    domain = schema.kinds.get(property_.domain)
    return [property_.description, f"of: {domain.kind.label}" if domain is not None else ""]
