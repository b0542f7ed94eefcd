"""One Engine.IO session, which outlives every request and WebSocket that carries it."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from .config import EngineConfig, Scope
from .errors import MalformedPacket
from .frames import NOOP, PING, Frame
from .lines import HOLD_S, Line, PollingLine
from .reasons import PEER_CLOSED, PING_TIMEOUT, TOO_SLOW, Reason

# Beyond this a session does not wait for the end of the tick: the peer may as well start reading.
FLUSH_BYTES = 65_536


class Listener(Protocol):
    """The layer above a session."""

    def received(self, data: str | bytes, received_at: float) -> None:
        """A message came; raises MalformedPacket."""

    def wait_for_room(self) -> Awaitable[None] | None:
        """What the reader must wait for before it may deliver more, if anything."""

    def closed(self, reason: Reason) -> None:
        """The session is over; called once."""


class Host(Protocol):
    """What a session needs of its server."""

    config: EngineConfig

    def flush_later(self, session: "Session") -> None: ...
    def forget(self, session: "Session") -> None: ...


class Session:
    """Heartbeat, outgoing frames and upgrade state; synchronous, so that no two changes interleave."""

    listener: Listener

    def __init__(self, sid: str, scope: Scope, line: Line, host: Host) -> None:
        self.sid = sid
        self.scope = scope
        self.line = line
        self.candidate: Line | None = None
        self.closed = False
        self.posting = False
        self._host = host
        self._config = host.config
        self._loop = asyncio.get_running_loop()
        self._outbox: list[Frame] = []
        self._outbox_bytes = 0
        self._dirty = False
        self._reading_paused = False
        self._ping_pending = False
        self._probed = False
        self._heartbeat = self._loop.call_later(self._config.ping_interval_ms / 1000, self._ping)

    # Outgoing

    def send(self, frame: Frame) -> None:
        """Queue a frame; all frames of one tick leave together."""
        if self.closed:
            return
        self._outbox.append(frame)
        self._outbox_bytes += frame.size
        if self._outbox_bytes > FLUSH_BYTES:
            self.flush()
        elif not self._dirty:
            self._dirty = True
            self._host.flush_later(self)

    def flush(self) -> None:
        self._dirty = False
        if self.closed:
            return
        if self._outbox and self.line.writable:
            self.line.write(self._take_out())
        if self._outbox_bytes + self.line.held_bytes() > self._config.queue_max_bytes:
            self.close(TOO_SLOW)

    def _take_out(self) -> list[Frame]:
        limit = self.line.max_frames
        if limit is None or len(self._outbox) <= limit:
            frames, self._outbox, self._outbox_bytes = self._outbox, [], 0
            return frames
        frames, self._outbox = self._outbox[:limit], self._outbox[limit:]
        self._outbox_bytes -= sum([frame.size for frame in frames])
        return frames

    def close(self, reason: Reason) -> None:
        if self.closed:
            return
        if reason is not TOO_SLOW:
            self.flush()
        # The flush may have found the peer too slow, which is a close of its own.
        if not self.closed:
            self.closed = True
            self._end(reason)

    def _end(self, reason: Reason) -> None:
        self._heartbeat.cancel()
        self._outbox.clear()
        self._close_lines(reason)
        self._host.forget(self)
        self.listener.closed(reason)

    def _close_lines(self, reason: Reason) -> None:
        if self.candidate is not None:
            self.candidate.close(reason.code)
        if reason is TOO_SLOW:
            self.line.abort()
        elif reason is PEER_CLOSED and isinstance(self.line, PollingLine):
            self.line.answer(NOOP.text)
        self.line.close(reason.code)

    # Incoming

    async def take(self, packet: str | bytes, received_at: float) -> None:
        """Handle a packet, then wait until the application can take another; raises MalformedPacket."""
        self.receive(packet, received_at)
        room = self.listener.wait_for_room()
        if room is None:
            return
        self._reading_paused = True
        try:
            await room
        finally:
            self._reading_paused = False

    def receive(self, packet: str | bytes, received_at: float) -> None:
        if self.closed:
            return
        if isinstance(packet, bytes):
            self.listener.received(packet, received_at)
        elif packet[:1] == "4":
            self.listener.received(packet[1:], received_at)
        elif packet == "3":
            self._pong()
        elif packet == "1":
            self.close(PEER_CLOSED)
        elif packet != "6":
            raise MalformedPacket("not a packet that a client may send here")

    # Heartbeat

    def _ping(self) -> None:
        self._ping_pending = True
        # Armed relative to the moment the ping was due, not to when a busy loop got to it.
        due = self._heartbeat.when() + self._config.ping_timeout_ms / 1000
        self._heartbeat = self._loop.call_at(due, self._expire)
        self.send(PING)

    def _pong(self) -> None:
        self.line.peer_read()
        if self._ping_pending:
            self._ping_pending = False
            self._heartbeat.cancel()
            self._heartbeat = self._loop.call_later(self._config.ping_interval_ms / 1000, self._ping)

    def _expire(self) -> None:
        if self._reading_paused:
            # The pong may be waiting behind what we did not read yet.
            self._heartbeat = self._loop.call_later(self._config.ping_timeout_ms / 1000, self._expire)
        else:
            self.close(PING_TIMEOUT)

    # Upgrade from polling to WebSocket

    def can_upgrade(self) -> bool:
        return not self.closed and self.candidate is None and isinstance(self.line, PollingLine)

    def start_upgrade(self, candidate: Line) -> None:
        self.candidate = candidate
        self._probed = False

    def probe(self) -> None:
        """The peer now ends its polling, so the poll it may have pending must come back."""
        self._probed = True
        if isinstance(self.line, PollingLine) and not self.line.is_poll_held():
            self.line.answer(NOOP.text)

    def abandon_upgrade(self) -> None:
        self.candidate = None

    def finish_upgrade(self) -> None:
        if self.closed or self.candidate is None or not isinstance(self.line, PollingLine):
            return
        self.line.finish_upgrade()
        self.line, self.candidate = self.candidate, None
        self.flush()

    def open_poll(self, line: PollingLine) -> "asyncio.Future[str | None]":
        """A poll that meets an upgrade is held: it may be older than the probe or younger than the upgrade."""
        poll = line.open_poll()
        self.flush()
        if self.candidate is not None and not poll.done():
            line.hold_poll()
            self._loop.call_later(HOLD_S, self._release_poll)
        return poll

    def _release_poll(self) -> None:
        if self.candidate is not None and self._probed and isinstance(self.line, PollingLine):
            self.line.answer(NOOP.text)
