"""Limits: per seat by the time of arrival; wrong codes per address."""

import asyncio
import time
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisAway

from sessions_app.errors import Rejected
from sessions_app.realtime import limits
from sessions_app.realtime.events import USUAL_RATE, Handler, Payload, Rate, Who
from sessions_app.realtime.limits import (
    FIRST_CODES_PER_S,
    FREE_GUESSES,
    MISTAKES,
    TURNS_AT_ONCE,
    Guesser,
    Guesses,
    SeatRates,
    slowness_s,
)

ADDRESS = "192.0.2.7"


def handler(event: str = "test:vote", rate: Rate | None = Rate(calls=2, within_ms=1000)) -> Handler:  # noqa: B008
    return Handler(event, Who.PARTICIPANT, Payload, lambda call: None, rate=rate)


def passes(rates: SeatRates, seat: object, arrived_s: float, event: str = "test:vote") -> int:
    """0 when it passes, else the milliseconds to wait."""
    try:
        rates.check(handler(event), seat, arrived_s)
    except Rejected as refusal:
        return refusal.retry_after_ms or 0
    return 0


@pytest.mark.profile_free
def test_seat_may_call_so_often_in_a_window_and_learns_when_again() -> None:
    rates = SeatRates()

    assert [passes(rates, 1, second) for second in (10.0, 10.25, 10.5, 10.75)] == [0, 0, 501, 251]
    assert passes(rates, 1, 11.0) == 0, "a refused call counts for nothing"
    assert [passes(rates, 2, 10.5), passes(rates, 1, 10.5, "test:other")] == [0, 0]


@pytest.mark.profile_free
def test_event_without_a_rate_of_its_own_stops_a_flood() -> None:
    rates = SeatRates()
    usual = handler(rate=USUAL_RATE)

    for _ in range(USUAL_RATE.calls):
        rates.check(usual, 1, 10.0)
    with pytest.raises(Rejected, match="RATE_LIMITED"):
        rates.check(usual, 1, 10.5)
    rates.check(usual, 2, 10.5)


@pytest.mark.profile_free
@given(st.lists(st.floats(0, 20), max_size=40))
def test_no_window_holds_more_than_the_rate_and_waiting_always_helps(times: list[float]) -> None:
    rates = SeatRates()
    passed: list[float] = []
    for moment_s in sorted(times):
        wait_ms = passes(rates, 1, moment_s)
        if not wait_ms:
            passed.append(moment_s)
        else:
            assert 0 < wait_ms <= 1001

    assert [1 for first, third in zip(passed, passed[2:], strict=False) if third - first < 1.0 - 1e-9] == []
    if wait_ms := passes(rates, 1, 20.0):
        assert passes(rates, 1, 20.0 + wait_ms / 1000) == 0


@pytest.mark.profile_free
def test_seats_of_long_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = SeatRates()
    rates._arrivals = {("old", number): limits.deque([1.0]) for number in range(50_001)}  # type: ignore[attr-defined]

    passes(rates, "new", 1000.0)

    assert list(rates._arrivals) == [("test:vote", "new")]


