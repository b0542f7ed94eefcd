"""A Socket.IO client on the real ASGI application: what it sends and hears are the frames of the wire."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from channels.testing import WebsocketCommunicator

from config.asgi import application

# For what happens at once on an idle machine; a busy one may take long.
PATIENCE_S = 15.0
ADDRESS = "192.0.2.1"
Json = dict[str, Any]


class Refused(Exception):
    """The server answered CONNECT with an error; `args[0]` is what it said."""


class Client:
    """One socket. `frames` has every packet that came, `events` every event as (name, arguments), in order."""

    def __init__(self, cookies: Mapping[str, str] | None = None, *, address: str = ADDRESS) -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
        headers = [(b"host", b"localhost"), *([(b"cookie", cookie.encode())] if cookie else [])]
        self._line = WebsocketCommunicator(application, "/socket.io/?EIO=4&transport=websocket", headers=headers)
        self._line.scope |= {"client": (address, 50000), "scheme": "ws"}
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._acks: dict[int, Any] = {}
        self._asked = 0
        self._read: dict[str, int] = {}
        self.connected: Json | None = None
        self.error: Json | None = None
        self.close_code: int | None = None
        self.handshake_headers: list[tuple[bytes, bytes]] = []
        self.frames: list[str] = []
        self.events: list[tuple[str, list[Any]]] = []

    async def connect(self, auth: Json | None = None) -> "Client":
        """Open the line and join the main namespace. Raises Refused."""
        await self._line.send_input({"type": "websocket.connect"})
        self._reader = asyncio.create_task(self._listen())
        await self.send_packet("40" + json.dumps(auth or {}))
        await self._until(lambda: self.connected or self.error)
        if self.error:
            raise Refused(self.error)
        return self

    @property
    def open_packet(self) -> Json:
        """What the server said at the handshake: its times and bounds."""
        opened: Json = json.loads(self.frames[0][1:])
        return opened

    async def send_packet(self, packet: str) -> None:
        await self._line.send_input({"type": "websocket.receive", "text": packet})

    async def send(self, event: str, *args: Any) -> None:
        """Emit without asking for an ack."""
        await self.send_packet("42" + json.dumps([event, *args]))

    async def ask(self, event: str, *args: Any) -> int:
        """Emit and ask for an ack, which `answer` waits for by the number returned here."""
        self._asked += 1
        await self.send_packet(f"42{self._asked}" + json.dumps([event, *args]))
        return self._asked

    async def answer(self, number: int) -> Any:
        return await self._until(lambda: self._acks.get(number))

    async def call(self, event: str, *args: Any) -> Any:
        """Emit and wait for the ack."""
        return await self.answer(await self.ask(event, *args))

    async def wait(self, event: str, until: Callable[[Any], bool] = lambda _: True) -> Any:
        """The first argument of the next event of this name that fits; None where it has no argument."""

        def find() -> list[Any] | None:
            while (seen := self._read.get(event, 0)) < len(self.heard(event)):
                self._read[event] = seen + 1
                if until(self.heard(event)[seen]):
                    return [self.heard(event)[seen]]
            return None

        return (await self._until(find, f"{event} never came"))[0]

    async def wait_for_frame(self, packet: str) -> None:
        """Wait for a packet that is no event, as it is on the wire."""
        await self._until(lambda: packet in self.frames or None, f"{packet} never came")

    def heard(self, event: str) -> list[Any]:
        """The first arguments of all events of this name so far."""
        return [args[0] if args else None for name, args in self.events if name == event]

    def forget(self) -> None:
        """Start afresh: what came so far is of no interest, but for the handshake."""
        del self.frames[1:]
        self.events.clear()
        self._read.clear()

    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    async def wait_closed(self) -> int:
        return await self._until(lambda: self.close_code, "the line was not closed")

    async def close(self) -> None:
        """Drop the line, as a closed laptop does."""
        if self.close_code is None and not self._line.future.done():
            await self._line.send_input({"type": "websocket.disconnect", "code": 1006})
        await self._line.wait(PATIENCE_S)
        if self._reader is not None:
            self._reader.cancel()

    async def _until(self, find: Callable[[], Any], what: str = "no answer") -> Any:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (found := find()) is None:
                    self._news.clear()
                    await self._news.wait()
                return found
        except TimeoutError:
            raise AssertionError(f"{what}; heard {self.names()}, closed {self.close_code}") from None

    async def _listen(self) -> None:
        while True:
            message = await self._line.output_queue.get()
            if message["type"] == "websocket.accept":
                self.handshake_headers = list(message.get("headers", []))
            elif message["type"] == "websocket.close":
                self.close_code = message.get("code", 1000)
            else:
                await self._take(message["text"])
            self._news.set()

    async def _take(self, packet: str) -> None:
        self.frames.append(packet)
        kind, number, body = re.fullmatch(r"(4[0-4]|\d)(\d*)(.*)", packet, re.DOTALL).groups()  # type: ignore[union-attr]
        if kind == "2":
            await self.send_packet("3")
        elif kind == "40":
            self.connected = json.loads(body)
        elif kind == "44":
            self.error = json.loads(body)
        elif kind == "42":
            name, *args = json.loads(body)
            self.events.append((name, args))
        elif kind == "43":
            (self._acks[int(number)],) = json.loads(body)
