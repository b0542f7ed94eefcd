"""A minimal Socket.IO client over a raw WebSocket, light enough to be run a thousand times in one process.

It speaks Engine.IO 4 and Socket.IO 5 text packets on the WebSocket transport only, answers pings, and leaves everything
else to a subclass. Its frames carry the mask key 0: legal on the wire, free for the generator, and the server unmasks
them as it does any other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

Ack = Callable[[list[Any]], None]
C = TypeVar("C", bound="Client")

_OPEN, _PING, _PONG, _CONNECT, _CONNECTED = b"0", b"2", b"3", b"40", b"40"
_TEXT, _BINARY, _CLOSE, _WS_PING, _WS_PONG = 0x81, 0x82, 0x88, 0x89, 0x8A


def request_bytes(host: str, port: int) -> bytes:
    """The WebSocket handshake of a Socket.IO client that asks for no compression."""
    return (
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def frame(payload: bytes, opcode: int = _TEXT) -> bytes:
    """One masked client frame (mask key 0)."""
    size = len(payload)
    if size < 126:
        return bytes((opcode, 0x80 | size, 0, 0, 0, 0)) + payload
    if size < 65536:
        return bytes((opcode, 0xFE)) + size.to_bytes(2, "big") + b"\0\0\0\0" + payload
    return bytes((opcode, 0xFF)) + size.to_bytes(8, "big") + b"\0\0\0\0" + payload


def arguments(packet: bytes) -> list[Any]:
    """What an event (`42[…]`) or an acknowledgement (`4312[…]`) carries."""
    parsed = json.loads(packet[packet.index(b"[") :])
    return parsed if isinstance(parsed, list) else []


class Client(asyncio.Protocol):
    """One connection; `event` is called with each raw event packet, and is what a scenario overrides."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._rest = b""
        self._upgraded = False
        self._acks: dict[int, Ack] = {}
        self._next_ack = 0
        self.connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None
        self.frames = 0
        self.bytes_in = 0
        self.lost: str | None = None
        self.closing = False

    def event(self, packet: bytes) -> None:
        """An event arrived; the packet starts with `42[`."""

    def send(self, payload: bytes) -> None:
        if self.transport is not None:
            self.transport.write(frame(payload))

    def emit(self, name: str, *args: Any, ack: Ack | None = None) -> None:
        number = ""
        if ack is not None:
            number = str(self._next_ack)
            self._acks[self._next_ack] = ack
            self._next_ack += 1
        self.send(f"42{number}{json.dumps([name, *args], separators=(',', ':'))}".encode())

    async def call(self, name: str, *args: Any, timeout: float = 30.0) -> Any:
        """Emit, and wait for the first argument of the acknowledgement."""
        answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self.emit(name, *args, ack=lambda values: None if answer.done() else answer.set_result(values))
        values = await asyncio.wait_for(answer, timeout)
        return values[0] if values else None

    def close(self) -> None:
        self.closing = True
        if self.transport is not None:
            self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._fail(f"connection lost: {exc or 'closed by the server'}")

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at, total = 0, len(data)
        if not self._upgraded:
            at = data.find(b"\r\n\r\n") + 4
            if at < 4:
                self._rest = data
                return
            self._upgraded = True
            if not data.startswith(b"HTTP/1.1 101"):
                self._fail(f"handshake refused: {data[:60]!r}")
        while at + 2 <= total:
            size, start = data[at + 1], at + 2
            if size >= 126:
                start = at + (4 if size == 126 else 10)
                if start > total:
                    break
                size = int.from_bytes(data[at + 2 : start], "big")
            end = start + size
            if end > total:
                break
            self.frames += 1
            self.bytes_in += end - at
            self._frame(data[at], data[start:end])
            at = end
        self._rest = data[at:]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == _TEXT:
            if payload.startswith(b"42"):
                self.event(payload)
            else:
                self._control(payload)
        elif opcode == _WS_PING:
            if self.transport is not None:
                self.transport.write(frame(payload, _WS_PONG))
        elif opcode == _CLOSE:
            self._fail(f"closed by the server, code {int.from_bytes(payload[:2], 'big')}")
        elif opcode != _WS_PONG:
            self._fail(f"unexpected frame, opcode byte {opcode:#x}")

    def _control(self, packet: bytes) -> None:
        if packet == _PING:
            self.send(_PONG)
        elif packet.startswith(b"43"):
            digits = packet[2 : packet.index(b"[")]
            waiting = self._acks.pop(int(digits), None)
            if waiting is not None:
                waiting(arguments(packet))
        elif packet.startswith(_CONNECTED):
            if not self.connected.done():
                self.connected.set_result(None)
        elif packet.startswith(_OPEN):
            self.send(_CONNECT)
        elif packet != b"6":
            self._fail(f"unexpected packet {packet[:60]!r}")

    def _fail(self, reason: str) -> None:
        if self.closing or self.lost is not None:
            return
        self.lost = reason
        if not self.connected.done():
            self.connected.set_exception(ConnectionError(reason))


async def connect(make: Callable[[], C], host: str, port: int, timeout: float = 30.0) -> C:
    """Open a connection and wait until the default namespace has answered."""
    _, client = await asyncio.get_running_loop().create_connection(make, host, port)
    await asyncio.wait_for(client.connected, timeout)
    return client


async def connect_all(make: Callable[[], C], count: int, host: str, port: int, batch: int = 20) -> list[C]:
    """Open many connections, a batch at a time, in the order in which they are returned."""
    clients: list[C] = []
    while len(clients) < count:
        step = min(batch, count - len(clients))
        clients += await asyncio.gather(*(connect(make, host, port) for _ in range(step)))
    return clients
