"""Who changes what through the pages: a name, given once together with the token of the server.

The browser keeps the name with a proof that its giver knew the token, in a cookie that no script
reads and no other site has sent along. What is sent from elsewhere than a page of ours is refused.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.server.answers import Service
from kg.server.endpoint import is_authorised
from kg.server.forms import Form, read_form
from kg.server.layers import find_base
from kg.server.pages.rendering import render_page, send_page
from kg.server.writing.desk import Desk

READ_ONLY = "this server is for reading only: run it with --writable"
_YEAR = 366 * 24 * 3600
_LONGEST_NAME = 100
_SMALL = 64 << 10
# A place of ours: a page, perhaps with a query and a fragment.
_PLACE = re.compile(r"page/[A-Za-z0-9._~%/:@!$&()*+,;=-]*(?:\?[^\s#\\]*)?(?:#[\w.~%-]*)?")


def require_desk(service: Service) -> Desk:
    """The desk of the server; 403 where nothing may be changed."""
    if service.desk is None:
        raise HTTPException(403, READ_ONLY)
    return service.desk


def find_reviewer(service: Service, request: Request) -> str | None:
    """The name of whoever may change the graph through the pages, None for anybody else."""
    token = service.settings.token
    if service.desk is None or token is None:
        return None
    text, _, proof = request.cookies.get(_name_cookie(token), "").partition(".")
    try:
        name = base64.urlsafe_b64decode(text.encode() + b"==").decode()
    except ValueError:
        return None
    return name if name and hmac.compare_digest(proof, _prove(token, name)) else None


def _name_cookie(token: str) -> str:
    # Servers of one machine share its cookies, whatever their ports.
    return f"concord-{_prove(token, '', 'cookie')[:12]}"


def _prove(token: str, name: str, purpose: str = "reviewer") -> str:
    said = f"{purpose}\x1f{name}".encode()
    return hmac.new(token.encode(), said, hashlib.sha256).hexdigest()


def describe_caching(service: Service, tag: str, age: str) -> dict[str, str]:
    """The headers of a page on which things are decided: where they may be, they show at once."""
    headers = {"ETag": tag, "Cache-Control": age}
    if service.desk is not None:
        headers |= {"Cache-Control": "no-cache", "Vary": "Cookie"}
    return headers


async def take_form(service: Service, request: Request, *, size: int = _SMALL) -> tuple[Form, str]:
    """The form that somebody sent who may change the graph, and who that is.

    Programs that send the token tell their `author` in the form. Raises 403 for what comes from a
    foreign page, 401 for whoever has not signed in.
    """
    require_desk(service)
    seconds = service.settings.body_seconds
    if is_authorised(service, request):
        form = await read_form(request, size=size, seconds=seconds)
        return form, clean_name(form.get("author"))
    check_origin(service, request)
    reviewer = find_reviewer(service, request)
    if reviewer is None:
        raise HTTPException(
            401, "sign in first, at /page/sign-in", {"WWW-Authenticate": 'Bearer realm="concord"'}
        )
    return await read_form(request, size=size, seconds=seconds), reviewer


def check_origin(service: Service, request: Request) -> None:
    """Refuse with 403 what a page of another origin makes a browser send, or does not tell."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    here = urlsplit(find_base(service.settings, request.scope)).netloc
    known = {here.lower(), request.headers.get("host", here).lower()}
    ours = origin is not None and urlsplit(origin).netloc.lower() in known
    # A page that tells nobody whence its visitors come sends no origin to speak of.
    silent = origin in (None, "null")
    if site not in (None, "same-origin") or not (silent or ours):
        raise HTTPException(403, "this was sent by a page of another origin")
    if site is None and silent:
        raise HTTPException(403, "say by Origin where this comes from, or send the token")


def clean_name(text: str) -> str:
    """A name in one line; 400 where there is none or no person could be called so."""
    name = " ".join(text.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise HTTPException(400, f"give your name, in at most {_LONGEST_NAME} letters")
    return name


def choose_place(text: str) -> str:
    """Where to lead back to, the front page for what is no page of ours."""
    return text if _PLACE.fullmatch(text) and "/../" not in text else ""


def lead_back(base: str, place: str) -> Response:
    """Lead to a page after a form was taken."""
    return Response(status_code=303, headers={"Location": f"{base}/{place}", **NO_STORE})


NO_STORE = {"Cache-Control": "no-store"}


def lead_to_sign_in(base: str, place: str) -> Response:
    """Lead to where one signs in, and then to a page."""
    return lead_back(base, f"page/sign-in?{urlencode({'back': place})}")


def send_problem(
    service: Service, request: Request, message: str, place: str, *, status: int = 422
) -> Response:
    """Tell in a page why something was not done, or not yet (202), and lead back."""
    base = find_base(service.settings, request.scope)
    page = render_page(
        "problem.html", base, message=message, place=place, waits=status == HTTPStatus.ACCEPTED
    )
    return send_page(page, NO_STORE, status)


async def answer_sign_in(service: Service, request: Request) -> Response:
    """Ask for a name and the token, and let the browser keep them."""
    require_desk(service)
    base = find_base(service.settings, request.scope)
    token = service.settings.token or ""
    if request.method != "POST":
        place = choose_place(request.query_params.get("back", ""))
        name = find_reviewer(service, request) or ""
        page = render_page("sign_in.html", base, place=place, name=name, problem="")
        return send_page(page, NO_STORE)
    check_origin(service, request)
    form = await read_form(request, size=_SMALL, seconds=service.settings.body_seconds)
    place = choose_place(form.get("back"))
    problem = ""
    try:
        name = clean_name(form.get("name"))
    except HTTPException as error:
        name, problem = "", error.detail
    given, wanted = (hashlib.sha256(each.encode()).digest() for each in (form.get("token"), token))
    known = find_reviewer(service, request) is not None and not form.get("token")
    if not problem and not known and not hmac.compare_digest(given, wanted):
        problem = "this is not the token of the server: it stands in the file of --token-file"
    if problem:
        page = render_page("sign_in.html", base, place=place, name=name, problem=problem)
        return send_page(page, NO_STORE, 403)
    response = lead_back(base, place)
    # Without what only fills it up, which a cookie could not hold without quotes.
    kept = base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
    response.set_cookie(
        _name_cookie(token), f"{kept}.{_prove(token, name)}", max_age=_YEAR, httponly=True,
        samesite="strict", secure=base.startswith("https:"), path="/",
    )  # fmt: skip
    return response
