"""A light Socket.IO client that speaks the wire itself, over WebSocket or polling; hundreds fit into one process."""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

import aiohttp

from .ports import PATIENCE_S

Json = dict[str, Any]
SEPARATOR = "\x1e"


class Client:
    """One socket. Everything that arrives is kept in `events` as (monotonic seconds, name, first argument)."""

    def __init__(self, http: aiohttp.ClientSession, base: str, auth: Json | None, headers: dict[str, str]) -> None:
        self.http, self.base, self.auth, self.headers = http, base, auth or {}, headers
        self.events: list[tuple[float, str, Any]] = []
        self.lost = asyncio.Event()
        self.close_code: int | None = None
        self.token = self.seat = ""
        self._waiting: list[tuple[Callable[[str, Any], bool], asyncio.Future[Any]]] = []
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count()
        self._reader: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await self.open()
        connected = self._wait(lambda name, _: name == "connected")
        self._reader = asyncio.create_task(self._read())
        await self.send("40" + json.dumps(self.auth))
        await asyncio.wait_for(connected, PATIENCE_S)

    async def open(self) -> None:
        raise NotImplementedError

    async def send(self, packet: str) -> None:
        raise NotImplementedError

    async def receive(self) -> list[str]:
        """The next packets; none at all when the line is gone."""
        raise NotImplementedError

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def emit(self, event: str, *args: Any) -> None:
        await self.send("42" + json.dumps([event, *args]))

    async def call(self, event: str, *args: Any, patience_s: float = PATIENCE_S) -> Json:
        """Emit and wait for the ack."""
        number = next(self._numbers)
        answer = self._acks[number] = asyncio.get_running_loop().create_future()
        await self.send(f"42{number}" + json.dumps([event, *args]))
        return dict(await asyncio.wait_for(answer, patience_s))

    async def until(
        self,
        event: str,
        where: Callable[[Any], bool] = lambda _: True,
        *,
        after: int = 0,
        patience_s: float = PATIENCE_S,
    ) -> Any:
        """The first such event among `events[after:]`, or the next one to come."""
        for _, name, argument in self.events[after:]:
            if name == event and where(argument):
                return argument
        return await asyncio.wait_for(self._wait(lambda name, value: name == event and where(value)), patience_s)

    def of(self, event: str) -> list[Any]:
        return [argument for _, name, argument in self.events if name == event]

    def times_of(self, event: str) -> list[float]:
        return [at for at, name, _ in self.events if name == event]

    def _wait(self, fits: Callable[[str, Any], bool]) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((fits, future))
        return future

    async def _read(self) -> None:
        while packets := await self.receive():
            for packet in packets:
                await self._take(packet)
        self.lost.set()
        self._arrived("lost", None)
        for answer in self._acks.values():
            answer.cancel()

    async def _take(self, packet: str) -> None:
        if packet == "2":
            await self.send("3")
        elif packet.startswith("40"):
            self._arrived("connected", None)
        elif packet.startswith("41"):
            self._arrived("disconnected", None)
        elif packet.startswith("42"):
            name, *args = json.loads(packet[2:])
            self._arrived(name, args[0] if args else None)
        elif packet.startswith("43"):
            number, _, body = packet[2:].partition("[")
            answer = self._acks.pop(int(number))
            if not answer.done():
                answer.set_result(json.loads("[" + body)[0])

    def _arrived(self, name: str, argument: Any) -> None:
        self.events.append((time.monotonic(), name, argument))
        for waiting in list(self._waiting):
            fits, future = waiting
            if future.done() or fits(name, argument):
                self._waiting.remove(waiting)
                if not future.done():
                    future.set_result(argument)


class WebSocketClient(Client):
    async def open(self) -> None:
        url = f"{self.base}/socket.io/?EIO=4&transport=websocket"
        self.line = await self.http.ws_connect(url, headers=self.headers, max_msg_size=0)
        assert str(await self.line.receive_str())[0] == "0"

    async def send(self, packet: str) -> None:
        with contextlib.suppress(ConnectionError):  # the reader sees it too, and says so
            await self.line.send_str(packet)

    async def receive(self) -> list[str]:
        message = await self.line.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return [message.data]
        self.close_code = self.line.close_code
        return []

    async def close(self) -> None:
        await super().close()
        await self.line.close()


class PollingClient(Client):
    async def open(self) -> None:
        self.url = f"{self.base}/socket.io/?EIO=4&transport=polling"
        async with self.http.get(self.url, headers=self.headers) as response:
            self.url += "&sid=" + json.loads((await response.text())[1:])["sid"]

    async def send(self, packet: str) -> None:
        with contextlib.suppress(aiohttp.ClientError):
            async with self.http.post(self.url, data=packet.encode(), headers=self.headers) as response:
                await response.read()

    async def receive(self) -> list[str]:
        try:
            async with self.http.get(self.url, headers=self.headers) as response:
                body = await response.text()
        except aiohttp.ClientError:
            return []
        return [] if response.status != 200 or body == "1" else body.split(SEPARATOR)


class Phones:
    """All clients of a test, from one address; without cookies, so that only tokens prove anything."""

    def __init__(self, *, address: str = "127.0.0.1") -> None:
        self._address = address
        self._clients: list[Client] = []

    async def __aenter__(self) -> "Phones":
        connector = aiohttp.TCPConnector(limit=0, local_addr=(self._address, 0), force_close=True)
        self.http = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(client.close() for client in self._clients))
        await self.http.close()

    async def open(
        self, base: str, *, auth: Json | None = None, polling: bool = False, headers: dict[str, str] | None = None
    ) -> Client:
        make = PollingClient if polling else WebSocketClient
        client = make(self.http, base, auth, headers or {})
        self._clients.append(client)
        await client.connect()
        return client
