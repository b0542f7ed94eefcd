"""What is left of a lesson: counts equal the answers, and a large class asks the database no more than a small one."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sessions_app import services
from sessions_app.models import Participant, Room, Session, SessionEvent
from sessions_app.records import activities_of, first_answers, read_record
from sessions_app.reports import Choice, Part
from widgets.models import Entry

from .. import factories

pytestmark = pytest.mark.django_db

TEA = {"question": "Tea?", "options": ["yes", "no", "both"]}


def vote(room: Room, seat: Participant, option: int) -> None:
    Entry.objects.create(room=room, author=seat, payload={"optionIndex": option})


def a_class(session: Session, *, rooms: int, seats: int) -> list[Room]:
    """Everybody votes in every room: the first seat for the first option, and so on in turns."""
    people = [factories.make_seat(session, f"Seat {number:03}") for number in range(seats)]
    made = [factories.make_room(session, f"w{number}", **TEA) for number in range(rooms)]
    for room in made:
        for number, seat in enumerate(people):
            vote(room, seat, number % 3)
    return made


def event(session: Session, kind: str, actor: str, *, minutes: float, **data: Any) -> None:
    sequence = SessionEvent.objects.filter(session=session).count() + 1
    at = session.created_at + timedelta(minutes=minutes)
    SessionEvent.objects.create(session=session, sequence=sequence, kind=kind, actor=actor, data=data, at=at)


def test_a_poll_reports_question_counts_and_who_said_what() -> None:
    session = factories.make_session()
    ben, ann = factories.make_seat(session, "Ben"), factories.make_seat(session, "Ann")
    room = factories.make_room(session, **TEA)
    vote(room, ben, 2)
    vote(room, ann, 0)

    (activity,) = activities_of(session)

    assert (activity.number, activity.room, activity.title) == (1, room, "Tea?")
    assert activity.report.options == (Choice("A", "yes", 1), Choice("B", "no", 0), Choice("C", "both", 1))
    assert (activity.report.answered, bool(activity.report.privacy)) == (2, True)
    assert [(answer.seat_name, answer.name, answer.text) for answer in activity.answers()] == [
        ("Ann", "A", "yes"),
        ("Ben", "C", "both"),
    ]


def test_options_that_speak_for_themselves_are_their_own_names() -> None:
    session = factories.make_session()
    factories.make_room(session, options=["1", "2"])

    assert activities_of(session)[0].report.options == (Choice("1", "1", 0), Choice("2", "2", 0))


def test_answers_to_options_that_are_gone_count_nowhere() -> None:
    session = factories.make_session()
    room = factories.make_room(session, **TEA)
    vote(room, factories.make_seat(session), 7)

    (activity,) = activities_of(session)

    assert (activity.report.answered, list(activity.answers())) == (0, [])


def test_an_activity_that_never_took_answers_is_left_out() -> None:
    session = factories.make_session()
    services.open_room(session, kind="poll", widget_id="never", config=TEA, is_active=False, actor="test")
    factories.make_room(session, "w2", **TEA)

    assert [(activity.number, activity.room.widget_id) for activity in activities_of(session)] == [(1, "w2")]


def test_a_widget_that_opened_twice_is_two_activities() -> None:
    session = factories.make_session()
    seat = factories.make_seat(session)
    for option in (0, 1):
        room = factories.make_room(session, **TEA)
        vote(room, seat, option)
        services.close_room(room, actor="test")

    assert [[answer.name for answer in activity.answers()] for activity in activities_of(session)] == [["A"], ["B"]]


def test_a_kind_that_is_not_installed_any_more_is_named_and_nothing_else() -> None:
    session = factories.make_session()
    Room.objects.create(session=session, kind="gone", widget_id="w", is_active=True)

    (activity,) = activities_of(session)

    assert (activity.kind, activity.title, list(activity.answers())) == (None, "", [])


def test_people_and_peak_come_from_the_record() -> None:
    session = factories.make_session()
    SessionEvent.objects.all().delete()
    for name in ("ann", "ben"):
        event(session, "session:arrived", f"seat:{name}", minutes=1)
    event(session, "session:arrived", "host", minutes=1)
    event(session, "session:left", "seat:ann", minutes=2)
    event(session, "session:returned", "seat:ann", minutes=3)
    event(session, "session:poll:vote", "seat:ann", minutes=4, room=1)
    Session.objects.filter(pk=session.pk).update(ended_at=session.created_at + timedelta(minutes=10))
    session.refresh_from_db()

    record = read_record(session)

    assert (record.seats, record.peak, record.lasted) == (0, 2, timedelta(minutes=10))
    assert sum(part.answers for part in record.slices) == 1
    assert max(part.people for part in record.slices) == record.peak


def test_a_socket_that_returns_is_recorded_with_its_seat() -> None:
    session = factories.make_session()
    seat = factories.make_seat(session)
    from_before = services.Membership(session.pk, services.Audience.SEAT, session.code, seat.pk)
    server = factories.connect_row(factories.make_session()).server_id
    caller = services.Caller(sid="s1", server_id=server, address="", origin="", membership=from_before)

    services.return_to(caller)

    assert list(session.events.values_list("kind", "actor"))[-1] == ("session:returned", f"seat:{seat.uid}")


@pytest.mark.parametrize(("rooms", "seats"), [(1, 1), (3, 8)])
def test_a_large_lesson_asks_no_more_than_a_small_one(django_assert_num_queries: Any, rooms: int, seats: int) -> None:
    session = factories.make_session()
    a_class(session, rooms=rooms, seats=seats)

    with django_assert_num_queries(6):
        record = read_record(session)
    with django_assert_num_queries(1):
        shown = first_answers(record.activities, 3)

    assert record.answers == rooms * seats
    assert [len(answers) for answers in shown.values()] == [min(3, seats)] * rooms


def test_answers_are_read_in_parts_that_join_without_gap_or_repeat() -> None:
    session = factories.make_session()
    a_class(session, rooms=2, seats=7)
    activity = activities_of(session)[1]

    parts = [[answer.seat_name for answer in activity.answers(Part(3, skip=skip))] for skip in (0, 3, 6, 9)]

    assert parts == [[f"Seat {number:03}" for number in range(7)][start : start + 3] for start in (0, 3, 6, 9)]


def test_a_session_without_anything_is_an_empty_record() -> None:
    record = read_record(factories.make_session())

    assert (record.seats, record.peak, record.answers, record.activities) == (0, 0, 0, [])
    assert record.read_at <= timezone.now()
