"""Redis dies and comes back in the middle of a lesson: it costs delay, not a vote and not the lesson."""

import asyncio
from collections.abc import Iterator

import pytest

from .client import Client, Phones
from .conftest import Start
from .lesson import open_lesson, sit_down, take_seats, vote
from .ports import until
from .stores import OwnRedis, needs_redis_binary, own_redis, rows

pytestmark = [pytest.mark.services_only, needs_redis_binary]
SEATS = 30
SECONDS = 12.0
OUTAGE = ("receive task", "Traceback")


@pytest.fixture
def redis_server() -> Iterator[OwnRedis]:
    with own_redis() as server:
        yield server


def connections(environment: dict[str, str]) -> int:
    return int(rows(environment, "SELECT COUNT(*) FROM sessions_app_connection")[0][0])


async def hears_total(client: Client, total: int) -> None:
    await client.until("poll:voteUpdate", lambda state: state["totalVotes"] == total, patience_s=SECONDS)


@pytest.mark.asyncio
async def test_votes_during_the_outage_are_confirmed_and_the_last_state_arrives(
    start: Start, redis_server: OwnRedis
) -> None:
    server = start(LECTERN_REDIS_URL=redis_server.url)
    server.expects = OUTAGE
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        seats = await take_seats(phones, server.base, lesson.code, SEATS)
        await asyncio.gather(*(vote(seat, lesson, 0) for seat in seats[:10]))
        await hears_total(seats[-1], 10)

        redis_server.kill()
        answers = await asyncio.gather(*(vote(seat, lesson, 1) for seat in seats[10:20]))
        assert [answer["success"] for answer in answers] == [True] * 10
        redis_server.start()
        await asyncio.gather(*(hears_total(client, 20) for client in (lesson.host, *seats)))

        await asyncio.gather(*(vote(seat, lesson, 2) for seat in seats[20:]))
        await asyncio.gather(*(hears_total(client, 30) for client in (lesson.host, *seats)))


@pytest.mark.asyncio
async def test_who_joins_during_the_outage_is_in_when_it_is_over(start: Start, redis_server: OwnRedis) -> None:
    """The first of a group, for whom nothing is subscribed yet: served fully or refused, but never deaf."""
    server = start(LECTERN_REDIS_URL=redis_server.url)
    server.expects = OUTAGE
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        ann, zoe = await phones.open(server.base), await phones.open(server.base)
        redis_server.kill()
        joining = asyncio.create_task(sit_down(ann, lesson.code, name="Ann"))
        await asyncio.to_thread(until, lambda: "nobody can join" in server.log, "the join to meet the outage")
        await zoe.emit("session:join", {"code": lesson.code, "name": "Zoe"})
        await zoe.close()
        redis_server.start()

        assert (await joining)["success"] is True
        assert (await vote(ann, lesson, 1))["success"] is True
        await asyncio.gather(hears_total(ann, 1), hears_total(lesson.host, 1))
        await lesson.ask("session:updateWidgetState", roomType="poll", isActive=False)
        await ann.until("session:widgetStateChanged", lambda room: not room["isActive"], patience_s=SECONDS)
        people = await lesson.host.until("session:participantUpdate", lambda people: people["count"] == 1)
        assert [person["name"] for person in people["participants"]] == ["Ann"]


@pytest.mark.asyncio
async def test_who_leaves_during_the_outage_is_not_counted_after_it(start: Start, redis_server: OwnRedis) -> None:
    server = start(LECTERN_REDIS_URL=redis_server.url)
    server.expects = OUTAGE
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        (ann,) = await take_seats(phones, server.base, lesson.code, 1)
        await lesson.host.until("session:participantUpdate", lambda people: people["count"] == 1)

        redis_server.kill()
        after = len(lesson.host.events)
        await ann.close()
        await asyncio.to_thread(until, lambda: connections(server.environment) == 1, "the seat's connection to go")
        redis_server.start()
        await lesson.host.until(
            "session:participantUpdate", lambda people: people["count"] == 0, after=after, patience_s=SECONDS
        )


@pytest.mark.asyncio
@pytest.mark.parametrize("outage_s", [0.3, 1.5])
async def test_what_happens_during_the_outage_is_told_once_when_it_is_over(
    start: Start, redis_server: OwnRedis, outage_s: float
) -> None:
    """Events are no states: who is not subscribed when Redis takes them would never hear of an activity again."""
    server = start(LECTERN_REDIS_URL=redis_server.url)
    server.expects = OUTAGE
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        await lesson.ask("session:createRoom", roomType="poll", widgetId="w2")
        (ann,) = await take_seats(phones, server.base, lesson.code, 1)
        after = len(ann.events)

        redis_server.kill()
        await asyncio.gather(
            lesson.ask("session:createRoom", roomType="poll", widgetId="w3"),
            lesson.ask("session:closeRoom", roomType="poll", widgetId="w2"),
        )
        await asyncio.sleep(outage_s)
        redis_server.start()

        for event, widget in (("session:roomCreated", "w3"), ("session:roomClosed", "w2")):
            await ann.until(event, lambda room, w=widget: room["widgetId"] == w, after=after, patience_s=SECONDS)
        await asyncio.sleep(4)
        heard = [(name, data["widgetId"]) for _, name, data in ann.events[after:] if name.startswith("session:room")]
        assert sorted(heard) == [("session:roomClosed", "w2"), ("session:roomCreated", "w3")]


@pytest.mark.asyncio
async def test_a_session_that_ends_during_the_outage_ends_for_everybody(start: Start, redis_server: OwnRedis) -> None:
    server = start(LECTERN_REDIS_URL=redis_server.url)
    server.expects = OUTAGE
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        (ann,) = await take_seats(phones, server.base, lesson.code, 1)

        redis_server.kill()
        assert (await lesson.host.call("session:close", {"sessionCode": lesson.code}))["success"] is True
        await asyncio.sleep(1)
        redis_server.start()

        await ann.until("session:closed", patience_s=SECONDS)
        await asyncio.to_thread(until, lambda: connections(server.environment) == 0, "everybody to leave")
