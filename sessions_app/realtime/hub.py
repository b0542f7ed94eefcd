"""The process's switchboard: sockets by group, the outbox into the channel layer, and states at most every 250 ms."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from . import broadcast
from .broadcast import Mark, Outgoing
from .ear import LAYER_AWAY, Ear
from .engineio import Frame
from .pipeline import Pipeline, Runner, each

log = logging.getLogger(__name__)
STATES = Runner(each(broadcast.as_messages), most=16)
MISSED = Runner(each(lambda asked: broadcast.missed_messages(*asked)), most=1)
OUTBOX_BOUND = 20_000
RETRY_S = (0.1, 0.2, 0.5, 1, 2, 2, 2, 5, 5, 5, 5)
JOIN_S = 20
SUBSCRIBE_AGAIN_S = 0.5
CANCEL_AGAIN_S = 0.2
COMPUTE_AGAIN_S = 1.0
# How long a state stays on the list of those sent again when the layer has lost messages.
RESEND_S = 60


class Member(Protocol):
    """A socket as the hub sees it; both calls return at once."""

    def write(self, frame: Frame) -> None: ...
    def post(self, message: dict[str, Any]) -> None: ...


class Hub:
    """Lives on one event loop; `take` may be called from any thread, all else only on the loop."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self._loop = asyncio.get_running_loop()
        self._layer = get_channel_layer()
        self._groups: defaultdict[str, dict[Member, None]] = defaultdict(dict)
        self._subscriptions: dict[str, asyncio.Task[None]] = {}
        self._began_at: dict[str, datetime] = {}
        self._outbox: asyncio.Queue[list[tuple[str, dict[str, Any]]]] = asyncio.Queue(OUTBOX_BOUND)
        self._states = Coalescer(self, settings.LECTERN_STATE_INTERVAL_MS / 1000)
        self._tasks: list[asyncio.Task[None]] = []
        self._channel = self._own_group = ""

    async def start(self) -> None:
        self._channel = await self._layer.new_channel("lectern")
        # Group names take fewer characters than channel names.
        self._own_group = "ear." + self._channel.rpartition("!")[2]
        self._ear = Ear(self._layer, self._own_group, self._catch_up)
        self._tasks = [self._loop.create_task(self._receive()), self._loop.create_task(self._send())]
        if not getattr(self._layer, "never_deaf", False):
            self._subscriptions[self._own_group] = self._loop.create_task(self._subscribe(self._own_group))
            self._tasks.append(self._loop.create_task(self._ear.listen()))
        broadcast.open_post_office(self.take)

    async def stop(self) -> None:
        broadcast.open_post_office(None)
        self._states.stop()
        tasks = {*self._tasks, *self._subscriptions.values()}
        running = tasks
        while running:
            for task in running:
                task.cancel()
            # A client of Redis that is interrupted just when its answer comes swallows the cancellation.
            _, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_S)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def join(self, group: str, member: Member) -> None:
        """After this returns, nothing sent to the group is missed. Raises TimeoutError while the layer is away."""
        self._groups[group][member] = None
        if group not in self._subscriptions:
            self._subscriptions[group] = self._loop.create_task(self._subscribe(group))
            self._began_at[group] = timezone.now()
        await asyncio.wait_for(asyncio.shield(self._subscriptions[group]), JOIN_S)

    async def _subscribe(self, group: str) -> None:
        """Try for as long as the group has members: they hear again what is sent once the layer is back."""
        while True:
            try:
                await self._layer.group_add(group, self._channel)
            except LAYER_AWAY as fault:
                log.warning("The channel layer is away (%s); nobody can join %s now.", fault, group)
                await asyncio.sleep(SUBSCRIBE_AGAIN_S)
            else:
                return

    async def leave(self, group: str, member: Member) -> None:
        members = self._groups.get(group)
        if members is None:
            return
        members.pop(member, None)
        if not members:
            del self._groups[group], self._began_at[group]
            self._subscriptions.pop(group).cancel()
            try:
                await self._layer.group_discard(group, self._channel)
            except LAYER_AWAY as fault:
                log.warning("The channel layer is away (%s); what it still sends to %s is ignored.", fault, group)

    def post_to_all(self, message: dict[str, Any]) -> None:
        for member in {member: None for members in self._groups.values() for member in members}:
            member.post(message)

    def take(self, outgoing: Outgoing) -> None:
        self._loop.call_soon_threadsafe(self._take, outgoing)

    def _take(self, outgoing: Outgoing) -> None:
        if isinstance(outgoing, Mark):
            self._states.mark(outgoing)
        else:
            self.put(broadcast.as_messages(outgoing))

    def put(self, messages: list[tuple[str, dict[str, Any]]]) -> None:
        try:
            self._outbox.put_nowait(messages)
        except asyncio.QueueFull:
            log.error("The channel layer has not taken messages for long; states will be sent again.")

    async def _send(self) -> None:
        while True:
            for group, message in await self._outbox.get():
                await self._send_one(group, message)

    async def _send_one(self, group: str, message: dict[str, Any]) -> None:
        """Try until the layer takes it: a Redis that restarts costs delay, not a lesson."""
        for attempt, pause_s in enumerate(RETRY_S):
            try:
                await self._layer.group_send(group, message)
            except LAYER_AWAY as fault:
                log.warning("The channel layer is away (%s); next try in %s s.", fault, pause_s)
                await asyncio.sleep(pause_s)
            else:
                if attempt:
                    self._loop.call_later(2, self._states.resend)
                return
        log.error("The channel layer stayed away; one message to %s is lost.", group)

    async def _receive(self) -> None:
        while True:
            message = await self._layer.receive(self._channel)
            if message["type"] == "word":
                self._ear.hear(message)
            else:
                self._deliver(message)

    def _deliver(self, message: dict[str, Any]) -> None:
        if not self._ear.is_new(message):
            return
        members = tuple(self._groups.get(message["group"], ()))
        if message["type"] == "frame":
            frame = Frame(message["frame"])
            for member in members:
                member.write(frame)
        else:
            for member in members:
                member.post(message["order"])

    async def _catch_up(self, since: datetime) -> None:
        """Tell this process's sockets what the layer has lost; every other process does so for its own."""
        for group, began_at in list(self._began_at.items()):
            # Who came later has read what was there.
            asked = broadcast.session_of(group), max(since, began_at)
            for to, message in await self.pipeline.run(MISSED, asked) if asked[0] is not None else ():
                if to == group:
                    self._deliver(message)
        self.post_to_all({"type": "lectern.loginChanged"})


