"""Telling the sockets of a session: events once, states coalesced; the only module that touches the channel layer.

Everything leaves after the transaction that caused it has committed, nothing on rollback. One channel per process
joins the layer; from there a message fans out to the process's sockets, encoded once.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from .socketio import encode_event


class Audience(StrEnum):
    """Who hears a message. What a student may not see never enters a frame for SEAT or DISPLAY.

    STAFF watches the whole server and is in no session: its messages are those of session 0.
    """

    HOST = "host"
    SEAT = "seat"
    DISPLAY = "display"
    STAFF = "staff"


EVERYBODY = (Audience.HOST, Audience.SEAT, Audience.DISPLAY)
Json = dict[str, Any]


@dataclass(frozen=True)
class StateView:
    """A state as the wire has it. `compute(target id)` reads it afresh.

    It returns the session's id and a payload for every audience that gets one, or None when it is gone.
    """

    event: str
    compute: Callable[[int], tuple[int, Mapping[Audience, Json]] | None]


@dataclass(frozen=True)
class Dispatch:
    """An encoded Socket.IO event on its way to a group; one with a `name` is heard once, however often it is sent."""

    group: str
    frame: str
    name: str = ""


@dataclass(frozen=True)
class Mark:
    """Word that a state has changed: whoever serves sockets computes and sends it, at most so often."""

    view: StateView
    target_id: int


@dataclass(frozen=True)
class Order:
    """A message to the consumers of a group themselves, such as: this key was revoked. `name` as in a Dispatch."""

    group: str
    message: Json
    name: str = ""


Outgoing = Dispatch | Mark | Order


def group_of(session_id: int, audience: Audience) -> str:
    return f"session.{session_id}.{audience}"


def session_of(group: str) -> int | None:
    """The session whose group this is, as `group_of` named it; None for another group."""
    what, _, rest = group.partition(".")
    return int(rest.partition(".")[0]) if what == "session" else None


STAFF_GROUP = group_of(0, Audience.STAFF)


def group_of_user(user_id: int) -> str:
    """The sockets of everyone signed in as this user, wherever they are."""
    return f"user.{user_id}"


def dispatches(
    session_id: int, event: str, *args: Any, to: tuple[Audience, ...] = EVERYBODY, sequence: int = 0
) -> list[Dispatch]:
    """An event for the sockets of a session. `sequence` is the number under which the session's record has it."""
    frame, name = encode_event(event, args).text, _name(event, sequence)
    return [Dispatch(group_of(session_id, audience), frame, name) for audience in to]


def orders(session_id: int, message: Json, *, to: tuple[Audience, ...], sequence: int = 0) -> list[Order]:
    """A message for the consumers of a session's sockets; `sequence` as in `dispatches`."""
    return [Order(group_of(session_id, audience), message, _name(message["type"], sequence)) for audience in to]


def _name(what: str, sequence: int) -> str:
    return f"{what}.{sequence}" if sequence else ""


def emit(session_id: int, event: str, *args: Any, to: tuple[Audience, ...] = EVERYBODY, sequence: int = 0) -> None:
    """Send an event to the sockets of a session after commit."""
    tell(dispatches(session_id, event, *args, to=to, sequence=sequence))


def tell(news: Sequence[Outgoing]) -> None:
    """Send all this after commit."""
    for outgoing in news:
        _after_commit(outgoing)


def state_changed(view: StateView, target_id: int) -> None:
    """Send the new state after commit; many calls become one message, and the last state always arrives."""
    _after_commit(Mark(view, target_id))


def order(group: str, message: Json) -> None:
    """Post a message into the inbox of every consumer of a group, after commit."""
    _after_commit(Order(group, message))


def _after_commit(outgoing: Outgoing) -> None:
    transaction.on_commit(lambda: post(outgoing))


_post_office: Callable[[Outgoing], None] | None = None
_post_office_lock = threading.Lock()


def open_post_office(take: Callable[[Outgoing], None] | None) -> None:
    """The hub of this process takes what is posted, from any thread; None closes it."""
    global _post_office  # noqa: PLW0603  # one event loop serves the sockets of a process
    with _post_office_lock:
        _post_office = take


def post(outgoing: Outgoing) -> None:
    """Hand over to this process's hub, or straight to the channel layer where no socket is served (a Celery worker)."""
    take = _post_office
    if take is not None:
        take(outgoing)
        return
    for group, message in as_messages(outgoing):
        async_to_sync(get_channel_layer().group_send)(group, message)


Missed = Callable[[int, datetime], list[Outgoing]]
_missed: Missed | None = None


def tells_missed(function: Missed) -> Missed:
    """Register `function(session id, since)`: all that the sockets of a session may have missed since that moment."""
    global _missed  # noqa: PLW0603  # the layers above know the record, this one does not
    _missed = function
    return function


def missed_messages(session_id: int, since: datetime) -> list[tuple[str, Json]]:
    """Reads the database."""
    news = _missed(session_id, since) if _missed else []
    return [message for outgoing in news for message in as_messages(outgoing)]


def as_messages(outgoing: Outgoing) -> list[tuple[str, Json]]:
    """What goes into the channel layer: (group, message) pairs. Reads the database for a Mark."""
    if isinstance(outgoing, Dispatch):
        return [(outgoing.group, _message(outgoing, type="frame", frame=outgoing.frame))]
    if isinstance(outgoing, Order):
        return [(outgoing.group, _message(outgoing, type="order", order=outgoing.message))]
    found = outgoing.view.compute(outgoing.target_id)
    if found is None:
        return []
    session_id, payloads = found
    return [
        message
        for audience, payload in payloads.items()
        for message in as_messages(
            Dispatch(group_of(session_id, audience), encode_event(outgoing.view.event, [payload]).text)
        )
    ]


def _message(outgoing: Dispatch | Order, **content: Any) -> Json:
    return {"group": outgoing.group, **content, **({"name": outgoing.name} if outgoing.name else {})}
