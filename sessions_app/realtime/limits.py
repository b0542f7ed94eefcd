"""Limits that do not punish a school: per seat by time of arrival, and wrong codes per address.

What they count may be lost with the process: it is a matter of seconds, and harmless.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

from ..errors import Rejected
from .events import Handler

log = logging.getLogger(__name__)
FREE_GUESSES = 20
GUESS_WINDOW_S = 600
SLOWEST_S = 10.0
# Wrong codes that a socket may send before it counts as guessing: people mistype.
MISTAKES = 3
# A class of 200 behind a suspect address is in within ten seconds.
FIRST_CODES_PER_S = 20
LONGEST_LINE_S = 15.0
TURNS_AT_ONCE = 20
PATIENCE_S = 0.6
LONGEST_WAIT_S = 5.0
RETRY_AFTER_MS = 2000
Found = TypeVar("Found")


class SeatRates:
    """Sliding windows: a server's own backlog never counts as flooding, since the time is that of arrival."""

    def __init__(self) -> None:
        self._arrivals: dict[tuple[str, object], deque[float]] = {}

    def check(self, handler: Handler, seat: object, arrived_s: float) -> None:
        """Raises RATE_LIMITED with the time until the next call is welcome."""
        window_s = handler.rate.within_ms / 1000
        recent = self._arrivals.setdefault((handler.event, seat), deque())
        while recent and recent[0] <= arrived_s - window_s:
            recent.popleft()
        if len(recent) >= handler.rate.calls:
            wait_ms = int((recent[0] + window_s - arrived_s) * 1000) + 1
            raise Rejected("RATE_LIMITED", retry_after_ms=wait_ms)
        recent.append(arrived_s)
        if len(self._arrivals) > 50_000:
            self._forget_before(arrived_s - 60)

    def _forget_before(self, moment_s: float) -> None:
        self._arrivals = {key: times for key, times in self._arrivals.items() if times and times[-1] > moment_s}


@dataclass
class Guesser:
    """One socket, and how many wrong codes it has sent."""

    address: str
    wrong: int = 0


class Guesses:
    """Slows an address that tries wrong codes. Right codes pass at once, so a school behind one address joins freely.

    After FREE_GUESSES wrong ones in ten minutes an address is suspect. Then its sockets are told apart, since a guesser
    and a class may sit behind one address. Who proves a seat passes at once. Sockets that have not guessed stand in
    line and are looked up FIRST_CODES_PER_S a second. Those that have guessed share TURNS_AT_ONCE turns, which a wrong
    code holds for longer every time; while all are held, further codes of such sockets are refused unread, and a page
    tries again by itself. So a thousand sockets guess no faster than twenty.
    """

    def __init__(self) -> None:
        self._suspect_until_s: dict[str, float] = {}
        # When the line of each suspect address is through.
        self._line_until_s: dict[str, float] = {}
        self._turns: Counter[str] = Counter()
        # Those of the turns whose code was wrong.
        self._withheld: Counter[str] = Counter()

    async def guard(
        self, who: Guesser, look_up: Callable[[], Awaitable[Found]], is_known: Callable[[], Awaitable[bool]]
    ) -> Found:
        """Look up a code for this socket. Raises what `look_up` raises, late, and RATE_LIMITED.

        `is_known` says whether the socket proves a place in the session that it names.
        """
        if who.wrong < MISTAKES:
            if self._is_suspect(who.address) and not await is_known():
                await self._stand_in_line(who.address)
            return await self._answer(who, look_up)
        await self._wait_for_turn(who.address)
        self._turns[who.address] += 1
        try:
            return await self._answer(who, look_up)
        finally:
            _give_back(self._turns, who.address)

    async def _answer(self, who: Guesser, look_up: Callable[[], Awaitable[Found]]) -> Found:
        try:
            return await look_up()
        except Rejected as refusal:
            if refusal.code == "INVALID_SESSION":
                await self._withhold(who)
            raise

    async def _withhold(self, who: Guesser) -> None:
        """Hold the answer to a wrong code back."""
        who.wrong += 1
        seconds = slowness_s(await self._count(who.address))
        self._withheld[who.address] += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            _give_back(self._withheld, who.address)

    def _is_suspect(self, address: str) -> bool:
        return self._suspect_until_s.get(address, 0.0) > time.monotonic()

    async def _stand_in_line(self, address: str) -> None:
        now_s = time.monotonic()
        due_s = max(now_s, self._line_until_s.get(address, 0.0)) + 1 / FIRST_CODES_PER_S
        if due_s - now_s > LONGEST_LINE_S:
            raise Rejected("RATE_LIMITED", retry_after_ms=RETRY_AFTER_MS)
        self._line_until_s[address] = due_s
        await asyncio.sleep(due_s - now_s)

    async def _wait_for_turn(self, address: str) -> None:
        """A code that is looked up gives its turn back soon; a wrong one holds it for longer than we wait here."""
        begun_s = held_since_s = now_s = time.monotonic()
        while self._is_suspect(address) and self._turns[address] >= TURNS_AT_ONCE:
            if self._withheld[address] < TURNS_AT_ONCE:
                held_since_s = now_s
            if now_s - held_since_s >= PATIENCE_S or now_s - begun_s >= LONGEST_WAIT_S:
                raise Rejected("RATE_LIMITED", retry_after_ms=RETRY_AFTER_MS)
            await asyncio.sleep(PATIENCE_S / 20)
            now_s = time.monotonic()

    async def _count(self, address: str) -> int:
        wrong = await asyncio.to_thread(count_wrong_code, address)
        if wrong >= FREE_GUESSES:
            self._suspect_until_s[address] = time.monotonic() + GUESS_WINDOW_S
        if len(self._suspect_until_s) > 10_000:
            now_s = time.monotonic()
            self._suspect_until_s = {key: until for key, until in self._suspect_until_s.items() if until > now_s}
            self._line_until_s = {key: until for key, until in self._line_until_s.items() if until > now_s}
        return wrong


def _give_back(held: Counter[str], address: str) -> None:
    held[address] -= 1
    if not held[address]:
        del held[address]


def count_wrong_code(address: str) -> int:
    """Wrong codes of this address in the window, this one included; 0 while the cache is away."""
    try:
        cache.add(_key(address), 0, GUESS_WINDOW_S)
        return cache.incr(_key(address))
    except ValueError:
        return 1
    except RedisError:
        log.warning("The cache is away: wrong codes are not counted.")
        return 0


def wrong_codes(address: str) -> int:
    """Wrong codes of this address in the window so far."""
    try:
        return int(cache.get(_key(address), 0))
    except RedisError:
        return 0


def may_ask(address: str) -> bool:
    """Whether an HTTP request of this address may look up a code now: a suspect one FIRST_CODES_PER_S a second.

    Nobody is shut out for long by what somebody else has tried.
    """
    if wrong_codes(address) <= FREE_GUESSES:
        return True
    this_second = f"{_key(address)}.{int(time.time())}"
    try:
        cache.add(this_second, 0, 10)
        return bool(cache.incr(this_second) <= FIRST_CODES_PER_S)
    except (ValueError, RedisError):
        return True


def _key(address: str) -> str:
    return f"lectern.guesses.{address}"


def slowness_s(wrong: int) -> float:
    """How long a wrong code holds its turn: from the first on longer than anybody waits for one."""
    return min(SLOWEST_S, 0.5 * (1 + wrong - FREE_GUESSES)) if wrong > FREE_GUESSES else 0.0
