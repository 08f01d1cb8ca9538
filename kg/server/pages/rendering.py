"""Filling templates, and sending pages with a policy that lets them load nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from kg.server.static_files import locate_static

_PLACE = Path(__file__).parent.parent
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def render_page(template: str, base: str, **values: object) -> str:
    """A template filled with values, each text in it escaped."""
    return (
        _load_environment()
        .get_template(template)
        .render(
            base=base,
            script=partial(_link_script, base),
            style=partial(_link_style, base),
            locate_static=partial(locate_static, base),
            **values,
        )
    )


def send_page(page: str, headers: Mapping[str, str], status: int = 200) -> Response:
    """Send a page with its policy; its forms tell us, and nobody else, where they come from."""
    own = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}
    return HTMLResponse(page, status, {**headers, **own})


def offer_writing(writable: bool) -> None:
    """Let the frame of every page lead to where articles are added, if this server takes any."""
    _load_environment().globals["writable"] = writable


@lru_cache(maxsize=1)
def _load_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_PLACE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["writable"] = False
    environment.filters["as_sentence"] = make_sentence
    return environment


def make_sentence(message: str) -> str:
    """A message as a sentence; what begins with the name of a file or an address keeps its case."""
    if re.match(r"[a-z]+(?:[\s,;:]|$)", message) and not re.match(r"\w+:/", message):
        message = message[:1].upper() + message[1:]
    return message if message.endswith((".", "?", "!")) or not message else f"{message}."


def _link_script(base: str, name: str, *, early: bool = False) -> Markup:
    """A script, a module unless it must run before the page is drawn; nothing if not built."""
    place = locate_static(base, f"{name}.js")
    if place is None:
        return Markup()
    kind = Markup("") if early else Markup(' type="module"')
    return Markup('<script{} src="{}"></script>').format(kind, place)


def _link_style(base: str, name: str) -> Markup:
    place = locate_static(base, f"{name}.css")
    return Markup() if place is None else Markup('<link rel="stylesheet" href="{}">').format(place)