@pytest.mark.profile_free
def test_wrong_codes_wait_longer_every_time_up_to_a_bound() -> None:
    waits = [slowness_s(wrong) for wrong in (1, FREE_GUESSES, FREE_GUESSES + 1, FREE_GUESSES + 2, 1000)]

    assert waits == [0, 0, 1.0, 1.5, limits.SLOWEST_S]


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long answers were held back; nobody waits for it here."""
    slept: list[float] = []
    real_sleep = asyncio.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await real_sleep(0)

    monkeypatch.setattr(limits.asyncio, "sleep", sleep)
    monkeypatch.setattr(limits, "PATIENCE_S", 0.0)
    monkeypatch.setattr(limits, "LONGEST_WAIT_S", 0.0)
    return slept


async def no() -> bool:
    return False


async def yes() -> bool:
    return True


async def look_up(guesses: Guesses, code: str, who: Guesser | None = None, *, is_known: Any = no) -> str:
    """What a socket is told whose code is found ("") or refused; a new socket when it is not said which."""

    async def answer() -> str:
        if code:
            raise Rejected(code)
        return "found"

    try:
        return await guesses.guard(who or Guesser(ADDRESS), answer, is_known)
    except Rejected as refusal:
        return refusal.code


def guesser() -> Guesser:
    """A socket that has sent wrong codes."""
    return Guesser(ADDRESS, wrong=MISTAKES)


async def take_all_turns(guesses: Guesses, gate: asyncio.Event) -> list[asyncio.Task[str]]:
    """With right codes of guessers whose looking up ends at the gate."""

    async def slow() -> str:
        await gate.wait()
        return "found"

    turns = [asyncio.create_task(guesses.guard(guesser(), slow, no)) for _ in range(TURNS_AT_ONCE)]
    await threads_have_run()
    return turns


async def threads_have_run() -> None:
    for _ in range(3):
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)


async def make_suspect(guesses: Guesses) -> None:
    for _ in range(FREE_GUESSES):
        await look_up(guesses, "INVALID_SESSION")


@pytest.mark.asyncio
async def test_wrong_codes_are_held_back_and_right_ones_are_not(naps: list[float]) -> None:
    guesses = Guesses()
    for _ in range(FREE_GUESSES + 3):
        assert await look_up(guesses, "INVALID_SESSION", guesser()) == "INVALID_SESSION"
    held_back = [nap for nap in naps if nap]

    assert await look_up(guesses, "", guesser()) == "found"
    assert await look_up(guesses, "SESSION_FULL", guesser()) == "SESSION_FULL"
    assert [nap for nap in naps if nap] == held_back == [1.0, 1.5, 2.0]


@pytest.mark.asyncio
async def test_addresses_are_counted_apart(naps: list[float]) -> None:
    guesses = Guesses()
    await make_suspect(guesses)

    await look_up(guesses, "INVALID_SESSION", Guesser("192.0.2.8"))

    assert [nap for nap in naps if nap] == []


@pytest.mark.asyncio
async def test_guessers_of_a_suspect_address_have_only_so_many_turns_at_once(naps: list[float]) -> None:
    guesses = Guesses()
    await make_suspect(guesses)
    gate = asyncio.Event()
    turns = await take_all_turns(guesses, gate)

    assert await look_up(guesses, "", guesser()) == "RATE_LIMITED"
    assert await look_up(guesses, "", Guesser("192.0.2.8", wrong=MISTAKES)) == "found"
    gate.set()
    assert set(await asyncio.gather(*turns)) == {"found"}
    assert await look_up(guesses, "", guesser()) == "found"
    assert guesses._turns == guesses._withheld == {}


@pytest.mark.asyncio
async def test_who_has_not_guessed_needs_no_turn_but_stands_in_line(naps: list[float]) -> None:
    """However many guessers sit behind the same address."""
    guesses = Guesses()
    await make_suspect(guesses)
    gate = asyncio.Event()
    turns = await take_all_turns(guesses, gate)

    waits_from = len(naps)
    answers = [await look_up(guesses, "") for _ in range(FIRST_CODES_PER_S)]
    assert answers == ["found"] * FIRST_CODES_PER_S
    waits = naps[waits_from:]
    assert max(waits) == pytest.approx(1, abs=0.2), "the last of a second's worth waits for a second"

    assert await look_up(guesses, "", is_known=yes) == "found"
    assert naps[waits_from:] == waits, "who proves a seat does not even stand in line"
    gate.set()
    await asyncio.gather(*turns)


@pytest.mark.asyncio
async def test_a_line_that_is_too_long_is_said_and_not_stood(naps: list[float]) -> None:
    guesses = Guesses()
    await make_suspect(guesses)

    most = int(limits.LONGEST_LINE_S * FIRST_CODES_PER_S)
    answers = [await look_up(guesses, "") for _ in range(most + 20)]

    assert (answers[0], answers[-1]) == ("found", "RATE_LIMITED")
    assert await look_up(guesses, "", is_known=yes) == "found"


@pytest.mark.asyncio
async def test_who_mistypes_is_no_guesser_yet(naps: list[float]) -> None:
    guesses = Guesses()
    await make_suspect(guesses)
    gate = asyncio.Event()
    turns = await take_all_turns(guesses, gate)
    ann = Guesser(ADDRESS)

    for _ in range(MISTAKES - 1):
        assert await look_up(guesses, "INVALID_SESSION", ann) == "INVALID_SESSION"
    assert await look_up(guesses, "", ann) == "found"
    assert await look_up(guesses, "INVALID_SESSION", ann) == "INVALID_SESSION"
    assert await look_up(guesses, "", ann) == "RATE_LIMITED"
    gate.set()
    await asyncio.gather(*turns)


@pytest.mark.asyncio
async def test_right_codes_wait_for_others_that_are_looked_up(
    naps: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sockets that have guessed, on a slow machine."""
    monkeypatch.setattr(limits, "PATIENCE_S", 0.001)
    monkeypatch.setattr(limits, "LONGEST_WAIT_S", 60.0)
    guesses = Guesses()
    await make_suspect(guesses)
    gate = asyncio.Event()
    turns = await take_all_turns(guesses, gate)

    late = asyncio.create_task(look_up(guesses, "", guesser()))
    much_later_s = time.monotonic() + 20 * limits.PATIENCE_S
    while time.monotonic() < much_later_s:
        await threads_have_run()
    assert not late.done()
    gate.set()

    assert set(await asyncio.gather(*turns, late)) == {"found"}


@pytest.mark.profile_free
def test_without_the_cache_nobody_is_slowed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            raise RedisAway("gone")

    monkeypatch.setattr(limits, "cache", Away())

    assert (limits.count_wrong_code(ADDRESS), limits.wrong_codes(ADDRESS)) == (0, 0)
    assert limits.may_ask(ADDRESS)


def test_wrong_codes_are_counted_and_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [limits.count_wrong_code(ADDRESS) for _ in range(3)] == [1, 2, 3]
    assert limits.wrong_codes(ADDRESS) == 3
    cache.delete(limits._key(ADDRESS))
    assert limits.wrong_codes(ADDRESS) == 0
