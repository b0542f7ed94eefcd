"""What beat runs: sessions that are over end, and nothing else does; safe to run twice."""

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from sessions_app import services, tasks
from sessions_app.models import AccessKey, Participant, Session, SessionEvent

from .. import factories

pytestmark = pytest.mark.django_db


def is_live(session: Session) -> bool:
    session.refresh_from_db()
    return session.is_live


def test_idle_session_ends_and_its_record_is_kept() -> None:
    session = factories.make_session()
    room = factories.make_room(session)
    seat = factories.make_seat(session)
    host = factories.host_token(session)
    factories.age(session, minutes=31)

    assert (tasks.end_idle_sessions(), tasks.end_idle_sessions()) == (1, 0)

    room.refresh_from_db()
    assert (is_live(session), room.closed_at == session.ended_at, bool(host)) == (False, True, True)
    assert list(session.events.values_list("kind", "actor"))[-1] == ("session:closed", "beat")
    assert Participant.objects.get() == seat
    assert AccessKey.objects.filter(revoked_at=None).count() == 0


@pytest.mark.parametrize(
    ("minutes_old", "minutes_quiet", "connected", "ends"),
    [
        (29, 29, False, False),
        (31, 31, False, True),
        (31, 31, True, False),
        (31, 5, False, False),
        (719, 719, True, False),
        (721, 0, True, True),
    ],
)
def test_session_ends_when_nobody_is_there_and_nothing_happens_or_after_twelve_hours(
    minutes_old: int, minutes_quiet: int, connected: bool, ends: bool
) -> None:
    session = factories.make_session()
    if connected:
        factories.connect_row(session, seat=factories.make_seat(session))
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(
        created_at=now - timedelta(minutes=minutes_old), last_activity_at=now - timedelta(minutes=minutes_quiet)
    )

    tasks.end_idle_sessions()

    assert is_live(session) is not ends


def test_code_of_an_ended_session_is_free_again() -> None:
    session = factories.make_session(code="Q8J6U")
    services.end_session(session, actor="test")

    again = factories.make_session(code="Q8J6U")

    assert (again.pk != session.pk, is_live(again)) == (True, True)


def test_ending_twice_is_ending_once() -> None:
    session = factories.make_session()
    heard: list[Any] = []

    def hear(sender: Any, session: Session, **_: Any) -> None:
        heard.append(session.pk)

    services.session_ended.connect(hear)
    for _ in range(2):
        services.end_session(session, actor="test")
    services.session_ended.disconnect(hear)

    assert heard == [session.pk]
    assert SessionEvent.objects.filter(kind="session:closed").count() == 1


def test_beat_knows_every_task_by_its_name(settings: Any) -> None:
    current_app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {"sessions_app.tasks.end_idle_sessions", "sessions_app.tasks.sweep_dead_servers"} <= named
    assert named <= set(current_app.tasks)


def test_sweeping_task_is_the_service() -> None:
    factories.connect_row(factories.make_session())
    ghost = factories.connect_row(factories.make_session(), sid="ghost").server
    type(ghost).objects.filter(pk=ghost.pk).update(beat_at=timezone.now() - timedelta(hours=1))

    assert (tasks.sweep_dead_servers(), tasks.sweep_dead_servers()) == (1, 0)
