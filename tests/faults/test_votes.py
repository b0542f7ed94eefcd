"""300 seats vote in one second, some twice, some changing: exact counts, and few frames."""

import asyncio
import random
from collections import Counter

import pytest

from .client import Client, Phones
from .conftest import Start
from .lesson import OPTIONS, Lesson, open_lesson, take_seats
from .ports import PATIENCE_S

SEATS = 300
FRAMES_A_SECOND = 4


def plan(rng: random.Random) -> list[tuple[float, int, int]]:
    """(moment in s, seat, option), in order: a third votes once, a third twice the same, a third changes its mind."""
    votes = []
    for seat in range(SEATS):
        first = rng.randrange(len(OPTIONS))
        votes.append((seat / SEATS * 0.8, seat, first))
        if seat % 3 == 1:
            votes.append((seat / SEATS * 0.8 + 0.02, seat, first))
        elif seat % 3 == 2:
            votes.append((seat / SEATS * 0.8 + rng.uniform(0.02, 0.2), seat, (first + 1) % len(OPTIONS)))
    return sorted(votes)


async def cast(votes: list[tuple[float, int, int]], seats: list[Client], lesson: Lesson) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for moment, seat, option in votes:
        await asyncio.sleep(max(0.0, begun + moment - loop.time()))
        await seats[seat].emit("session:poll:vote", lesson.about(optionIndex=option))


def most_within_a_second(times: list[float]) -> int:
    return max((sum(at <= other < at + 1 for other in times) for at in times), default=0)


@pytest.mark.asyncio
async def test_each_option_has_the_seats_whose_last_confirmed_vote_it_is(start: Start) -> None:
    server = start()
    votes = plan(random.Random(20_261_121))
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base, allow_change=True)
        seats = await take_seats(phones, server.base, lesson.code, SEATS)
        sent = Counter(seat for _, seat, _ in votes)

        await cast(votes, seats, lesson)
        async with asyncio.timeout(PATIENCE_S):
            while any(len(seats[n].of("session:poll:voteConfirmed")) < sent[n] for n in range(SEATS)):
                await asyncio.sleep(0.02)

        confirmed = [[vote for vote in seat.of("session:poll:voteConfirmed") if vote["success"]] for seat in seats]
        assert [len(own) for own in confirmed] == [sent[number] for number in range(SEATS)]
        last = Counter(str(own[-1]["optionIndex"]) for own in confirmed)
        meant = Counter(str({seat: option for _, seat, option in votes}[seat]) for seat in range(SEATS))
        assert await lesson.counts() == last == meant

        for client in (lesson.host, *seats):
            await client.until("poll:voteUpdate", lambda state: Counter(state["votes"]) == last)
            assert client.of("poll:voteUpdate")[-1]["totalVotes"] == SEATS
        # At most one each 250 ms; a late one may fall into the next second.
        assert max(most_within_a_second(seat.times_of("poll:voteUpdate")) for seat in seats) <= FRAMES_A_SECOND + 1
