"""Fixtures that several test modules need."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data (gold annotations, gazetteer sources, treebanks, suites)."""
    place = Path(os.environ.get("KG_SHARED", ROOT.parent / "shared"))
    if not place.is_dir():
        pytest.skip(f"no shared data at {place}: set KG_SHARED to the folder that holds it")
    return place


@pytest.fixture(scope="session")
def sample() -> Path:
    """The sample article."""
    return ROOT / "examples" / "us-japan-alliance.txt"


@pytest.fixture(autouse=True, scope="session")
def _block_network():
    """Let sockets reach the loopback interface only."""
    connect = socket.socket.connect

    def guarded(self, address):
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in {"localhost", "127.0.0.1", "::1"}:
            raise OSError(f"tests must not reach {host}")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect
