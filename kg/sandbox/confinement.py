"""What a child process may take, and what it may not do."""

from __future__ import annotations

import ctypes
import faulthandler
import math
import os
import platform
import resource
import signal
import struct
import time
from dataclasses import dataclass
from pathlib import Path

_MEMORY = Path("/proc/self/statm")
_STORE_FILES = 4096
# seccomp(2): filters are programs of the classic Berkeley packet filter over seccomp_data.
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # the latter is EPERM
# The audit number of the machine, and its calls socket, socketpair, connect, execve, execveat,
# ptrace.
_CALLS = {
    "x86_64": (0xC000003E, (41, 53, 42, 59, 322, 101)),
    "aarch64": (0xC00000B7, (198, 199, 203, 221, 281, 117)),
}
_LIBRARY = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a piece of work may take: wall-clock seconds, bytes of memory, bytes of answer.

    `opens` lets it open files, and `writes` write them too, which a store on disk needs; the
    network stays closed.
    """

    seconds: float = 30.0
    memory: int = 2 << 30
    answer: int = 256 << 20
    opens: bool = False
    writes: bool = False


def confine(limits: Limits) -> None:
    """Limit this process, a fresh child, for good; `start_clock` limits its time."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _lower(resource.RLIMIT_CORE, 0)
    used = _read_memory()
    if used is not None:
        _lower(resource.RLIMIT_AS, used + limits.memory)
    closed = close_network()
    if not limits.writes:
        _lower(resource.RLIMIT_FSIZE, 0)
        # A store on disk opens its files as it needs them; where nothing else closes the network,
        # it has to do with those that are open.
        _lower(resource.RLIMIT_NOFILE, _STORE_FILES if limits.opens and closed else 0)


def start_clock(limits: Limits) -> None:
    """End this process once a piece of work has taken too long."""
    seconds = math.ceil(time.process_time() + limits.seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    # The soft limit alone, which can be raised for the next piece of work.
    resource.setrlimit(resource.RLIMIT_CPU, (_least(seconds, hard), hard))
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)


def stop_clock() -> None:
    """Let this process wait for its next piece of work."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def _lower(kind: int, most: int) -> None:
    """Set a limit for good, to no more than whoever started this process has allowed."""
    _, hard = resource.getrlimit(kind)
    least = _least(most, hard)
    resource.setrlimit(kind, (least, least))


def _least(wanted: int, hard: int) -> int:
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def _read_memory() -> int | None:
    """The bytes of address space in use, where the system tells."""
    try:
        return int(_MEMORY.read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return None


def close_network() -> bool:
    """Refuse this process sockets and other programs, where the kernel can; whether it could.

    Screening and the limit on open files hold without it: it is there for what they overlook.
    """
    known = _CALLS.get(platform.machine())
    if platform.system() != "Linux" or known is None:
        return False
    machine, calls = known
    size = len(calls)
    program = (
        _instruct(_LOAD, 4)
        + _instruct(_EQUAL, machine, otherwise=size + 1)
        + _instruct(_LOAD, 0)
        + b"".join(_instruct(_EQUAL, call, then=size - i) for i, call in enumerate(calls))
        + _instruct(_RETURN, _ALLOW)
        + _instruct(_RETURN, _REFUSE)
    )
    code = ctypes.create_string_buffer(program, len(program))
    described = _Program(len(program) // 8, ctypes.cast(code, ctypes.c_void_p))
    if _LIBRARY.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(_LIBRARY.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(described), 0, 0) == 0)


class _Program(ctypes.Structure):
    """The kernel's sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _instruct(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; `then` and `otherwise` are how many of the following to skip."""
    return struct.pack("HBBI", code, then, otherwise, value)
