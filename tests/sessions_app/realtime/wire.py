"""A client for tests that speaks the wire itself: what it sends and expects is spelled out in the tests."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parents[3]
# For what happens at once on an idle machine; a busy one may take long.
PATIENCE_S = 15.0


@dataclass
class Live:
    """A running server process."""

    kind: str
    process: "subprocess.Popen[str]"
    port: int
    errors: str = field(default="")

    def stop(self) -> dict[str, int]:
        """Ask the server to end as a supervisor would; its last words are its counters."""
        self.process.send_signal(signal.SIGTERM)
        output, self.errors = self.process.communicate(timeout=PATIENCE_S)
        return dict(json.loads(output))


@contextlib.contextmanager
def start_live(kind: str) -> Iterator[Live]:
    command = [sys.executable, "-m", "tests.sessions_app.realtime.live", kind]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        live = Live(kind, process, int(process.stdout.readline()))
        try:
            yield live
        finally:
            if process.poll() is None:
                live.stop()
    assert "Traceback" not in live.errors.replace("consumer of / failed\nTraceback", ""), live.errors


class Peer:
    """Requests and WebSockets to one live server."""

    def __init__(self, http: aiohttp.ClientSession, live: Live) -> None:
        self.http = http
        self.live = live
        self.base = f"http://127.0.0.1:{live.port}"

    def close_codes(self, code: int) -> tuple[int, ...]:
        """The codes with which this server may say `code`: the standard ones, except 1000, are not open to all."""
        return (code,) if self.live.kind == "uvicorn" else (code, code + 3000)

    def url(self, path: str, transport: str = "polling", sid: str = "") -> str:
        return f"{self.base}{path}?EIO=4&transport={transport}" + (f"&sid={sid}" if sid else "")

    async def get(self, url: str, **options: Any) -> tuple[int, str]:
        async with self.http.get(url, **options) as response:
            return response.status, await response.text()

    async def post(self, url: str, body: str | bytes, **options: Any) -> tuple[int, str]:
        async with self.http.post(url, data=body, **options) as response:
            return response.status, await response.text()

    async def open_polling(self, path: str) -> str:
        """The URL of a new session."""
        status, body = await self.get(self.url(path))
        assert (status, body[0]) == (200, "0")
        return self.url(path, sid=json.loads(body[1:])["sid"])

    @contextlib.asynccontextmanager
    async def websocket(self, url: str, **options: Any) -> "AsyncIterator[Line]":
        async with self.http.ws_connect(url, max_msg_size=0, **options) as socket:
            yield Line(socket)

    @contextlib.asynccontextmanager
    async def engine(self, path: str, **options: Any) -> "AsyncIterator[Line]":
        """A WebSocket session after its handshake."""
        async with self.websocket(self.url(path, "websocket"), **options) as line:
            assert str(await line.next_message())[0] == "0"
            yield line

    @contextlib.asynccontextmanager
    async def connected(self, path: str, auth: dict[str, Any] | None = None) -> "AsyncIterator[Line]":
        """A client in the main namespace, after CONNECT and the `auth` event."""
        async with self.engine(path) as line:
            await line.send("40" + json.dumps(auth or {}))
            line.handshake = json.loads(str(await line.next_packet())[2:])
            assert str(await line.next_packet()).startswith('42["auth",')
            yield line

    async def counters(self) -> dict[str, int]:
        return dict(json.loads((await self.get(f"{self.base}/counters"))[1]))

    async def wait_for(self, condition: Callable[[dict[str, int]], bool]) -> dict[str, int]:
        """Counters once they fit."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition(counters := await self.counters()):
                await asyncio.sleep(0.02)
        return counters


class Line:
    """A WebSocket from which messages are read one by one; None is its end."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.handshake: dict[str, Any] = {}
        self.close_code: int | None = None

    async def send(self, *packets: str | bytes) -> None:
        for packet in packets:
            if isinstance(packet, str):
                await self.socket.send_str(packet)
            else:
                await self.socket.send_bytes(packet)

    async def next_message(self) -> str | bytes | None:
        message = await self.socket.receive(PATIENCE_S)
        if message.type is aiohttp.WSMsgType.CLOSE:
            self.close_code = message.data
        return message.data if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY) else None

    async def next_packet(self) -> str | bytes | None:
        """The next message that is not a ping; pings are answered as a client does."""
        while (message := await self.next_message()) == "2":
            await self.send("3")
        return message

    async def next_packets(self, count: int) -> list[str | bytes | None]:
        return [await self.next_packet() for _ in range(count)]

    async def wait_closed(self) -> int | None:
        """The close code, whatever came before it."""
        while await self.next_message() is not None:
            pass
        return self.close_code
