"""Fixtures for tests of events: a way to connect, and a lesson with the whole cast in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connections

from config.asgi import sockets
from sessions_app.realtime import runtime

from . import factories
from .client import Client, Json

Connect = Callable[..., Awaitable[Client]]


async def in_db(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """Run in a thread what reads or writes the database: on the loop it is not allowed."""
    return await sync_to_async(function)(*args, **named)


@pytest_asyncio.fixture
async def connect(transactional_db: None, settings: Any) -> AsyncIterator[Connect]:
    """`await connect(user=…, cookies=…, auth=…, address=…)`: another socket. All end with the test."""
    settings.LECTERN_STATE_INTERVAL_MS = 10
    clients: list[Client] = []

    async def open_client(
        *, user: User | None = None, cookies: dict[str, str] | None = None, auth: Json | None = None, **options: Any
    ) -> Client:
        login = await in_db(factories.login_cookies, user) if user else {}
        client = Client({**login, **(cookies or {})}, **options)
        clients.append(client)
        return await client.connect(auth)

    await in_db(cache.clear)
    yield open_client
    for client in clients:
        await client.close()
    for socket in list(sockets._consumers):
        socket.close("the test is over")
    if consumers := list(sockets._consumers.values()):
        await asyncio.wait(consumers, timeout=10)
    await runtime.shut_down()
    await in_db(connections.close_all)


@dataclass
class Lesson:
    """Hana's session with an open poll `w1`; Ann and Ben are in it. Zoe is connected and in nothing."""

    code: str
    host_token: str
    user: User
    hana: Client
    ann: Client
    ben: Client
    zoe: Client
    seats: dict[str, Json]

    def about(self, widget_id: str = "w1", **more: Any) -> Json:
        """A payload about a room of this session."""
        return {"sessionCode": self.code, "widgetId": widget_id, **more}

    async def open_room(self, widget_id: str, room_type: str = "poll", *, active: bool = True) -> None:
        opened = await self.hana.call("session:createRoom", self.about(widget_id, roomType=room_type))
        assert opened["success"], opened
        if active:
            await self.hana.call("session:updateWidgetState", self.about(widget_id, roomType=room_type, isActive=True))

    async def set_poll(self, widget_id: str = "w1", **poll: Any) -> None:
        data = {"question": "Tea?", "options": ["yes", "no", "both"], **poll}
        assert (await self.hana.call("session:poll:update", self.about(widget_id, pollData=data)))["success"]

    async def settle(self) -> None:
        """Wait until everybody has heard of what the fixture did, and forget it."""
        await self.hana.wait("session:participantUpdate", lambda people: people["count"] == 2)
        for client in (self.hana, self.ann, self.ben):
            await client.wait("poll:stateUpdate")
            await client.wait("session:widgetStateChanged", lambda state: state["isActive"])
            client.forget()


@pytest_asyncio.fixture
async def lesson(connect: Connect) -> Lesson:
    user = await in_db(factories.make_user, "hana")
    hana = await connect(user=user)
    created = await hana.call("session:create")
    seats: dict[str, Json] = {}
    students: dict[str, Client] = {}
    for name in ("Ann", "Ben"):
        students[name] = await connect()
        await students[name].send("session:join", {"code": created["code"], "name": name})
        seats[name] = await students[name].wait("session:joined")
    lesson = Lesson(
        code=created["code"],
        host_token=created["hostToken"],
        user=user,
        hana=hana,
        ann=students["Ann"],
        ben=students["Ben"],
        zoe=await connect(),
        seats=seats,
    )
    await lesson.open_room("w1")
    await lesson.set_poll()
    await lesson.settle()
    return lesson
