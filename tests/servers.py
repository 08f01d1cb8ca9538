"""A model server on the loopback interface that answers what a test tells it, or misbehaves."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """Gives the planned answers in order, the last one again and again, and keeps the requests."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plan = []
        self.requests = []
        self.headers = []
        self.released = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """A client that hangs up on a misbehaving server is no error of the test."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_json = "json" in self.headers.get("Content-Type", "")
        self.server.requests.append(json.loads(body) if is_json and body else body.decode())
        self._answer()

    def do_GET(self):
        self.server.requests.append(self.path)
        self._answer()

    def _answer(self):
        self.server.headers.append(dict(self.headers))
        plan = self.server.plan
        answer = plan.pop(0) if len(plan) > 1 else plan[0]
        answer(self)
        self.close_connection = True

    def log_message(self, format, *arguments):
        """Say nothing."""


@contextmanager
def run_server():
    """A server that runs as long as the context."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


# ------------------------------------------------------------------------------------ answers


def send(body, status=200, **headers):
    """Answer with a body and headers, whose names have "_" for "-"."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def complete(content, finish="stop"):
    """Answer as a model would, with claims or with whatever text."""
    text = content if isinstance(content, str) else json.dumps({"claims": content})
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    return send({"choices": [{**choice, "finish_reason": finish}]})


def break_off(handler):
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')


def hang(handler):
    """Say nothing until the server ends."""
    handler.server.released.wait(20)


def trickle(handler):
    """Send a byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    while not handler.server.released.is_set():
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.02)


def flood(handler):
    """Send a body without end."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    chunk = b"%x\r\n%s\r\n" % (65_536, b" " * 65_536)
    while not handler.server.released.is_set():
        handler.wfile.write(chunk)
