"""uvicorn's WebSocket protocol with a direct way out for finished frames, and a server that says goodbye.

Run with `--ws config.uvicorn_protocol:FrameProtocol`. Written against `WebSocketsSansIOProtocol` of uvicorn 0.54.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from socket import socket
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "lectern.frames"


class FramePipe:
    """The ASGI extension `lectern.frames`: encoded WebSocket frames go to the asyncio transport as they are.

    That is sound because the protocol writes its own frames (pong, close) whole and at once, so that ours always fall
    between frames; because frames without compression are valid on any connection; and because nothing is written
    before the handshake or after a close.
    """

    __slots__ = ("_protocol",)

    def __init__(self, protocol: "FrameProtocol") -> None:
        self._protocol = protocol

    def write(self, frames: bytes) -> None:
        protocol = self._protocol
        if protocol.handshake_complete and not protocol.close_sent and not protocol.transport.is_closing():
            protocol.transport.write(frames)

    def buffered(self) -> int:
        return self._protocol.transport.get_write_buffer_size()

    def limit(self, max_bytes: int) -> None:
        """Refuse larger messages with 1009 before they are assembled."""
        self._protocol.conn.max_message_size = max_bytes

    def abort(self) -> None:
        self._protocol.transport.abort()


class FrameProtocol(WebSocketsSansIOProtocol):
    """Without compression and without WebSocket pings: Engine.IO has a heartbeat of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # With permessage-deflate every broadcast would be compressed once per recipient.
        self.conn.available_extensions = []
        self.ping_interval = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        # The application's task was made just now and has not run yet, so it will see the extension.
        if self.response.status_code == 101:
            extensions: dict[str, Any] = self.scope.setdefault("extensions", {})
            extensions[EXTENSION] = FramePipe(self)


class Server(uvicorn.Server):
    """Runs `before_shutdown` while connections still stand; the lifespan event comes after they are cut."""

    def __init__(self, config: uvicorn.Config, before_shutdown: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._before_shutdown = before_shutdown

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do not raise an obeyed signal again, as uvicorn does: the caller has more to stop, and exits well."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._before_shutdown()
        await super().shutdown(sockets)
