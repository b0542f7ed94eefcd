"""How long a record is kept, and that it is gone then: it, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sessions_app import retention, services, tasks
from sessions_app.models import Participant, Room, RunStep, Session, SessionEvent
from widgets.models import Entry

from .. import factories

pytestmark = pytest.mark.django_db


def ended(days_ago: float, *, keep_days: int | None = None) -> Session:
    session = factories.make_session(keep_days=keep_days)
    Session.objects.filter(pk=session.pk).update(ended_at=timezone.now() - timedelta(days=days_ago))
    session.refresh_from_db()
    return session


def left() -> set[int]:
    return set(Session.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("keep_days", "server_days", "kept"),
    [(None, 365, 365), (7, 365, 7), (0, 365, 0), (None, 0, 0), (10**9, 365, 36_500)],
)
def test_a_session_says_how_long_or_else_the_server(
    settings: Any, keep_days: int | None, server_days: int, kept: int
) -> None:
    settings.LECTERN_KEEP_DAYS = server_days
    session = Session(keep_days=keep_days, ended_at=timezone.now())

    assert retention.days_kept(session) == kept
    assert retention.keep_until(session) == (
        session.ended_at + timedelta(days=kept) if kept and session.ended_at else None
    )


def test_a_live_session_is_kept_as_if_it_ended_now() -> None:
    until = retention.keep_until(factories.make_session(keep_days=30))

    assert until is not None
    assert timedelta(0) <= timezone.now() + timedelta(days=30) - until < timedelta(minutes=1)


def test_what_is_over_is_deleted_and_nothing_else(settings: Any) -> None:
    settings.LECTERN_KEEP_DAYS = 100
    over = [ended(101), ended(31, keep_days=30), ended(8, keep_days=7)]
    kept = [ended(99), ended(29, keep_days=30), ended(5000, keep_days=0), factories.make_session(keep_days=7)]
    factories.age(kept[-1], days=500)

    assert (tasks.delete_expired_sessions(), tasks.delete_expired_sessions()) == (len(over), 0)

    assert left() == {session.pk for session in kept}


def test_a_server_that_keeps_for_ever_deletes_only_what_says_so(settings: Any) -> None:
    settings.LECTERN_KEEP_DAYS = 0
    kept, over = ended(5000), ended(31, keep_days=30)

    tasks.delete_expired_sessions()

    assert (left(), over.pk in left()) == ({kept.pk}, False)


def test_a_session_goes_with_all_that_hangs_on_it() -> None:
    before = factories.everything()
    session = ended(0)
    seat = factories.make_seat(session)
    room = Room.objects.create(session=session, kind="poll", widget_id="w1")
    RunStep.objects.create(session=session, position=1, kind="poll", room=room)
    Entry.objects.create(room=room, author=seat)
    factories.host_token(session)
    SessionEvent.objects.create(session=session, sequence=99, kind="x", actor="y")

    assert (retention.erase_session(session), retention.erase_session(session)) == (True, False)

    assert factories.everything() == before


def test_a_live_session_is_not_deleted() -> None:
    session = factories.make_session()

    assert retention.erase_session(session) is False
    assert left() == {session.pk}


def test_many_are_deleted_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 2)
    for _ in range(3):
        ended(400)

    assert [tasks.delete_expired_sessions() for _ in range(3)] == [2, 1, 0]


def test_a_title_is_cleaned_and_the_change_is_on_record() -> None:
    session = ended(0)

    retention.label_record(session, title=" Moons\u202e  \n", keep_days=30, actor="user:1")

    session.refresh_from_db()
    assert (session.title, session.keep_days) == ("Moons", 30)
    assert list(session.events.values_list("kind", "actor", "data"))[-1] == (
        "session:labelled",
        "user:1",
        {"title": "Moons", "keepDays": 30},
    )


def test_a_seat_of_a_deleted_session_takes_no_place_any_more() -> None:
    session = ended(0)
    seat = factories.make_seat(session)
    factories.connect_row(session, seat=seat, sid="late")
    retention.erase_session(session)

    services.depart("late")

    assert Participant.objects.count() == 0
