"""Telling the sockets of a session: events once, states coalesced; the only module that touches the channel layer.

Everything leaves after the transaction that caused it has committed, nothing on rollback. One channel per process
joins the layer; from there a message fans out to the process's sockets, encoded once.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
    """An encoded Socket.IO event on its way to a group."""

    group: str
    frame: str


@dataclass(frozen=True)
class Mark:
    """Word that a state has changed: whoever serves sockets computes and sends it, at most so often."""

    view: StateView
    target_id: int


@dataclass(frozen=True)
class Order:
    """A message to the consumers of a group themselves, such as: this key was revoked."""

    group: str
    message: Json


Outgoing = Dispatch | Mark | Order


def group_of(session_id: int, audience: Audience) -> str:
    return f"session.{session_id}.{audience}"


STAFF_GROUP = group_of(0, Audience.STAFF)


def group_of_user(user_id: int) -> str:
    """The sockets of everyone signed in as this user, wherever they are."""
    return f"user.{user_id}"


def emit(session_id: int, event: str, *args: Any, to: tuple[Audience, ...] = EVERYBODY) -> None:
    """Send an event to the sockets of a session after commit."""
    frame = encode_event(event, args).text
    for audience in to:
        _after_commit(Dispatch(group_of(session_id, audience), frame))


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


def as_messages(outgoing: Outgoing) -> list[tuple[str, Json]]:
    """What goes into the channel layer: (group, message) pairs. Reads the database for a Mark."""
    if isinstance(outgoing, Dispatch):
        return [(outgoing.group, {"type": "frame", "group": outgoing.group, "frame": outgoing.frame})]
    if isinstance(outgoing, Order):
        return [(outgoing.group, {"type": "order", "group": outgoing.group, "order": outgoing.message})]
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
