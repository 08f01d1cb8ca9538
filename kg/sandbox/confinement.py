"""What a child process may take, and what it may not do."""

from __future__ import annotations

import ctypes
import faulthandler
import math
import os
import platform
import signal
import struct
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a piece of work may take: wall-clock seconds, bytes of memory, bytes of answer.

    `files` lets it open files, which work that writes the store needs; the network stays closed.
    """

    seconds: float = 30.0
    memory: int = 2 << 30
    answer: int = 256 << 20
    files: bool = False


def confine(limits: Limits) -> None:
    """Limit this process, a fresh child, for the rest of its life."""
    import resource

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    seconds = math.ceil(limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    size = Path("/proc/self/statm")
    if size.exists():
        used = int(size.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + limits.memory,) * 2)
    close_network()
    if not limits.files:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


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
    library = ctypes.CDLL(None)
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(library.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(described), 0, 0) == 0)


class _Program(ctypes.Structure):
    """The kernel's sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _instruct(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; `then` and `otherwise` are how many of the following to skip."""
    return struct.pack("HBBI", code, then, otherwise, value)
