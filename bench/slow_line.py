"""A slow 4G line in front of a server: a TCP proxy on a thread of its own, which the browser takes for the server.

Chromium's own emulation slows neither WebSockets nor the setting up of connections; this line slows bytes, whoever
sends them. It is kinder than a real one in that nothing is lost and no connection has to start slowly, and harsher in
that a request keeps the new connection it was given, where Chromium would take an older one that gets free sooner.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

ONE_WAY_S = 0.075
DOWN_BITS_S, UP_BITS_S = 1_638_400, 768_000
# What an Ethernet carries in one go; small, so that connections take turns as they do on a real line.
PACKET, HEADERS = 1460, 40
HOST = "127.0.0.1"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Direction:
    """One way of the line: all connections queue for it."""

    def __init__(self, bits_s: int) -> None:
        self._bytes_s = bits_s / 8
        self._free_at = 0.0

    async def take(self, size: int) -> float:
        """Wait for the turn of a packet of this size; returns when it arrives at the other end."""
        loop = asyncio.get_running_loop()
        begins = max(loop.time(), self._free_at)
        self._free_at = begins + (size + HEADERS) / self._bytes_s
        arrives = self._free_at + ONE_WAY_S
        # Only until the packet begins: the next one is read while this one is on its way, and no gap comes between.
        await asyncio.sleep(begins - loop.time())
        return arrives


class Proxy:
    """Takes connections and carries their bytes, late and slowly, both ways."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._up = Direction(UP_BITS_S)
        self._down = Direction(DOWN_BITS_S)

    async def listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._carry, HOST, 0, limit=PACKET)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection. Its SYN goes there and back before the browser's first byte may leave."""
        browser = reader, writer
        # The end of the line cancels; asyncio's streams would report that as a fault.
        with suppress(OSError, asyncio.CancelledError):
            server = await asyncio.open_connection(HOST, self._port, limit=PACKET)
            try:
                await self._up.take(0)
                await asyncio.sleep(2 * ONE_WAY_S)
                await asyncio.gather(_pump(browser, server, self._up), _pump(server, browser, self._down))
            finally:
                server[1].close()
        writer.close()


async def _pump(source: Streams, target: Streams, way: Direction) -> None:
    """Carry until the source has closed, and say so to the target, in turn."""
    loop = asyncio.get_running_loop()
    reader, writer = source[0], target[1]
    while data := await _read(reader):
        loop.call_at(await way.take(len(data)), writer.write, data)
    ends_at = await way.take(0)
    await asyncio.sleep(ends_at - loop.time())
    with suppress(OSError):
        writer.write_eof()


async def _read(reader: asyncio.StreamReader) -> bytes:
    """A packet, or nothing at the end, however it came."""
    with suppress(OSError):
        return await reader.read(PACKET)
    return b""


@contextmanager
def slow_line(port: int) -> Iterator[str]:
    """The address of the server behind a slow line; the line goes away with the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="slow line")
    thread.start()
    server = asyncio.run_coroutine_threadsafe(Proxy(port).listen(), loop).result(10)
    try:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """Nobody is waited for: whoever is still connected is cut off."""
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
