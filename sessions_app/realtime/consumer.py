"""The only consumer: one for each Socket.IO connection. It validates, dispatches and answers what arrives."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from channels.consumer import AsyncConsumer

from ..dispatch import KNOWN, READS, runner_for
from ..errors import Rejected
from . import runtime
from .broadcast import Audience, group_of, group_of_user
from .events import HANDLERS, Call, Caller, Handler, Json, Later, Membership
from .handshake import caller_of, login_holds
from .limits import Guesser
from .wire import failure_of, named_widget, parse_payload

log = logging.getLogger(__name__)
SHOW = "session:show"
# In place of an ack's number: what a page's CONNECT carried, [event, payload], is answered by an event.
FIRST = "first"
# Asked by every page every few seconds, to know that the line is alive: answered here, without a transaction.
PING = "lectern:ping"
Message = dict[str, Any]


class SocketConsumer(AsyncConsumer):  # type: ignore[misc]  # channels has no types
    """Handles the messages of its one inbox in the order of arrival: events of the client, orders of the hub."""

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        self.scope, self.socket, self.send = scope, scope["socket"], send
        self.listening: set[str] = set()
        self.runtime = await runtime.current()
        self.caller: Caller = caller_of(scope, self.runtime.server_id)
        self.guesser = Guesser(self.caller.address)
        steps: dict[str, Callable[[Message], Awaitable[None]]] = {
            "socketio.connect": self.connect,
            "socketio.event": self.event,
            "socketio.lost": self.lost,
            "socketio.recovered": self.recovered,
            "socketio.disconnect": self.disconnect,
            "lectern.dismiss": self.dismiss,
            "lectern.revoked": self.revoked,
            "lectern.loginChanged": self.login_changed,
            "lectern.return": self.recovered,
        }
        kind = ""
        # AsyncConsumer.dispatch would look after database connections on every message, in another thread.
        while kind != "socketio.disconnect":
            message = await receive()
            kind = message["type"]
            await steps[kind](message)

    async def connect(self, message: Message) -> None:
        if "displayToken" in self.caller.auth:
            await self._show()
        else:
            await self.send({"type": "socketio.accept"})
        if self.caller.user_id is not None:
            await self._watch_login(self.caller.user_id)
        match self.caller.auth.get("first"):
            case [str(name), dict(payload)]:
                await self.event({"name": name, "args": [payload], "ack": FIRST, "received_at": time.monotonic()})

    async def _show(self) -> None:
        """A projector proves itself at once, by the token of its address, and gets its state."""
        try:
            answer, _ = await self._perform(HANDLERS[SHOW], [self.caller.auth], 0.0)
        except Rejected as refusal:
            await self.send({"type": "socketio.reject", "message": refusal.message, "data": refusal.as_error()})
            return
        await self.send({"type": "socketio.accept"})
        self.socket.emit("session:shown", {"success": True, **answer})

    async def event(self, message: Message) -> None:
        if message["name"] == PING:
            await self._acknowledge(message, {"success": True})
            return
        handler = HANDLERS.get(message["name"])
        if handler is None:
            self.runtime.unknown_events += 1
            await self._acknowledge(message, {"success": False, "error": Rejected("UNKNOWN_EVENT").as_error()})
            return
        try:
            answer, call = await self._perform(handler, message["args"], message["received_at"])
        except Rejected as refusal:
            await self._refuse(handler, message, refusal)
        except Exception as fault:  # boundary: nothing that one event does ends the connection
            await self._refuse(handler, message, Rejected("INTERNAL_ERROR"))
            log.error("%s failed.", handler.event, exc_info=fault)
        else:
            await self._acknowledge(message, {"success": True, **answer})
            if handler.reply:
                self.socket.emit(handler.reply, {"success": True, **answer})
            for event, args in call.tells:
                self.socket.emit(event, *args)

    async def _perform(self, handler: Handler, args: list[Any], arrived_s: float) -> tuple[Json, Call]:
        """Check, run in a thread, move the socket to where it now belongs, and read the reply."""
        payload = parse_payload(handler.payload, args)
        membership = self.caller.membership
        seat = (membership and membership.participant_id) or self.caller.sid
        self.runtime.rates.check(handler, seat, arrived_s)
        call = Call(self.caller, payload)
        run = partial(self.runtime.pipeline.run, runner_for(handler), call)
        is_known = partial(self.runtime.pipeline.run, KNOWN, call)
        is_guess = self.caller.guesses_with(payload)
        answer = await (self.runtime.guesses.guard(self.guesser, run, is_known) if is_guess else run())
        if call.moves:
            await self._move(call.moves_to)
            call.caller = self.caller
        for group, on in call.groups.items():
            await self._listen(group, on=on)
        if isinstance(answer, Later):
            answer = await self.runtime.pipeline.run(READS, (answer, call))
        return answer or {}, call

    async def _move(self, to: Membership | None) -> None:
        before = self.caller.membership
        self.caller = replace(self.caller, membership=to)
        if to is not None:
            await self.runtime.hub.join(group_of(to.session_id, to.audience), self.socket)
        if before is not None and (to is None or group_of_place(before) != group_of_place(to)):
            await self.runtime.hub.leave(group_of_place(before), self.socket)

    async def _listen(self, group: str, *, on: bool) -> None:
        if on:
            self.listening.add(group)
            await self.runtime.hub.join(group, self.socket)
        else:
            self.listening.discard(group)
            await self.runtime.hub.leave(group, self.socket)

    async def _acknowledge(self, message: Message, body: Json) -> None:
        if message["ack"] == FIRST:
            self.socket.emit("lectern:first", body)
        elif message["ack"] is not None:
            await self.send({"type": "socketio.ack", "ack": message["ack"], "args": [body]})

    async def _refuse(self, handler: Handler, message: Message, refusal: Rejected) -> None:
        body = {**named_widget(message["args"]), **failure_of(handler, refusal)}
        await self._acknowledge(message, body)
        if handler.reply:
            self.socket.emit(handler.reply, body)
        elif message["ack"] is None:
            self.socket.emit("lectern:error", {"event": handler.event, **refusal.as_error()})

    async def lost(self, message: Message) -> None:
        await self.runtime.depart(self.caller.sid)

    async def recovered(self, message: Message) -> None:
        await self.runtime.return_to_place(self.caller)

    async def dismiss(self, message: Message) -> None:
        """The session has ended: everyone leaves who is still in it; a host may have opened the next one meanwhile."""
        membership = self.caller.membership
        if membership is not None and membership.session_id == message["session_id"]:
            await self._leave()

    async def _leave(self) -> None:
        await self._move(None)
        await self.runtime.depart(self.caller.sid)

    async def revoked(self, message: Message) -> None:
        """A key has ended: a released board goes read-only (access refuses it), a projector leaves."""
        membership = self.caller.membership
        if membership is None or membership.key_id != message["key_id"]:
            return
        self.socket.emit("session:released", {"reason": message["reason"]})
        if membership.audience is Audience.DISPLAY:
            await self._leave()
            await self.send({"type": "socketio.close"})

    async def _watch_login(self, user_id: int) -> None:
        """Hear of every change of the login from now on, and heed what changed since the handshake."""
        # While the layer is away nobody can join; the hub goes on trying.
        with suppress(TimeoutError):
            await self._listen(group_of_user(user_id), on=True)
        await self.login_changed({})

    async def login_changed(self, message: Message) -> None:
        """Where the login ended (signed out, new password, no longer staff) its page connects again as what it is."""
        if await login_holds(self.scope, self.caller):
            return
        await self._leave()
        # What still waits in the inbox is heard as from a stranger.
        self.caller = replace(self.caller, user_id=None, is_staff=False)
        await self.send({"type": "socketio.close"})

    async def disconnect(self, message: Message) -> None:
        """The seat is given up before anything else: what the layer does then can leave no ghost."""
        try:
            await asyncio.shield(self.runtime.depart(self.caller.sid))
        except RuntimeError:
            # The process is ending: its row goes, and this connection with it.
            log.debug("%s left while the server was shutting down.", self.caller.sid)
        await self._move(None)
        for group in tuple(self.listening):
            await self._listen(group, on=False)


def group_of_place(place: Membership) -> str:
    return group_of(place.session_id, place.audience)
