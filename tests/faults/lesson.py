"""The lesson that every fault test is about: a guest hosts a poll, seats vote, everybody comes back by token."""

import asyncio
from dataclasses import dataclass
from typing import Any

from .client import Client, Json, Phones

OPTIONS = ["red", "green", "blue"]
AT_ONCE = 50


@dataclass
class Lesson:
    """What the host knows; `host` is its present socket."""

    host: Client
    code: str
    host_token: str
    widget_id: str = "w1"

    def about(self, **fields: Any) -> Json:
        return {"sessionCode": self.code, "widgetId": self.widget_id, **fields}

    async def ask(self, event: str, **fields: Any) -> Json:
        """The host's call; it must succeed."""
        answer = await self.host.call(event, self.about(**fields))
        assert answer["success"] is True, answer
        return answer

    async def set_poll(self, question: str = "Which?", *, allow_change: bool = False) -> None:
        data = {"question": question, "options": OPTIONS, "allowChange": allow_change}
        await self.ask("session:poll:update", pollData=data)

    async def counts(self) -> dict[str, int]:
        """The tally as the host reads it now."""
        after = len(self.host.events)
        await self.host.emit("poll:requestState", self.about())
        return dict((await self.host.until("poll:stateUpdate", after=after))["results"]["votes"])


async def open_lesson(phones: Phones, base: str, *, allow_change: bool = False, polling: bool = False) -> Lesson:
    """A session of a guest with an open poll."""
    host = await phones.open(base, polling=polling)
    created = await host.call("session:create", {})
    assert created["success"] is True, created
    lesson = Lesson(host, created["code"], created["hostToken"])
    await lesson.ask("session:createRoom", roomType="poll")
    await lesson.set_poll(allow_change=allow_change)
    await lesson.ask("session:updateWidgetState", roomType="poll", isActive=True)
    return lesson


async def host_again(phones: Phones, base: str, lesson: Lesson, *, polling: bool = False) -> Json:
    """The host comes back with its token alone; the ack of session:create."""
    lesson.host = await phones.open(base, auth={"hostToken": lesson.host_token}, polling=polling)
    return await lesson.host.call("session:create", {"existingCode": lesson.code})


async def sit_down(client: Client, code: str, *, token: str = "", name: str = "") -> Json:
    """Join, with the token of an earlier seat where there is one; the payload of session:joined."""
    payload = {"code": code, "name": name} | ({"participantToken": token} if token else {})
    after = len(client.events)
    await client.emit("session:join", payload)
    joined: Json = await client.until("session:joined", after=after)
    if joined["success"]:
        client.token, client.seat = joined["participantToken"], joined["participantId"]
    return joined


async def take_seats(phones: Phones, base: str, code: str, count: int, *, polling: bool = False) -> list[Client]:
    """So many students, joined."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Client:
        async with gate:
            client = await phones.open(base, polling=polling)
            joined = await sit_down(client, code, name=f"Student {number}")
            assert joined["success"] is True, joined
        return client

    return list(await asyncio.gather(*(one(number) for number in range(count))))


async def seats_again(phones: Phones, base: str, code: str, seats: list[Client]) -> list[tuple[Client, Json]]:
    """The same students on new sockets with nothing but their tokens; each with its session:joined."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(before: Client) -> tuple[Client, Json]:
        async with gate:
            client = await phones.open(base)
            return client, await sit_down(client, code, token=before.token)

    return list(await asyncio.gather(*(one(seat) for seat in seats)))


async def vote(client: Client, lesson: Lesson, option: int) -> Json:
    """Vote and wait for the confirmation, which is an event as old clients know it."""
    after = len(client.events)
    await client.emit("session:poll:vote", lesson.about(optionIndex=option))
    confirmed: Json = await client.until("session:poll:voteConfirmed", after=after)
    return confirmed
