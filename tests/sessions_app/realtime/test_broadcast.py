"""Telling: after the commit, encoded once, to each audience what it may see."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.db import connections, transaction

from sessions_app.realtime import broadcast
from sessions_app.realtime.broadcast import Audience, Dispatch, Mark, Order, StateView, as_messages, group_of

EVENT = '42["session:closed"]'


@pytest.fixture
def posted() -> Iterator[list[Any]]:
    letters: list[Any] = []
    broadcast.open_post_office(letters.append)
    yield letters
    broadcast.open_post_office(None)


@pytest.mark.django_db(transaction=True)
def test_everything_leaves_after_the_commit_in_order(posted: list[Any]) -> None:
    view = StateView("state", lambda _: None)

    with transaction.atomic():
        broadcast.emit(1, "first", {"n": 1}, to=(Audience.HOST,))
        broadcast.state_changed(view, 7)
        broadcast.order("group", {"type": "lectern.test"})
        assert posted == []

    assert posted == [
        Dispatch("session.1.host", '42["first",{"n":1}]'),
        Mark(view, 7),
        Order("group", {"type": "lectern.test"}),
    ]


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_on_rollback(posted: list[Any]) -> None:
    def fail() -> None:
        with transaction.atomic():
            broadcast.emit(1, "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert posted == []


@pytest.mark.django_db(transaction=True)
def test_everybody_is_the_host_the_seats_and_the_projectors(posted: list[Any]) -> None:
    broadcast.emit(3, "session:closed")

    assert posted == [Dispatch(f"session.3.{who}", EVENT) for who in ("host", "seat", "display")]


@pytest.mark.profile_free
def test_state_is_one_message_for_each_audience_that_gets_one() -> None:
    payloads = {Audience.HOST: {"votes": 1}, Audience.SEAT: {"votes": None}}

    messages = as_messages(Mark(StateView("state", lambda target: (target, payloads)), 5))

    assert messages == [
        (group, {"type": "frame", "group": group, "frame": f'42["state",{{"votes":{votes}}}]'})
        for group, votes in (("session.5.host", "1"), ("session.5.seat", "null"))
    ]
    assert as_messages(Mark(StateView("state", lambda _: None), 5)) == []


@pytest.mark.profile_free
def test_order_is_a_message_to_the_consumers() -> None:
    message = {"type": "lectern.dismiss", "session_id": 1}

    assert as_messages(Order("g", message)) == [("g", {"type": "order", "group": "g", "order": message})]


@pytest.mark.django_db(transaction=True)
def test_process_without_sockets_tells_through_the_layer() -> None:
    """A Celery worker: what it sends is heard by the processes that serve sockets."""
    group = group_of(11, Audience.HOST)

    def tell() -> None:
        broadcast.emit(11, "session:closed", to=(Audience.HOST,))
        connections.close_all()

    async def hear() -> Any:
        layer = get_channel_layer()
        channel = await layer.new_channel("lectern")
        await layer.group_add(group, channel)
        await asyncio.to_thread(tell)
        heard = await asyncio.wait_for(layer.receive(channel), 10)
        await layer.group_discard(group, channel)
        await layer.flush()
        return heard

    assert asyncio.run(hear()) == {"type": "frame", "group": group, "frame": EVENT}