class Coalescer:
    """At most one message per state and interval; the newest wins and the last one always leaves."""

    def __init__(self, hub: Hub, interval_s: float) -> None:
        self._hub = hub
        self._interval_s = interval_s
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[Mark, asyncio.TimerHandle] = {}
        self._dirty: set[Mark] = set()
        self._sent_at: dict[Mark, float] = {}
        self._flushes: set[asyncio.Task[None]] = set()

    def mark(self, mark: Mark) -> None:
        """Flush at once; while a flush is under way or the interval runs, once more afterwards."""
        if mark in self._waiting:
            self._dirty.add(mark)
        else:
            self._later(0, self._begin, mark)

    def resend(self) -> None:
        """Send again what was sent lately: the layer may have lost it."""
        newest = self._loop.time() - RESEND_S
        for mark, at in list(self._sent_at.items()):
            if at > newest:
                self.mark(mark)

    def stop(self) -> None:
        for handle in self._waiting.values():
            handle.cancel()
        for task in self._flushes:
            task.cancel()

    def _later(self, delay_s: float, step: Callable[[Mark], None], mark: Mark) -> None:
        self._waiting[mark] = self._loop.call_later(delay_s, step, mark)

    def _begin(self, mark: Mark) -> None:
        self._dirty.discard(mark)
        task = self._loop.create_task(self._flush(mark))
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)

    async def _flush(self, mark: Mark) -> None:
        self._sent_at[mark] = self._loop.time()
        pause_s = self._interval_s
        try:
            self._hub.put(await self._hub.pipeline.run(STATES, mark))
        except (OperationalError, InterfaceError) as fault:
            log.warning("The database is away (%s); the state %s is computed again.", fault, mark.view.event)
            self._dirty.add(mark)
            pause_s = max(pause_s, COMPUTE_AGAIN_S)
        except Exception:
            log.exception("The state %s of %s could not be computed.", mark.view.event, mark.target_id)
        self._later(pause_s, self._end, mark)

    def _end(self, mark: Mark) -> None:
        del self._waiting[mark]
        if mark in self._dirty:
            self._later(0, self._begin, mark)
        elif len(self._sent_at) > 10_000:
            self._forget_old()

    def _forget_old(self) -> None:
        oldest = self._loop.time() - RESEND_S
        self._sent_at = {mark: at for mark, at in self._sent_at.items() if at > oldest}
