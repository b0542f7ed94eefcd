"""Where blocking work of sockets runs: a few threads, and jobs of one kind that wait together run together."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True, eq=False)
class Runner:
    """Runs up to `most` items at once; returns one outcome an item, an exception being an outcome too."""

    run: Callable[[Sequence[Any]], list[Any]]
    most: int = 1


def each(function: Callable[[Any], Any]) -> Callable[[Sequence[Any]], list[Any]]:
    """Apply a function to every item; the fault of one is its own outcome."""

    def run(items: Sequence[Any]) -> list[Any]:
        return [_outcome(function, item) for item in items]

    return run


def _outcome(function: Callable[[Any], Any], item: Any) -> Any:
    try:
        return function(item)
    except Exception as fault:  # noqa: BLE001  # boundary: raised again where the item came from
        return fault


@dataclass(frozen=True, eq=False)
class _Job:
    runner: Runner
    item: Any
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


class Pipeline:
    """Bounded by its callers: every socket has one job under way."""

    def __init__(self, threads: int) -> None:
        self._jobs: deque[_Job] = deque()
        self._ready = threading.Condition()
        self._closing = False
        self._threads = [threading.Thread(target=self._work, name=f"pipeline-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    async def run(self, runner: Runner, item: Any) -> Any:
        """The outcome of this item; raises it when it is an exception."""
        loop = asyncio.get_running_loop()
        job = _Job(runner, item, loop.create_future(), loop)
        with self._ready:
            if self._closing:
                raise RuntimeError("The server is shutting down.")
            self._jobs.append(job)
            self._ready.notify()
        return await job.future

    def close(self) -> None:
        """Let what was handed in finish, then end the threads and their database connections."""
        with self._ready:
            self._closing = True
            self._ready.notify_all()
        for thread in self._threads:
            thread.join(timeout=10)

    def _work(self) -> None:
        while batch := self._take():
            _drop_broken_connections()
            try:
                outcomes = batch[0].runner.run([job.item for job in batch])
            except Exception as fault:  # noqa: BLE001  # boundary: the fault goes to the callers, the thread lives on
                outcomes = [fault] * len(batch)
            _answer(batch, outcomes)
        connections.close_all()

    def _take(self) -> list[_Job]:
        """The oldest job and all that wait for the same runner; nothing when the pipeline closes."""
        with self._ready:
            self._ready.wait_for(lambda: self._jobs or self._closing)
            if not self._jobs:
                return []
            runner = self._jobs[0].runner
            batch: list[_Job] = []
            others: deque[_Job] = deque()
            for job in self._jobs:
                (batch if job.runner is runner and len(batch) < runner.most else others).append(job)
            self._jobs = others
            if others:
                self._ready.notify()
            return batch


def _drop_broken_connections() -> None:
    """These threads keep their connections; one that failed, since the database was restarted, is made anew."""
    for connection in connections.all(initialized_only=True):
        if connection.errors_occurred:
            connection.errors_occurred = False
            if not connection.is_usable():
                connection.close()


def _answer(batch: list[_Job], outcomes: list[Any]) -> None:
    """Wake each event loop once for all its answers."""
    for loop in {job.loop for job in batch}:
        mine = [(job.future, outcome) for job, outcome in zip(batch, outcomes, strict=True) if job.loop is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(answers: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, outcome in answers:
        if future.done():
            continue
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
