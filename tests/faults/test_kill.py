"""The server is killed in the middle of a vote: what was confirmed counts once, and everybody is where they were."""

import asyncio

import pytest

from .client import Client, Json, Phones
from .conftest import Start
from .lesson import OPTIONS, Lesson, host_again, open_lesson, seats_again, take_seats, vote
from .ports import PATIENCE_S
from .server import Server
from .stores import rows

SEATS = 300
KILL_AFTER = 100


def choice_of(number: int) -> int:
    return number % len(OPTIONS)


def confirmed(seats: list[Client]) -> int:
    return sum(bool(seat.of("session:poll:voteConfirmed")) for seat in seats)


async def cast_within_a_second(seats: list[Client], lesson: Lesson) -> None:
    """Open loop: every vote leaves at its time, whatever the server does."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number, seat in enumerate(seats):
        await asyncio.sleep(max(0.0, begun + number / SEATS - loop.time()))
        await seat.emit("session:poll:vote", lesson.about(optionIndex=choice_of(number)))


async def wait_for_confirmations(seats: list[Client], count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while confirmed(seats) < count:
            await asyncio.sleep(0.005)


async def everybody_returns(
    phones: Phones, server: Server, lesson: Lesson, seats: list[Client]
) -> list[tuple[Client, Json]]:
    """The host and every seat, each where it was and under its name."""
    back = await host_again(phones, server.base, lesson)
    assert (back["success"], back["isExisting"], back["code"]) == (True, True, lesson.code)
    # Nobody is here yet but the host: the connections of the killed process are gone.
    assert (await lesson.host.until("session:participantUpdate"))["count"] == 0

    returned = await seats_again(phones, server.base, lesson.code, seats)
    assert [joined["participantId"] for _, joined in returned] == [seat.seat for seat in seats]
    assert [joined["name"] for _, joined in returned] == [f"Student {number}" for number in range(SEATS)]
    await lesson.host.until("session:participantUpdate", lambda people: people["count"] == SEATS)
    return returned


async def vote_again(seats: list[Client], lesson: Lesson) -> list[str]:
    """Every seat casts its vote once more; why some were refused."""
    answers = await asyncio.gather(*(vote(seat, lesson, choice_of(number)) for number, seat in enumerate(seats)))
    return [answer["error"]["code"] for answer in answers if not answer["success"]]


@pytest.mark.asyncio
async def test_killed_while_300_vote_it_has_every_confirmed_vote_once(start: Start) -> None:
    server = start()
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        seats = await take_seats(phones, server.base, lesson.code, SEATS)
        casting = asyncio.create_task(cast_within_a_second(seats, lesson))
        await wait_for_confirmations(seats, KILL_AFTER)
        server.kill()
        await asyncio.gather(casting, *(seat.lost.wait() for seat in seats))
        sure = {seat.seat: choice_of(n) for n, seat in enumerate(seats) if seat.of("session:poll:voteConfirmed")}
        assert KILL_AFTER <= len(sure) < SEATS

        server.start()
        returned = await everybody_returns(phones, server, lesson, seats)
        kept = {joined["participantId"]: joined["activeRooms"][0]["room"]["yourVote"] for _, joined in returned}
        assert {seat: kept[seat] for seat in sure} == sure
        tally = {str(option): list(kept.values()).count(option) for option in range(len(OPTIONS))}
        assert await lesson.counts() == tally

        refused = await vote_again([client for client, _ in returned], lesson)
        assert refused == ["ALREADY_VOTED"] * sum(choice is not None for choice in kept.values())
        assert await lesson.counts() == {str(option): SEATS // len(OPTIONS) for option in range(len(OPTIONS))}
    assert rows(server.environment, "SELECT COUNT(*), COUNT(DISTINCT author_id) FROM widgets_entry") == [(SEATS, SEATS)]


@pytest.mark.asyncio
async def test_killed_and_started_again_it_goes_on_with_a_lesson_nobody_touched(start: Start) -> None:
    server = start()
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        (ann,) = await take_seats(phones, server.base, lesson.code, 1)
        assert (await vote(ann, lesson, 2))["success"] is True

        for _ in range(2):
            server.kill()
            server.start()
        ((ann, joined),) = await seats_again(phones, server.base, lesson.code, [ann])
        assert joined["hostPresent"] is False
        assert joined["activeRooms"][0]["room"]["yourVote"] == 2

        await host_again(phones, server.base, lesson)
        await ann.until("session:hostReconnected")
        await lesson.ask("session:updateWidgetState", roomType="poll", isActive=False)
        paused = await ann.until("session:widgetStateChanged", lambda room: room["isActive"] is False)
        assert paused["widgetId"] == lesson.widget_id
