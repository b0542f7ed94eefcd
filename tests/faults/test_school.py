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


@pytest.mark.asyncio
async def test_an_address_with_many_withheld_answers_is_refused_whatever_it_claims_to_be(start: Start) -> None:
    server = start()
    async with Phones(address="127.0.0.2") as elsewhere:
        await guess_at_once(elsewhere, server.base, 3 * FREE_GUESSES)
        answers = await guess_at_once(elsewhere, server.base, 10)

    assert [(answer["code"], answer["retryAfter"]) for answer in answers] == [("RATE_LIMITED", 2000)] * 10


@pytest.mark.asyncio
async def test_a_suspect_address_guesses_no_faster_with_a_hundred_sockets(start: Start) -> None:
    """The turn is taken before the code is looked up: a burst gets as many answers as there are turns.

    A slow machine's last sockets may still get one that the first has given back.
    """
    server = start()
    async with Phones(address="127.0.0.2") as elsewhere:
        await guess(elsewhere, server.base, FREE_GUESSES)
        sockets = [await elsewhere.open(server.base) for _ in range(100)]
        answers = await asyncio.gather(*(sit_down(socket, WRONG) for socket in sockets))

    assert [answer["code"] for answer in answers].count("INVALID_SESSION") in range(20, 25)


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
