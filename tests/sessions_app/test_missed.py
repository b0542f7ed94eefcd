"""What is told again when the layer has been away: the events since then under their names, then every state."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from sessions_app import keys, services
from sessions_app.kinds import KINDS
from sessions_app.missed import missed
from sessions_app.models import AccessKey, Session
from sessions_app.realtime.broadcast import Audience, Dispatch, Mark, Order, group_of
from sessions_app.running import reopen_room

from .. import factories

pytestmark = pytest.mark.django_db


def told(session: Session, since: datetime, audience: Audience = Audience.SEAT) -> list[tuple[str, str]]:
    """The events for one audience: (event, widget id)."""
    found = missed(session.pk, since)
    packets = [json.loads(item.frame[2:]) for item in found if is_for(item, session, audience)]
    return [(event, args[0]["widgetId"] if args else "") for event, *args in packets]


def is_for(item: Any, session: Session, audience: Audience) -> bool:
    return isinstance(item, Dispatch) and item.group == group_of(session.pk, audience)


def states(session: Session, since: datetime) -> list[tuple[str, int]]:
    return [(item.view.event, item.target_id) for item in missed(session.pk, since) if isinstance(item, Mark)]


def test_rooms_that_opened_and_closed_since_are_told_in_their_order() -> None:
    session = factories.make_session()
    factories.make_room(session, "old")
    since = timezone.now()
    room = factories.make_room(session, "w1")
    services.close_room(factories.make_room(session, "w2"), actor="host")
    services.close_room(room, actor="host")
    reopen_room(session, room, actor="host")

    created, closed = "session:roomCreated", "session:roomClosed"
    assert told(session, since) == [(created, "w1"), (closed, "w2"), (closed, "w1"), (created, "w1")]
    assert told(session, timezone.now()) == []


def test_what_is_told_again_has_the_name_that_it_had(django_capture_on_commit_callbacks: Any, monkeypatch: Any) -> None:
    """So whoever heard it the first time hears it once."""
    posted: list[Any] = []
    monkeypatch.setattr("sessions_app.realtime.broadcast._post_office", posted.append)
    session = factories.make_session()
    since = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        room = factories.make_room(session)
        KINDS["poll"].announce(room)
        key = keys.new_key(session, AccessKey.Role.HOST)
        keys.revoke(key, actor="host")
        services.close_room(room, actor="host")
        services.end_session(session, actor="host")

    named = {(item.group, item.name) for item in posted if isinstance(item, Dispatch | Order)}
    again = {(item.group, item.name) for item in missed(session.pk, since) if isinstance(item, Dispatch | Order)}
    assert again == {(group, name) for group, name in named if not name.startswith("session:roomCreated")}
    assert all(name for _, name in named)


def test_every_state_of_a_live_session_is_sent_as_it_is_now() -> None:
    session = factories.make_session()
    room = factories.make_room(session)

    assert states(session, timezone.now()) == [
        ("session:participantUpdate", session.pk),
        ("session:screenChanged", session.pk),
        ("session:runList", session.pk),
        ("session:widgetStateChanged", room.pk),
        ("poll:stateUpdate", room.pk),
        ("poll:voteUpdate", room.pk),
    ]


def test_of_a_session_that_has_ended_no_state_is_told() -> None:
    session = factories.make_session()
    since = timezone.now()
    services.end_session(session, actor="host")

    assert told(session, since) == [("session:closed", "")]
    assert states(session, since) == []


def test_of_a_host_who_came_or_went_it_is_told_who_is_there() -> None:
    session = factories.make_session()
    since = timezone.now()
    session.events.create(sequence=50, kind="session:left", actor="host")

    assert [event for event, _ in told(session, since)] == ["session:hostDisconnected"]
    assert told(session, timezone.now()) == []


def test_of_a_session_that_was_deleted_there_is_nothing_to_tell() -> None:
    assert missed(999_999, timezone.now()) == []
