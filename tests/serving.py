"""A `kg serve` of its own process, and asking it over HTTP without a library that would mend."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from small_graph import fill_small_graph

from kg.store import open_graph

TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Reply:
    """What a server answered; header names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def media_type(self):
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def varies(self):
        return {name.strip().lower() for name in self.headers.get("vary", "").split(",")}


@dataclass
class Running:
    """A server that runs."""

    process: subprocess.Popen
    base: str
    told: str = ""
    log: list[dict] = field(default_factory=list)

    @property
    def address(self):
        parts = urlsplit(self.base)
        return parts.hostname, parts.port

    def ask(self, path, method="GET", body=None, **headers):
        """Send a request; header names have "_" for "-"."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(path, method, body, sent)

    def send(self, path, method="GET", body=None, headers=None):
        """Send a request with headers as they are."""
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            names = [name.lower() for name, _ in response.getheaders()]
            assert len(names) == len(set(names)), "a header was sent twice"
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())
        finally:
            connection.close()

    def query(self, text, **headers):
        """Ask a query by GET."""
        return self.ask(f"/sparql?query={quote(text, safe='')}", **headers)

    def update(self, text, **headers):
        """Send an update with the token."""
        sent = {"Content-Type": "application/sparql-update", **BEARER, **headers}
        return self.send("/sparql", "POST", text.encode(), sent)

    def stop(self, number=signal.SIGTERM):
        """Tell the server to stop; its exit code, and what it logged."""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=30)
        self.log = [json.loads(line) for line in err.splitlines()]
        return self.process.returncode


@contextmanager
def run_serving(graph, *options):
    """A `kg serve` that runs as long as the context, on a free port."""
    process = start_serving("--graph", graph, "--port", 0, *options)
    try:
        told = process.stdout.readline().decode()
        if " at " not in told:
            raise AssertionError(f"kg serve did not start: {process.communicate()[1].decode()}")
        yield Running(process, told.rsplit(" at ", 1)[1].strip().rstrip("/"), told)
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=30)


def start_serving(*arguments):
    """The process of `kg serve`, whatever becomes of it."""
    return subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "NO_COLOR": "1"},
    )


def make_graph(place, *, small=False):
    """An empty graph in a directory, or the small one."""
    with open_graph(place, create=True) as store:
        if small:
            fill_small_graph(store)
    return place


def write_token(place, text=TOKEN, mode=0o600):
    """A file that holds the token."""
    path = place / "token"
    path.write_text(f"{text}\n")
    path.chmod(mode)
    return path
