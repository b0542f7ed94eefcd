"""What the sockets of one process share: threads, hub, limits, and the row that says the process lives."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError, connection

from .. import servers
from ..changes import change, patiently
from ..services import depart, return_to
from .events import Caller
from .hub import Hub
from .limits import Guesses, SeatRates
from .pipeline import Pipeline, Runner, each

log = logging.getLogger(__name__)
# SQLite has one writer: a second thread would only wait for the first.
SQLITE_THREADS, SERVER_THREADS = 1, 4


def _together(function: Callable[[Any], None]) -> Callable[[Sequence[Any]], list[Any]]:
    """Apply a function to every item in one transaction; when that fails, to each in its own."""

    def run(items: Sequence[Any]) -> list[Any]:
        with change():
            for item in items:
                function(item)
        return [None] * len(items)

    def run_or_split(items: Sequence[Any]) -> list[Any]:
        try:
            return patiently(lambda: run(items))
        except DatabaseError as fault:
            log.warning("%s items together failed (%s); now one by one.", len(items), fault)
            return each(lambda item: patiently(lambda: run([item])))(items)

    return run_or_split


DEPART = Runner(_together(depart), most=200)
RETURN = Runner(_together(return_to), most=200)
SERVERS = Runner(each(lambda step: step()))


class Runtime:
    """One for each event loop that serves sockets."""

    def __init__(self) -> None:
        self.pipeline = Pipeline(SQLITE_THREADS if connection.vendor == "sqlite" else SERVER_THREADS)
        self.hub = Hub(self.pipeline)
        self.rates = SeatRates()
        self.guesses = Guesses()
        self.server_id = 0
        self.unknown_events = 0
        self._heart: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.hub.start()
        self.server_id = await self.pipeline.run(SERVERS, servers.register_server)
        self._heart = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        if self._heart is not None:
            self._heart.cancel()
        await self.pipeline.run(SERVERS, lambda: servers.remove_server(self.server_id))
        await self.hub.stop()
        await asyncio.to_thread(self.pipeline.close)

    async def depart(self, sid: str) -> None:
        await self.pipeline.run(DEPART, sid)

    async def return_to_place(self, caller: Caller) -> None:
        await self.pipeline.run(RETURN, caller)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(servers.BEAT_S)
            try:
                if not await self.pipeline.run(SERVERS, lambda: servers.beat(self.server_id)):
                    log.warning("This process had been given up (was the machine asleep?); its sockets sit down again.")
                    self.hub.post_to_all({"type": "lectern.return"})
            except DatabaseError as fault:
                log.warning("The database is away: %s", fault)


_runtimes: dict[asyncio.AbstractEventLoop, asyncio.Task[Runtime]] = {}


async def current() -> Runtime:
    """The runtime of this event loop, started when first asked for (daphne has no start-up event)."""
    loop = asyncio.get_running_loop()
    if loop not in _runtimes:
        _runtimes[loop] = loop.create_task(_started())
    return await asyncio.shield(_runtimes[loop])


async def shut_down() -> None:
    """Stop the runtime of this event loop, if it ran."""
    task = _runtimes.pop(asyncio.get_running_loop(), None)
    if task is not None:
        await (await task).stop()


async def _started() -> Runtime:
    runtime = Runtime()
    await runtime.start()
    return runtime
