"""Running the server until it is told to stop, and then stopping it without hurry or hang."""

from __future__ import annotations

import asyncio
import math
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from kg.errors import ConcordError
from kg.server.app import make_app
from kg.server.connections import make_protocol
from kg.server.engine import Engine
from kg.server.logs import Record, take_warnings
from kg.server.settings import Settings
from kg.server.writing.desk import open_desk

_BACKLOG = 1024


def bind_socket(host: str, port: int) -> socket.socket:
    """A socket bound to an address, any free port for 0; ConcordError where it cannot be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConcordError(f"{host} is no address of this machine: {reason}") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        reason = error.strerror or str(error)
        message = f"{host} port {port} cannot be had ({reason}): choose another by --port"
        raise ConcordError(message) from error
    return bound


def tell_address(bound: socket.socket) -> str:
    """The URL that a bound socket is reached by on this machine."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve_engine(
    engine: Engine,
    settings: Settings,
    record: Record,
    address: tuple[str, int],
    ready: Callable[[str], None],
) -> None:
    """Serve an engine at an address until SIGINT or SIGTERM, and close it.

    `ready` is called with the server's URL once requests are taken. Raises ConcordError where the
    address cannot be had.
    """
    with take_warnings(record):
        try:
            bound = bind_socket(*address)
            async with open_desk(engine, settings, record) as desk:
                app = make_app(engine, settings, record, desk)
                await _run_app(app, settings, bound, lambda: ready(tell_address(bound)))
        finally:
            await engine.close()


async def _run_app(
    app: ASGIApp, settings: Settings, bound: socket.socket, ready: Callable[[], None]
) -> None:
    config = uvicorn.Config(
        app,
        http=make_protocol(settings),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=math.ceil(settings.idle_seconds),
        timeout_graceful_shutdown=math.ceil(settings.grace),
        h11_max_incomplete_event_size=settings.head_size,
    )
    server = uvicorn.Server(config)
    # The library raises the signal again once all is done, which would end the process by it.
    before = {number: signal.signal(number, _pass) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        telling = asyncio.ensure_future(_tell_when_started(server, ready))
        try:
            await server.serve(sockets=[bound])
        finally:
            telling.cancel()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _tell_when_started(server: uvicorn.Server, ready: Callable[[], None]) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    ready()


def _pass(number: int, frame: FrameType | None) -> None:
    """Do nothing more on a signal that was heeded already."""
