"""The WebSocket transport: a new session, or the upgrade of one that began with polling."""

import asyncio
from collections import deque
from collections.abc import Callable

from .config import Headers, Message, Receive, Scope, Send
from .errors import MalformedPacket
from .frames import PROBE_ANSWER
from .http import BUSY, UNKNOWN_SESSION, Refusal, Request, refuse
from .lines import DirectLine, FramePipe, QueuedLine
from .reasons import FLOOD, LINE_LOST, MALFORMED, TOO_LARGE
from .registry import Registry
from .session import Session

PIPE_EXTENSION = "lectern.frames"


class WebSocketConnection:
    """One WebSocket, from its handshake to its end."""

    def __init__(self, registry: Registry, scope: Scope, receive: Receive, send: Send) -> None:
        self._registry = registry
        self._config = registry.config
        self._request = Request.from_scope(scope)
        self._receive = receive
        self._send = send
        self._session: Session | None = None

    async def run(self) -> None:
        await self._receive()  # websocket.connect
        session = self._registry.find(self._request.sid)
        refusal = self._refuse(session)
        if refusal is not None:
            await self._deny(refusal)
            return
        headers = [] if session else self._config.handshake_headers(self._request.scope)
        try:
            await self._send({"type": "websocket.accept", "headers": headers})
        except OSError:
            return
        await self._carry(session)

    def _refuse(self, session: Session | None) -> Refusal | None:
        refusal = refuse(self._request, self._config)
        if refusal is None and self._request.sid and session is None:
            return UNKNOWN_SESSION
        if refusal is None and session is None and self._registry.is_full():
            return BUSY
        return refusal

    async def _deny(self, refusal: Refusal) -> None:
        if "websocket.http.response" not in (self._request.scope.get("extensions") or {}):
            await self._send({"type": "websocket.close"})
            return
        headers: Headers = [(b"content-type", b"application/json")]
        await self._send({"type": "websocket.http.response.start", "status": refusal.status, "headers": headers})
        await self._send({"type": "websocket.http.response.body", "body": refusal.body})

    async def _carry(self, session: Session | None) -> None:
        pipe: FramePipe | None = (self._request.scope.get("extensions") or {}).get(PIPE_EXTENSION)
        if pipe is not None:
            pipe.limit(self._config.max_payload_bytes)
            await self._run_line(session, DirectLine(self._send, pipe))
            return
        line = QueuedLine(self._send)
        # One message of full size must pass whatever the bound of the queue.
        max_bytes = self._config.queue_max_bytes + self._config.max_payload_bytes
        reader = BoundedReader(self._receive, max_bytes, lambda: self._cut_off(line))
        self._receive = reader.receive
        try:
            await self._run_line(session, line)
        finally:
            reader.stop()

    def _cut_off(self, line: QueuedLine) -> None:
        if self._session is not None:
            self._session.close(FLOOD)
        line.close(FLOOD.code)

    async def _run_line(self, session: Session | None, line: DirectLine | QueuedLine) -> None:
        try:
            if session is None:
                self._session = self._registry.open_session(self._request.scope, line, upgrades=[])
            elif session.can_upgrade():
                self._session = await self._upgrade(session, line)
            if self._session is not None:
                await self._serve(self._session, line)
        finally:
            line.close(1000)
            await line.closed()

    # Upgrade

    async def _upgrade(self, session: Session, line: DirectLine | QueuedLine) -> Session | None:
        """The session if it now lives on this line; else it goes on with polling, unharmed."""
        session.start_upgrade(line)
        try:
            async with asyncio.timeout(self._config.upgrade_timeout_ms / 1000):
                if await self._next_packet(line) == "2probe":
                    line.write([PROBE_ANSWER])
                    session.probe()
                    if await self._next_packet(line) == "5":
                        session.finish_upgrade()
        except TimeoutError:
            pass
        finally:
            session.abandon_upgrade()
        return session if session.line is line else None

    async def _next_packet(self, line: DirectLine | QueuedLine) -> str | bytes | None:
        """None means that the peer is gone."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            line.gone = True
            return None
        text = message.get("text")
        return message["bytes"] if text is None else str(text)

    # An open session

    async def _serve(self, session: Session, line: DirectLine | QueuedLine) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    line.gone = True
                    # The server itself may have met a message beyond the limit.
                    return session.close(TOO_LARGE if message.get("code") == TOO_LARGE.code else LINE_LOST)
                await self._take(session, message, loop.time())
        except MalformedPacket:
            session.close(MALFORMED)
        finally:
            session.close(LINE_LOST)

    async def _take(self, session: Session, message: Message, received_at: float) -> None:
        text = message.get("text")
        packet: str | bytes = message["bytes"] if text is None else text
        if self._is_too_large(packet):
            session.close(TOO_LARGE)
        await session.take(packet, received_at)

    def _is_too_large(self, packet: str | bytes) -> bool:
        limit = self._config.max_payload_bytes
        if len(packet) > limit:
            return True
        # A character is at most four bytes, so nearly every text is known to fit without encoding it.
        return isinstance(packet, str) and len(packet) * 4 > limit and len(packet.encode()) > limit


class BoundedReader:
    """Reads ahead of a busy application, up to a bound.

    Where a server (daphne) queues what it reads without limit, not reading would only move the flood out of sight.
    """

    def __init__(self, receive: Receive, max_bytes: int, on_flood: Callable[[], None]) -> None:
        self._source = receive
        self._max_bytes = max_bytes
        self._on_flood = on_flood
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._read_all())

    async def receive(self) -> Message:
        while not self._messages:
            self._wake.clear()
            await self._wake.wait()
        message = self._messages.popleft()
        self._bytes -= _size(message)
        return message

    def stop(self) -> None:
        self._task.cancel()

    async def _read_all(self) -> None:
        flooded = False
        while True:
            message = await self._source()
            over = message["type"] == "websocket.disconnect"
            if over or not flooded:
                self._messages.append(message)
                self._bytes += _size(message)
                self._wake.set()
            if over:
                return
            if self._bytes > self._max_bytes and not flooded:
                flooded = True
                self._on_flood()


def _size(message: Message) -> int:
    # The constant stands for the message's own dict, so that empty messages count too.
    return 256 + len(message.get("text") or message.get("bytes") or b"")
