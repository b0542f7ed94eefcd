"""The ear: a process that the layer no longer reaches knows it, and tells its sockets what they missed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from django.db import OperationalError
from django.utils import timezone

from sessions_app.realtime import ear as ear_module
from sessions_app.realtime.ear import Ear
from sessions_app.realtime.layer import InProcessLayer

pytestmark = [pytest.mark.profile_free, pytest.mark.asyncio]


class Line(InProcessLayer):
    """A layer that loses everything while it is cut, without an error, or with one."""

    def __init__(self) -> None:
        super().__init__()
        self.is_cut = False
        self.fault: Exception | None = None

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if self.fault is not None:
            raise self.fault
        if not self.is_cut:
            await super().group_send(group, message)


class Listener:
    """An ear on a line of its own, and the moments since which it caught up."""

    def __init__(self) -> None:
        self.line = Line()
        self.caught_up: list[datetime] = []
        self.faults: list[Exception] = []
        self.ear = Ear(self.line, "ear", self.catch_up)

    async def catch_up(self, since: datetime) -> None:
        self.caught_up.append(since)
        if self.faults:
            raise self.faults.pop()

    async def run(self) -> None:
        await self.line.group_add("ear", "here")
        listening = asyncio.create_task(self.ear.listen())
        try:
            while True:
                self.ear.hear(await self.line.receive("here"))
        finally:
            listening.cancel()


@pytest_asyncio.fixture
async def listener(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    monkeypatch.setattr(ear_module, "WORD_EVERY_S", 0.01)
    monkeypatch.setattr(ear_module, "WORD_WAIT_S", 0.02)
    listener = Listener()
    running = asyncio.create_task(listener.run())
    yield listener
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def caught_up(listener: Listener, times: int = 1) -> None:
    async with asyncio.timeout(5):
        while len(listener.caught_up) < times:
            await asyncio.sleep(0.005)


async def test_while_every_word_comes_back_nothing_is_told_again(listener: Listener) -> None:
    await asyncio.sleep(0.2)

    assert listener.caught_up == []


@pytest.mark.parametrize("fault", [None, OSError("Redis is away")])
async def test_after_deafness_it_catches_up_once_since_the_last_word(
    listener: Listener, fault: Exception | None
) -> None:
    await asyncio.sleep(0.05)
    listener.line.is_cut, listener.line.fault = True, fault
    cut_at = timezone.now()
    await asyncio.sleep(0.1)
    assert listener.caught_up == []

    listener.line.is_cut, listener.line.fault = False, None
    await caught_up(listener)
    await asyncio.sleep(0.1)

    (since,) = listener.caught_up
    assert cut_at - ear_module.MARGIN - timedelta(seconds=1) < since < cut_at - ear_module.MARGIN + timedelta(seconds=1)


async def test_a_database_that_is_away_too_is_asked_again(listener: Listener) -> None:
    listener.faults = [OperationalError("away")]
    listener.line.is_cut = True
    await asyncio.sleep(0.1)
    listener.line.is_cut = False

    await caught_up(listener, times=2)

    assert listener.caught_up[0] == listener.caught_up[1]


async def test_a_fault_of_ours_ends_no_ear(listener: Listener) -> None:
    listener.faults = [KeyError("a record that nobody foresaw")]
    for times in (1, 2):
        listener.line.is_cut = True
        await asyncio.sleep(0.1)
        listener.line.is_cut = False
        await caught_up(listener, times)


async def test_a_word_that_comes_late_is_no_proof() -> None:
    ear = Ear(InProcessLayer(), "ear", Listener().catch_up)
    ear.hear({"word": 7})

    assert not ear._heard.is_set()


async def test_what_has_a_name_is_new_once_in_each_group() -> None:
    ear = Ear(InProcessLayer(), "ear", Listener().catch_up)
    named = {"group": "a", "name": "session:closed.4"}

    assert [ear.is_new(message) for message in (named, named, {**named, "group": "b"})] == [True, False, True]
    assert ear.is_new({"group": "a"}) is ear.is_new({"group": "a"}) is True
