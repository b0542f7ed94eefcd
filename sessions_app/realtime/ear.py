"""Whether the channel layer still reaches this process: a word to itself every second, that has to come back.

A publication that nobody is subscribed to is lost without an error, and a broken subscription comes back by itself,
without saying what fell in between.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.utils import timezone
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
# The last two come out of Redis' client when its connection is torn down under a call.
LAYER_AWAY = (OSError, RedisError, RuntimeError, AttributeError)
WORD_EVERY_S = 1.0
WORD_WAIT_S = 1.0
# How long before the last word an event may have been recorded that was not heard any more.
MARGIN = timedelta(seconds=5)
NAMES_KEPT = 10_000
Message = dict[str, Any]


class Ear:
    """Speaks into one group, listens for it, and has `catch_up(since)` called after every time of deafness."""

    def __init__(self, layer: Any, group: str, catch_up: Callable[[datetime], Awaitable[None]]) -> None:
        self._layer = layer
        self._group = group
        self._catch_up = catch_up
        self._word = 0
        self._heard = asyncio.Event()
        self._heard_last = timezone.now()
        self._names: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def listen(self) -> None:
        is_deaf = False
        while True:
            await asyncio.sleep(WORD_EVERY_S)
            spoken_at = timezone.now()
            if not await self._hears_itself():
                if not is_deaf:
                    log.warning("The channel layer does not reach this process; what is missed is told again later.")
                is_deaf = True
                continue
            if is_deaf and not await self._has_caught_up():
                continue
            is_deaf, self._heard_last = False, spoken_at

    def hear(self, message: Message) -> None:
        """A word came back; one that comes late is no proof."""
        if message["word"] == self._word:
            self._heard.set()

    def is_new(self, message: Message) -> bool:
        """False for what has come before under the same name."""
        if "name" not in message:
            return True
        key = (message["group"], message["name"])
        if key in self._names:
            return False
        self._names[key] = None
        if len(self._names) > NAMES_KEPT:
            self._names.popitem(last=False)
        return True

    async def _hears_itself(self) -> bool:
        self._word += 1
        self._heard.clear()
        try:
            async with asyncio.timeout(WORD_WAIT_S):
                await self._layer.group_send(self._group, {"type": "word", "group": self._group, "word": self._word})
                await self._heard.wait()
        except LAYER_AWAY:
            return False
        return True

    async def _has_caught_up(self) -> bool:
        try:
            await self._catch_up(self._heard_last - MARGIN)
        except DatabaseError as fault:
            log.warning("The database is away (%s); what was missed is read again.", fault)
            return False
        except Exception:  # boundary: an ear that stops listening would never know of the next time
            log.exception("What the channel layer had lost could not be told again.")
            return True
        log.warning("The channel layer is back; what was missed has been told.")
        return True
