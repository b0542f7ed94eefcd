"""A school is one address: it joins at once while somebody in it guesses codes, and guessing gets slower and slower."""

import asyncio
import time

import pytest

from .client import Json, Phones
from .conftest import Start
from .lesson import open_lesson, sit_down, take_seats

FREE_GUESSES = 20
WRONG = "22222"
STUDENTS, WITHIN_S = 200, 10.0


async def guess(phones: Phones, base: str, count: int) -> list[float]:
    """So many wrong codes from one socket, one after another; how long each answer took, in seconds."""
    zoe = await phones.open(base)
    took = []
    for _ in range(count):
        begun, after = time.monotonic(), len(zoe.events)
        await zoe.emit("session:join", {"code": WRONG, "name": "Zoe"})
        joined = await zoe.until("session:joined", after=after)
        assert (joined["success"], joined["code"]) == (False, "INVALID_SESSION")
        took.append(time.monotonic() - begun)
    return took


async def guess_at_once(phones: Phones, base: str, count: int) -> list[Json]:
    """A wrong code from each of so many sockets that claim to be forwarded; what was answered within a second."""
    claims = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(count)]
    sockets = await asyncio.gather(*(phones.open(base, headers=claim) for claim in claims))
    guesses = [asyncio.create_task(sit_down(socket, WRONG)) for socket in sockets]
    done, late = await asyncio.wait(guesses, timeout=1)
    for task in late:
        task.cancel()
    return [task.result() for task in done]


@pytest.mark.asyncio
async def test_200_students_join_while_their_address_and_another_guess(start: Start) -> None:
    server = start()
    async with Phones() as school, Phones(address="127.0.0.2") as elsewhere:
        lesson = await open_lesson(school, server.base)
        guessing = asyncio.create_task(guess(school, server.base, FREE_GUESSES + 3))
        from_elsewhere = asyncio.create_task(guess_at_once(elsewhere, server.base, 3 * FREE_GUESSES))

        begun = time.monotonic()
        seats = await take_seats(school, server.base, lesson.code, STUDENTS)
        assert time.monotonic() - begun < WITHIN_S
        assert len({seat.seat for seat in seats}) == STUDENTS

        took = await guessing
        assert sum(took[:FREE_GUESSES]) < WITHIN_S
        assert [late >= due for late, due in zip(took[FREE_GUESSES:], (0.5, 1.0, 1.5), strict=True)] == [True] * 3
        assert len(await from_elsewhere) < 2 * FREE_GUESSES


async def guess_on(phones: Phones, base: str, slowed: asyncio.Event) -> None:
    """Wrong codes from one socket without an end; says when an answer was held back."""
    zoe = await phones.open(base)
    while True:
        begun = time.monotonic()
        await sit_down(zoe, WRONG)
        if time.monotonic() - begun > 1:
            slowed.set()


@pytest.mark.asyncio
async def test_sixty_guessers_in_the_same_room_keep_nobody_out(start: Start) -> None:
    """New students stand in a short line; who has a seat comes back to it at once."""
    server = start()
    async with Phones() as school:
        lesson = await open_lesson(school, server.base)
        (ann,) = await take_seats(school, server.base, lesson.code, 1)
        slowed = asyncio.Event()
        guessing = [asyncio.create_task(guess_on(school, server.base, slowed)) for _ in range(60)]
        await asyncio.wait_for(slowed.wait(), 60)

        begun = time.monotonic()
        back = await sit_down(await school.open(server.base), lesson.code, token=ann.token)
        assert (back["success"], back["participantId"]) == (True, ann.seat)
        assert time.monotonic() - begun < 5, "no line was stood in"
        seats = await take_seats(school, server.base, lesson.code, 30)
        assert len({seat.seat for seat in seats}) == 30
        assert time.monotonic() - begun < WITHIN_S

        for task in guessing:
            task.cancel()
        await asyncio.gather(*guessing, return_exceptions=True)


@pytest.mark.asyncio
async def test_sockets_of_one_address_are_counted_together_whatever_they_claim_to_be(start: Start) -> None:
    server = start()
    async with Phones(address="127.0.0.2") as elsewhere:
        claims = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(FREE_GUESSES + 3)]
        sockets = await asyncio.gather(*(elsewhere.open(server.base, headers=claim) for claim in claims))
        begun = time.monotonic()
        await asyncio.gather(*(sit_down(socket, WRONG) for socket in sockets))

    assert time.monotonic() - begun >= 2.0


@pytest.mark.asyncio
async def test_new_sockets_of_a_suspect_address_stand_in_one_line(start: Start) -> None:
    """So a hundred of them guess no faster than a class joins."""
    server = start()
    async with Phones(address="127.0.0.2") as elsewhere:
        lesson = await open_lesson(elsewhere, server.base)
        await guess(elsewhere, server.base, FREE_GUESSES)
        begun = time.monotonic()
        await take_seats(elsewhere, server.base, lesson.code, 40)

    assert time.monotonic() - begun >= 40 / 20


@pytest.mark.asyncio
async def test_behind_a_trusted_proxy_each_address_guesses_for_itself(start: Start) -> None:
    server = start()
    async with Phones() as phones:
        for number in range(2 * FREE_GUESSES):
            client = await phones.open(server.base, headers={"X-Forwarded-For": f"203.0.113.{number % 2}"})
            begun = time.monotonic()
            assert (await sit_down(client, WRONG))["code"] == "INVALID_SESSION"
            assert time.monotonic() - begun < 5

        client = await phones.open(server.base, headers={"X-Forwarded-For": "203.0.113.1"})
        begun = time.monotonic()
        await sit_down(client, WRONG)
        assert time.monotonic() - begun >= 0.5
