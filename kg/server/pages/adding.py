"""The page on which people add articles, and that which tells how far one is."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.documents.decoding import LARGEST_FILE
from kg.server.answers import Service
from kg.server.forms import Form
from kg.server.layers import find_base
from kg.server.pages.rendering import make_sentence, render_page, send_page
from kg.server.pages.signing import (
    NO_STORE,
    find_reviewer,
    lead_back,
    lead_to_sign_in,
    require_desk,
    take_form,
)
from kg.server.writing.desk import STAGES, DeskError, Job, JobState
from kg.server.writing.intake import choose_name

_PAGE = "page/add"
_LONGEST_ADDRESS = 2000
_FORM_SIZE = LARGEST_FILE + (1 << 20)
WORDS = {
    "fetch": "Fetch it",
    "text": "Take out its text",
    "syntax": "Read its sentences",
    "claims": "Find who claims what",
    "writing": "Write it into the graph",
    "background": "Look up what is known of its things",
    "reasoning": "See what follows",
    "checking": "Check the whole",
}
assert set(WORDS) == set(STAGES)


async def answer_add(service: Service, request: Request) -> Response:
    """Show the form, or take what it brings."""
    require_desk(service)
    base = find_base(service.settings, request.scope)
    if request.method != "POST":
        if find_reviewer(service, request) is None:
            return lead_to_sign_in(base, _PAGE)
        return _show_form(service, request, "")
    form, _ = await take_form(service, request, size=_FORM_SIZE)
    try:
        job = await _take(service, form)
    except DeskError as error:
        return _show_form(service, request, str(error), 422)
    if "application/json" in request.headers.get("accept", ""):
        place = f"{base}/{_PAGE}/{job.key}"
        return JSONResponse(describe_job(service, base, job), 201, {"Location": place, **NO_STORE})
    return lead_back(base, f"{_PAGE}/{job.key}")


async def _take(service: Service, form: Form) -> Job:
    """Take the file, text or address of a form; DeskError for what cannot be taken."""
    desk = require_desk(service)
    sent = form.files.get("file")
    url, text = form.get("url"), form.fields.get("text", "")
    given = [bool(sent and sent.data), bool(text.strip()), bool(url)]
    if sum(given) != 1:
        raise DeskError("give one thing: a file, a text, or an address")
    if sent is not None and sent.data:
        if len(sent.data) > LARGEST_FILE:
            raise DeskError(f"the file is larger than {LARGEST_FILE >> 20} MB: split it")
        return await desk.add(choose_name(sent.name, sent.data), sent.data)
    if text.strip():
        data = text.replace("\r\n", "\n").strip().encode("utf-8", "replace") + b"\n"
        title = form.get("title") or text.strip().partition("\n")[0].strip("# \r")[:60]
        return await desk.add(
            choose_name(f"{title.replace('.', ' ').replace('/', ' ')}.txt", data), data
        )
    if len(url) > _LONGEST_ADDRESS or not _is_address(url):
        raise DeskError("this is no address: write https://host/path")
    return await desk.add_address(url)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = re.fullmatch(r"[!-~]+", text) is not None and port != 0
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _show_form(service: Service, request: Request, problem: str, status: int = 200) -> Response:
    base = find_base(service.settings, request.scope)
    if problem and "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"problem": problem}, status, NO_STORE)
    page = render_page(
        "add.html",
        base,
        problem=problem,
        fetches=service.settings.fetches,
        reviewer=find_reviewer(service, request) or "",
        largest=LARGEST_FILE // 1_000_000,
    )
    return send_page(page, NO_STORE, status)


# ------------------------------------------------------------------------------- its progress


async def answer_job(service: Service, request: Request) -> Response:
    """Tell how far an article is; once it is in the graph, lead to where it is read."""
    base = find_base(service.settings, request.scope)
    job = _find_job(service, request)
    if job.state is JobState.DONE:
        return lead_back(base, f"page/article/{job.article}")
    steps = [(stage, WORDS[stage], _tell_step(job, stage)) for stage in job.stages]
    page = render_page(
        "job.html", base, job=job, steps=steps, before=require_desk(service).count_before(job)
    )
    return send_page(page, NO_STORE)


def _tell_step(job: Job, stage: str) -> str:
    """Whether a stage of an article is done, under way, or to come."""
    now = job.stages.index(job.stage) if job.stage in job.stages else -1
    number = job.stages.index(stage)
    if job.state is JobState.DONE or number < now:
        return "done"
    if number > now or job.state is JobState.WAITING:
        return "to come"
    return "failed" if job.state is JobState.FAILED else "now"


async def answer_job_state(service: Service, request: Request) -> Response:
    """How far an article is, for scripts."""
    base = find_base(service.settings, request.scope)
    job = _find_job(service, request)
    return JSONResponse(describe_job(service, base, job), headers=NO_STORE)


def describe_job(service: Service, base: str, job: Job) -> dict[str, object]:
    """The facts of an article on its way."""
    return {
        "name": job.name,
        "state": job.state.value,
        "before": require_desk(service).count_before(job),
        "steps": {stage: _tell_step(job, stage) for stage in job.stages},
        "problem": make_sentence(job.problem),
        "page": f"{base}/{_PAGE}/{job.key}",
        "reader": f"{base}/page/article/{job.article}" if job.state is JobState.DONE else None,
    }


def _find_job(service: Service, request: Request) -> Job:
    desk = require_desk(service)
    if find_reviewer(service, request) is None and "authorization" not in request.headers:
        raise HTTPException(401, "sign in first, at /page/sign-in")
    job = desk.find_job(request.path_params["key"])
    if job is None:
        message = "no article is on its way here: look for it on the front page, or add it again"
        raise HTTPException(404, message)
    return job
