"""Nothing to compare with, but the generator's own ceiling: encoded bytes, written to raw sockets as cheaply as can be.

Whatever comes near its figures in the fan-out is limited by the generator. Usage:
`python -m bench.servers.ceiling --port N`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
from typing import cast

import uvloop

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
OPEN = b'0{"sid":"bench","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'
BURST = b'42["bench:burst",'

transports: list[asyncio.Transport] = []


def frame(payload: bytes) -> bytes:
    size = len(payload)
    return (bytes((0x81, size)) if size < 126 else bytes((0x81, 126)) + size.to_bytes(2, "big")) + payload


def messages(first: int, count: int, size: int) -> bytes:
    pad = "x" * max(0, size - 23)
    return b"".join(
        frame(f'42["bench:message",{{"seq":{seq},"pad":"{pad}"}}]'.encode()) for seq in range(first, first + count)
    )


class Connection(asyncio.Protocol):
    """Takes each read for one request or one frame, which holds for this generator on this machine."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"GET "):
            self._handshake(data)
            return
        start = 2 + (2 if data[1] & 0x7F == 126 else 0)
        key, masked = data[start : start + 4], data[start + 4 :]
        payload = masked if key == b"\0\0\0\0" else bytes(byte ^ key[at % 4] for at, byte in enumerate(masked))
        if data[0] & 0x0F == 8:
            self.transport.close()
        elif payload == b"40":
            self.transport.write(frame(b'40{"sid":"bench"}'))
        elif b"bench:enter" in payload:
            self.transport.write(frame(b"43" + payload[2 : payload.index(b"[")] + b"[{}]"))
            transports.append(self.transport)
        elif payload.startswith(BURST):
            asked = json.loads(payload[2:])[1]
            encoded = messages(asked["first"], asked["count"], asked["bytes"])
            for transport in transports:
                transport.write(encoded)

    def _handshake(self, data: bytes) -> None:
        headers = {name.lower(): value for name, _, value in (line.partition(b": ") for line in data.split(b"\r\n"))}
        if b"sec-websocket-key" not in headers:
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nready")
            self.transport.close()
            return
        accept = base64.b64encode(hashlib.sha1(headers[b"sec-websocket-key"] + GUID, usedforsecurity=False).digest())
        upgrade = (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        )
        self.transport.write(upgrade + accept + b"\r\n\r\n" + frame(OPEN))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.transport in transports:
            transports.remove(self.transport)


async def main(port: int) -> None:
    serving = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
    await serving.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvloop.run(main(parser.parse_args().port))
