"""What happens to a session, called as pages and tasks call it."""

import random
from dataclasses import replace
from typing import Any

import pytest

from sessions_app import queries, services
from sessions_app.domain.codes import ALPHABET, LENGTH
from sessions_app.errors import Rejected
from sessions_app.models import Connection, Participant, Session
from sessions_app.realtime.broadcast import Audience
from sessions_app.realtime.events import Caller

from .. import factories

pytestmark = pytest.mark.django_db


class Loaded(random.Random):
    """A die that falls as told: each throw is a whole code."""

    def __init__(self, *codes: str) -> None:
        super().__init__(0)
        self.throws = list(codes)

    def choices(self, *args: Any, **named: Any) -> Any:
        return list(self.throws.pop(0))


def caller_for(session: Session, sid: str) -> Caller:
    server = factories.connect_row(session, sid=f"other-{sid}").server
    Connection.objects.all().delete()
    return Caller(sid=sid, server_id=server.pk, address="", origin="")


def test_session_has_a_code_of_the_alphabet_and_a_first_entry_in_its_record() -> None:
    hana = factories.make_user("hana")

    session = services.open_session(owner_id=hana.pk)

    assert (len(session.code), set(session.code) <= set(ALPHABET)) == (LENGTH, True)
    assert list(session.events.values_list("sequence", "kind", "actor", "data")) == [
        (1, "session:created", f"user:{hana.pk}", {})
    ]


def test_code_that_is_taken_is_thrown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_session(code="22222")
    monkeypatch.setattr(services, "rng", Loaded("22222", "22222", "33333"))

    assert services.open_session(owner_id=None).code == "33333"
    assert Session.objects.count() == 2


def test_session_without_a_free_code_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_session(code="22222")
    monkeypatch.setattr(services, "rng", Loaded(*["22222"] * services.CODE_ATTEMPTS))

    with pytest.raises(RuntimeError, match="No free code in 20 attempts"):
        services.open_session(owner_id=None)


def test_arriving_twice_is_one_place_and_moving_leaves_the_other() -> None:
    first, second = factories.make_session(), factories.make_session()
    caller = caller_for(first, "sid")
    ann = factories.make_seat(first)

    for _ in range(2):
        caller = replace(caller, membership=services.arrive(caller, first, Audience.SEAT, participant=ann))
    assert list(Connection.objects.values_list("session", "role")) == [(first.pk, "participant")]
    services.arrive(caller, second, Audience.SEAT, participant=factories.make_seat(second))

    assert list(Connection.objects.values_list("session", "role")) == [(second.pk, "participant")]
    assert list(first.events.values_list("kind", flat=True))[-1] == "session:left"


def test_nobody_arrives_in_a_session_that_has_ended_meanwhile() -> None:
    session = factories.make_session()
    caller = caller_for(session, "sid")
    services.end_session(session, actor="test")

    with pytest.raises(Rejected, match="SESSION_CLOSED"):
        services.arrive(caller, session, Audience.HOST)

    assert Connection.objects.count() == 0


def test_departing_twice_is_departing_once() -> None:
    session = factories.make_session()
    factories.connect_row(session, seat=factories.make_seat(session), sid="ann")

    for _ in range(2):
        services.depart("ann")

    assert list(session.events.values_list("kind", flat=True)) == ["session:created", "session:left"]
    assert Participant.objects.get().name == "Ann", "the seat is kept"


def test_seat_of_a_device_is_one_in_each_session() -> None:
    first, second = factories.make_session(), factories.make_session()
    seats = [factories.make_seat(session, device="d" * 32) for session in (first, second)]

    assert len({seat.pk for seat in seats}) == 2
    assert [seat.device for seat in (factories.make_seat(first), factories.make_seat(first))] == [None, None]


def test_student_id_is_cleaned_and_cut() -> None:
    session = factories.make_session()

    seat = services.take_seat(session, seat=None, device="", name="Ann", student_id=" \u202e7" + "x" * 99)

    assert seat.student_id == "7" + "x" * 49


def test_closed_room_is_closed_once_and_its_widget_may_open_again() -> None:
    session = factories.make_session()
    room = factories.make_room(session)

    for _ in range(2):
        services.close_room(room, actor="test")
    again = factories.make_room(session)

    assert again.pk != room.pk
    kinds = list(session.events.values_list("kind", flat=True))
    assert kinds == ["session:created", "session:roomCreated", "session:roomClosed", "session:roomCreated"]


def test_rooms_are_limited_and_the_refused_one_leaves_nothing(settings: Any) -> None:
    settings.LECTERN_MAX_ROOMS = 1
    session = factories.make_session()
    factories.make_room(session)
    before = factories.everything()

    with pytest.raises(Rejected, match="MAX_ROOMS_REACHED"):
        factories.make_room(session, "w2")

    assert factories.everything() == before


@pytest.mark.parametrize("people", [1, 3])
def test_lists_cost_the_same_queries_however_long_they_are(people: int, django_assert_num_queries: Any) -> None:
    for number in range(people):
        session = factories.make_session()
        factories.make_room(session)
        factories.connect_row(session, seat=factories.make_seat(session), sid=str(number))

    with django_assert_num_queries(5):
        overview = queries.overview()
    with django_assert_num_queries(2):
        told = queries.PEOPLE.compute(session.pk)

    assert [entry["participantCount"] for entry in overview["sessions"]] == [1] * people
    assert overview["stats"] == {"activeSessions": people, "totalParticipants": people, "totalRooms": people}
    assert told is not None
    assert told[1][Audience.DISPLAY] == {"count": 1, "revision": 2}


def test_states_of_what_is_gone_are_none() -> None:
    session = factories.make_session()
    room = factories.make_room(session)
    services.close_room(room, actor="test")

    assert (queries.PEOPLE.compute(0), queries.WIDGET_STATE.compute(room.pk)) == (None, None)


def test_people_of_staff_are_not_told_to_the_class() -> None:
    session = factories.make_session()
    factories.connect_row(session, seat=factories.make_seat(session))

    told = queries.PEOPLE.compute(session.pk)

    assert told is not None
    assert set(told[1]) == {Audience.HOST, Audience.DISPLAY}
