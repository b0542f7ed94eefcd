"""Limits that do not punish a school: per seat by time of arrival, and wrong codes per address.

What they count may be lost with the process: it is a matter of seconds, and harmless.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

from ..errors import Rejected
from .events import Handler

log = logging.getLogger(__name__)
FREE_GUESSES = 20
GUESS_WINDOW_S = 600
SLOWEST_S = 10.0
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


class Guesses:
    """Slows an address that tries wrong codes. Right codes pass at once, so a school behind one address joins freely.

    After FREE_GUESSES wrong ones in ten minutes an address is suspect. Each of its codes then takes one of
    TURNS_AT_ONCE turns before it is looked up, and a wrong one holds its turn for longer every time. While all turns
    are held by wrong ones its further codes are refused unread; a page tries again by itself. So a thousand sockets
    guess no faster than twenty.
    """

    def __init__(self) -> None:
        self._suspect_until_s: dict[str, float] = {}
        self._turns: Counter[str] = Counter()
        # Those of the turns whose code was wrong.
        self._withheld: Counter[str] = Counter()

    async def guard(self, address: str, look_up: Callable[[], Awaitable[Found]]) -> Found:
        """Look up a code for this address. Raises what `look_up` raises, late, and RATE_LIMITED."""
        await self._wait_for_turn(address)
        self._turns[address] += 1
        try:
            return await look_up()
        except Rejected as refusal:
            if refusal.code == "INVALID_SESSION":
                await self._withhold(address)
            raise
        finally:
            _give_back(self._turns, address)

    async def _withhold(self, address: str) -> None:
        """Hold the answer to a wrong code back."""
        seconds = slowness_s(await self._count(address))
        self._withheld[address] += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            _give_back(self._withheld, address)

    async def _wait_for_turn(self, address: str) -> None:
        """A code that is looked up gives its turn back soon; a wrong one holds it for longer than we wait here."""
        begun_s = held_since_s = now_s = time.monotonic()
        while self._suspect_until_s.get(address, 0.0) > begun_s and self._turns[address] >= TURNS_AT_ONCE:
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


def _key(address: str) -> str:
    return f"lectern.guesses.{address}"


def slowness_s(wrong: int) -> float:
    """How long a wrong code holds its turn: from the first on longer than anybody waits for one."""
    return min(SLOWEST_S, 0.5 * (1 + wrong - FREE_GUESSES)) if wrong > FREE_GUESSES else 0.0
