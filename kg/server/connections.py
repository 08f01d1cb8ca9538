"""Connections that are ended where a client sends its request or reads its answer too slowly."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from kg.server.settings import Settings


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a time for the head of each request, and one for each pause in reading."""

    limits = Settings()
    _head: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            transport.abort()
        else:
            self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; what is part of a head has to be followed by the rest in time."""
        super().data_received(data)
        if self.transport.is_closing():
            self._abort_later()
        elif self.cycle is None or self.cycle.response_complete:
            # So has what is left of a body that nobody wanted.
            self._wait_for_head()
        elif self._head is not None:
            self._head.cancel()
            self._head = None

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that nothing has come on for a while."""
        super().timeout_keep_alive_handler()
        self._abort_later()

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self._abort_later()

    def resume_writing(self) -> None:
        """Go on, since the client has read."""
        super().resume_writing()
        if self._stall is not None and not self.transport.is_closing():
            self._stall.cancel()
            self._stall = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        super().connection_lost(exc)
        for timer in (self._head, self._stall):
            if timer is not None:
                timer.cancel()

    def _wait_for_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(self.limits.head_seconds, self._give_up)

    def _give_up(self) -> None:
        self.transport.close()
        self._abort_later()

    def _abort_later(self) -> None:
        # Closing waits for what is still to be sent, which a client can put off for ever.
        if self._stall is None:
            self._stall = self.loop.call_later(self.limits.stall_seconds, self.transport.abort)


def make_protocol(settings: Settings) -> type[asyncio.Protocol]:
    """The protocol of connections, with the limits of the settings."""

    class LimitedProtocol(PatientProtocol):
        limits = settings

    return LimitedProtocol
