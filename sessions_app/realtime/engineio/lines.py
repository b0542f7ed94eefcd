"""The ways in which frames leave a session: a pending poll, a WebSocket, or an ASGI server's own send."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from .config import Send
from .frames import CLOSE, NOOP, PING, Frame, encode_payload

# A poll that comes while an upgrade is under way waits this long for the upgrade's outcome.
HOLD_S = 0.1
# python-socketio's client takes a payload of more packets for an attack, and gives up.
POLL_PACKETS = 16
# A peer that does not take part in the closing handshake is cut off.
CLOSE_TIMEOUT_S = 5.0
# Without sight of the server's buffers, so many bytes may be on their way before the peer must show that it reads.
WINDOW_BYTES = 262_144


class Line(Protocol):
    """Where a session's frames go. Everything here is called in the event loop and returns at once."""

    # How many frames one write may carry; None for any number.
    max_frames: int | None

    @property
    def writable(self) -> bool: ...
    def write(self, frames: Sequence[Frame]) -> None: ...
    def held_bytes(self) -> int:
        """What the peer has not taken yet."""

    def peer_read(self) -> None:
        """The peer answered a ping, so it has read everything before it."""

    def close(self, code: int) -> None: ...
    def abort(self) -> None:
        """End without waiting for a peer that does not read."""


class PollingLine:
    """At most one pending poll, answered by whatever comes first; None answers it with a refusal."""

    max_frames: int | None = POLL_PACKETS

    def __init__(self) -> None:
        self._poll: asyncio.Future[str | None] | None = None
        self._held_until = 0.0

    @property
    def writable(self) -> bool:
        return self._poll is not None and not self._poll.done()

    def open_poll(self) -> "asyncio.Future[str | None]":
        self._held_until = 0.0
        self._poll = asyncio.get_running_loop().create_future()
        return self._poll

    def hold_poll(self) -> None:
        self._held_until = asyncio.get_running_loop().time() + HOLD_S

    def is_poll_held(self) -> bool:
        return asyncio.get_running_loop().time() < self._held_until

    def answer(self, payload: str | None) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(payload)

    def write(self, frames: Sequence[Frame]) -> None:
        self.answer(encode_payload(frames))

    def held_bytes(self) -> int:
        return 0

    def peer_read(self) -> None:
        pass

    def finish_upgrade(self) -> None:
        """A poll sent before the upgrade ends cleanly; one sent after it is a mistake of the peer."""
        self.answer(None if self.is_poll_held() else NOOP.text)

    def close(self, code: int) -> None:
        self.answer(CLOSE.text)

    def abort(self) -> None:
        self.answer(None)


class FramePipe(Protocol):
    """The ASGI extension `lectern.frames`: straight to the network, see `config/uvicorn_protocol.py`."""

    def write(self, frames: bytes) -> None: ...
    def buffered(self) -> int: ...
    def limit(self, max_bytes: int) -> None: ...
    def abort(self) -> None: ...


class _WebSocketLine:
    """What both WebSocket lines share: one closing handshake, started at most once."""

    max_frames: int | None = None

    def __init__(self, send: Send) -> None:
        self._send = send
        self._closing: asyncio.Task[None] | None = None
        self.gone = False

    @property
    def writable(self) -> bool:
        return True

    def close(self, code: int) -> None:
        if self._closing is None and not self.gone:
            self._closing = asyncio.get_running_loop().create_task(self._close(code))

    async def closed(self) -> None:
        """Wait until a close that was asked for has left."""
        if self._closing is not None:
            await self._closing

    async def _close(self, code: int) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._drain()
                await self._send({"type": "websocket.close", "code": code})
        except TimeoutError:
            self._cut()
        except (OSError, RuntimeError):
            # The peer was faster: servers answer a close after the close with one or the other.
            self.gone = True

    async def _drain(self) -> None:
        pass

    def _cut(self) -> None:
        pass


class DirectLine(_WebSocketLine):
    """A WebSocket whose server lets us write finished frames: one system call for all frames of a tick."""

    def __init__(self, send: Send, pipe: FramePipe) -> None:
        super().__init__(send)
        self._pipe = pipe

    def write(self, frames: Sequence[Frame]) -> None:
        if len(frames) == 1:
            self._pipe.write(frames[0].ws_bytes)
        else:
            self._pipe.write(b"".join([frame.ws_bytes for frame in frames]))

    def held_bytes(self) -> int:
        return self._pipe.buffered()

    def peer_read(self) -> None:
        pass

    def close(self, code: int) -> None:
        super().close(code)
        if self._pipe.buffered():
            # A half-dead peer would keep the rest of its buffer here for as long as TCP tries.
            asyncio.get_running_loop().call_later(2 * CLOSE_TIMEOUT_S, self._pipe.abort)

    def abort(self) -> None:
        self.gone = True
        self._pipe.abort()

    def _cut(self) -> None:
        self._pipe.abort()


class QueuedLine(_WebSocketLine):
    """A WebSocket behind an ordinary ASGI `send`, fed by one writer task.

    Daphne's `send` never waits, whatever piles up behind it. So after every window of bytes the writer asks for a
    pong and waits for it: what a peer does not read stays here, where the session counts it.
    """

    def __init__(self, send: Send) -> None:
        super().__init__(send)
        self._queue: deque[Frame] = deque()
        self._queued_bytes = 0
        self._window_bytes = WINDOW_BYTES
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._writer = asyncio.get_running_loop().create_task(self._write_all())

    def write(self, frames: Sequence[Frame]) -> None:
        self._queue.extend(frames)
        self._queued_bytes += sum([frame.size for frame in frames])
        self._idle.clear()
        self._wake.set()

    def held_bytes(self) -> int:
        return self._queued_bytes

    def peer_read(self) -> None:
        self._window_bytes = WINDOW_BYTES
        self._wake.set()

    def abort(self) -> None:
        self._queue.clear()
        self._writer.cancel()
        self._idle.set()
        self.close(1008)

    def close(self, code: int) -> None:
        # Daphne lets an application choose among 1000 and the private codes only: 1003 becomes 4003.
        super().close(code if code == 1000 else code + 3000)

    async def closed(self) -> None:
        try:
            await super().closed()
        finally:
            self._writer.cancel()

    async def _drain(self) -> None:
        await self._idle.wait()

    async def _write_all(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._write_window()
        except OSError:
            self.gone = True
        finally:
            self._idle.set()

    async def _write_window(self) -> None:
        while self._queue and self._window_bytes > 0:
            frame = self._queue.popleft()
            self._queued_bytes -= frame.size
            self._window_bytes -= frame.size
            await self._send_frame(frame)
            if self._window_bytes <= 0:
                await self._send_frame(PING)
        if not self._queue:
            self._idle.set()

    async def _send_frame(self, frame: Frame) -> None:
        key = "text" if isinstance(frame.packet, str) else "bytes"
        await self._send({"type": "websocket.send", key: frame.packet})
