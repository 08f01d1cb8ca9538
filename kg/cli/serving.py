"""The command that serves the graph over HTTP."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ConcordError

if TYPE_CHECKING:
    from kg.server.logs import Record
    from kg.server.settings import Settings

_DONE = 0
_MEBIBYTE = 1 << 20


def add_serving_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kg serve`."""
    parser.add_argument("--host", default="127.0.0.1", help="the address (default: 127.0.0.1)")
    parser.add_argument(
        "--port", type=_read_port, default=7878, help="the port, 0 for a free one (default: 7878)"
    )
    parser.add_argument(
        "--base-url", type=_read_base_url, metavar="URL", help="where clients reach the server"
    )
    parser.add_argument(
        "--writable",
        action="store_true",
        help="take updates, reviews and articles from whoever has the token",
    )
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help="holds the token that writing takes"
    )
    parser.add_argument(
        "--allow-fetch", action="store_true",
        help="let people add articles by their address on the web, with --writable",
    )  # fmt: skip
    parser.add_argument(
        "--fetch-host", action="append", default=[], metavar="NAME",
        help="with --allow-fetch, also from this host (NAME or NAME:PORT) that is not public; "
        "repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--allow-service", action="append", default=[], metavar="URL",
        help="let SERVICE, LOAD and FROM reach this; all below it if it ends in /; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME",
        help="answer to this host name (default: loopback names, or any if bound beyond); "
        "repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--cors", action="append", default=[], type=_read_origin, metavar="ORIGIN",
        help="let pages of this origin read, * for any; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--timeout", type=_read_positive, default=30.0, metavar="SECONDS",
        help="stop a query or update that takes longer (default: 30)",
    )  # fmt: skip
    parser.add_argument(
        "--memory", type=_read_size, default=1024, metavar="MB",
        help="stop one that takes more memory (default: 1024)",
    )  # fmt: skip
    parser.add_argument(
        "--workers", type=_read_size, default=4, metavar="N",
        help="how many run at once (default: 4)",
    )  # fmt: skip
    parser.add_argument(
        "--grace", type=_read_seconds, default=10.0, metavar="SECONDS",
        help="let requests finish this long when told to stop (default: 10)",
    )  # fmt: skip
    parser.add_argument(
        "--access-log", default="-", metavar="FILE",
        help="lines of JSON, - for standard error (the default), or off",
    )  # fmt: skip


def serve(arguments: argparse.Namespace) -> int:
    """Serve the graph over HTTP: SPARQL, the graph store protocol, linked data."""
    import asyncio

    from kg.server.logs import open_log

    settings = _decide(arguments)
    with open_log(arguments.access_log) as record:
        asyncio.run(_serve(arguments, settings, record))
    return _DONE


def _decide(arguments: argparse.Namespace) -> Settings:
    from kg.server.settings import Settings, choose_hosts, read_token

    if arguments.writable and arguments.token_file is None:
        raise ConcordError("--writable needs --token-file FILE with a token that only you can read")
    if arguments.token_file is not None and not arguments.writable:
        raise ConcordError("--token-file has no use without --writable: leave one out or add both")
    if arguments.allow_fetch and not arguments.writable:
        raise ConcordError("--allow-fetch has no use without --writable: leave it out or add both")
    if arguments.fetch_host and not arguments.allow_fetch:
        raise ConcordError("--fetch-host has no use without --allow-fetch: leave it out or add it")
    return Settings(
        base_url=arguments.base_url,
        hosts=choose_hosts(arguments.host, arguments.base_url, tuple(arguments.allow_host)),
        origins=tuple(arguments.cors),
        token=read_token(arguments.token_file) if arguments.writable else None,
        fetches=arguments.allow_fetch,
        fetch_hosts=tuple(arguments.fetch_host),
        grace=arguments.grace,
    )


async def _serve(arguments: argparse.Namespace, settings: Settings, record: Record) -> None:
    from kg.sandbox import Limits
    from kg.server.engine import open_engine
    from kg.server.running import serve_engine

    engine = await open_engine(
        arguments.graph,
        writable=arguments.writable,
        limits=Limits(seconds=arguments.timeout, memory=arguments.memory * _MEBIBYTE),
        workers=arguments.workers,
        allowed_services=tuple(arguments.allow_service),
    )

    def tell(url: str) -> None:
        kind = "writable" if arguments.writable else "read-only"
        sys.stdout.write(f"serving {arguments.graph} ({kind}) at {url}/\n")
        sys.stdout.flush()

    await serve_engine(engine, settings, record, (arguments.host, arguments.port), tell)


# ---------------------------------------------------------------------------------- arguments


def _read_port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port: give a number from 0 to 65535")
    return int(text)


def _read_size(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 1 << 20:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 to {1 << 20}")
    return int(text)


def _read_positive(text: str) -> float:
    seconds = _read_seconds(text)
    if seconds == 0:
        raise argparse.ArgumentTypeError("0 is no time at all: give some seconds")
    return seconds


def _read_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 86400 seconds")
    return seconds


def _read_base_url(text: str) -> str:
    from kg.server.settings import check_base_url

    try:
        return check_base_url(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _read_origin(text: str) -> str:
    from kg.server.settings import check_origin

    try:
        return check_origin(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
