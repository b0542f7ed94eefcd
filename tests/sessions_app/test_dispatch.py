"""Calls that arrive together share a transaction; each has its own outcome."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from sessions_app import changes, dispatch, services
from sessions_app.errors import Rejected
from sessions_app.models import Connection, Participant, Session, SessionEvent
from sessions_app.realtime import broadcast
from sessions_app.realtime.broadcast import Audience
from sessions_app.realtime.events import HANDLERS, Call, Caller, Handler, Membership, RoomPayload, Who
from sessions_app.servers import register_server
from widgets.kinds.poll import Vote
from widgets.models import Entry

from .. import factories

pytestmark = pytest.mark.django_db(transaction=True)
VOTE = HANDLERS["session:poll:vote"]


@pytest.fixture(autouse=True)
def posted() -> Iterator[list[Any]]:
    letters: list[Any] = []
    broadcast.open_post_office(letters.append)
    yield letters
    broadcast.open_post_office(None)


@pytest.fixture
def session() -> Session:
    session = factories.make_session()
    factories.make_room(session, question="Tea?", options=["yes", "no"])
    return session


def caller_of(seat: Participant) -> Caller:
    place = Membership(seat.session_id, Audience.SEAT, participant_id=seat.pk)
    return Caller(sid=f"sid{seat.pk}", server_id=0, address="", origin="", membership=place)


def vote_call(session: Session, name: str, option: int, *, widget_id: str = "w1") -> Call:
    seat = factories.make_seat(session, name)
    return Call(caller_of(seat), Vote(session_code=session.code, widget_id=widget_id, option_index=option))


def codes(outcomes: list[Any]) -> list[str]:
    return [outcome.code if isinstance(outcome, Rejected) else "" for outcome in outcomes]


def test_batch_answers_each_call_in_its_place(session: Session) -> None:
    calls = [
        vote_call(session, "Ann", 0),
        vote_call(session, "Ben", 5),
        vote_call(session, "Cem", 1, widget_id="w9"),
        vote_call(session, "Dia", 1),
    ]
    calls.insert(3, Call(calls[0].caller, calls[0].payload))
    stranger = Call(Caller(sid="z", server_id=0, address="", origin=""), calls[0].payload)

    outcomes = dispatch.run_calls(VOTE, [*calls, stranger])

    assert codes(outcomes) == ["", "INVALID_INPUT", "ROOM_NOT_FOUND", "ALREADY_VOTED", "", "NOT_PARTICIPANT"]
    assert outcomes[0] == {"widgetId": "w1", "optionIndex": 0}
    votes = Entry.objects.order_by("pk").values_list("author__name", "payload__optionIndex")
    assert list(votes) == [("Ann", 0), ("Dia", 1)]


def test_batch_is_recorded_in_order_without_a_gap(session: Session) -> None:
    before = session.events.count()
    calls = [vote_call(session, name, option) for name, option in (("Ann", 0), ("Ben", 7), ("Cem", 1))]

    dispatch.run_calls(VOTE, calls)

    record = list(session.events.values_list("sequence", "kind", "data__optionIndex"))
    assert record[before:] == [(before + 1, "session:poll:vote", 0), (before + 2, "session:poll:vote", 1)]


def test_batch_raises_the_revision_once_and_marks_one_state(session: Session, posted: list[Any]) -> None:
    posted.clear()

    dispatch.run_calls(VOTE, [vote_call(session, name, 0) for name in ("Ann", "Ben", "Cem")])

    assert session.rooms.get().revision == 2
    assert {letter.view.event for letter in posted} == {"poll:voteUpdate"}


def test_unexpected_fault_of_one_call_does_not_hurt_the_others(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    def fail_for_ben(call: Call) -> Any:
        assert call.participant is not None
        assert call.session is not None
        with changes.change() as now:
            now.record(call.session, f"said by {call.participant.name}", "test")
        if call.participant.name == "Ben":
            SessionEvent.objects.create(session=call.session, sequence=0)
        return {"name": call.participant.name}

    handler = Handler("test:say", Who.PARTICIPANT, RoomPayload, fail_for_ben, batched=True)
    calls = [vote_call(session, name, 0) for name in ("Ann", "Ben", "Cem")]

    outcomes = dispatch.run_calls(handler, calls)

    assert (outcomes[0], outcomes[2]) == ({"name": "Ann"}, {"name": "Cem"})
    assert codes(outcomes) == ["", "INTERNAL_ERROR", ""]
    said = SessionEvent.objects.filter(kind__startswith="said").values_list("kind", flat=True)
    assert list(said) == ["said by Ann", "said by Cem"]
    faults = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert faults == [f"test:say failed (session {session.code})."]


def test_calls_of_several_sessions_run_in_a_transaction_each(session: Session) -> None:
    other = factories.make_session()
    factories.make_room(other, question="Tea?", options=["yes", "no"])
    calls = [vote_call(session, "Ann", 0), vote_call(other, "Ben", 1), vote_call(session, "Cem", 1)]

    outcomes = dispatch.run_calls(VOTE, calls)

    assert [outcome["optionIndex"] for outcome in outcomes] == [0, 1, 1]
    counts = [Entry.objects.filter(room__session=one).count() for one in (session, other)]
    assert counts == [2, 1]


def test_batch_of_joins_where_one_is_refused_seats_the_others(settings: Any) -> None:
    settings.LECTERN_MAX_PARTICIPANTS = 3
    session = factories.make_session(names_required=True)
    server_id = register_server()
    join = HANDLERS["session:join"]
    names = ["", "Ann", "Ben", "", "Cem", "Dia"]
    calls = [
        Call(
            Caller(sid=str(number), server_id=server_id, address="", origin=""),
            join.payload.model_validate({"code": session.code, "name": name}),
        )
        for number, name in enumerate(names)
    ]

    outcomes = dispatch.run_calls(join, calls)

    assert codes(outcomes) == ["NAME_REQUIRED", "", "", "NAME_REQUIRED", "", "SESSION_FULL"]
    assert list(session.participants.order_by("pk").values_list("name", flat=True)) == ["Ann", "Ben", "Cem"]
    assert Connection.objects.count() == 3
    assert [call.moves for call in calls] == [False, True, True, False, True, False]


def test_call_that_is_run_again_forgets_what_the_first_try_left(session: Session) -> None:
    tries = []

    def answer(call: Call) -> Any:
        tries.append(1)
        call.tell("told", len(tries))
        call.enter(None)
        call.listen("group", on=True)
        call.memo["tried"] = call.memo.get("tried", 0) + 1
        if len(tries) == 1:
            fault = changes.DatabaseBusy("deadlock detected")
            fault.__cause__ = Deadlock()
            raise fault
        return {"tries": call.memo["tried"]}

    handler = Handler("test:again", Who.ANYONE, RoomPayload, answer)
    call = vote_call(session, "Ann", 0)

    assert dispatch.run_calls(handler, [call]) == [{"tries": 1}]
    assert call.tells == [("told", (2,))]


class Deadlock(Exception):
    sqlstate = "40P01"


def test_events_that_are_not_batched_run_one_by_one() -> None:
    most = {event: dispatch.runner_for(HANDLERS[event]).most for event in ("session:poll:vote", "session:close")}

    assert most == {"session:poll:vote": dispatch.MOST_AT_ONCE, "session:close": 1}


def test_departed_host_of_an_ended_session_is_not_announced(posted: list[Any]) -> None:
    session = factories.make_session()
    factories.connect_row(session, sid="host")
    services.end_session(session, actor="test")
    posted.clear()

    services.depart("host")

    assert [letter for letter in posted if isinstance(letter, broadcast.Dispatch)] == []
