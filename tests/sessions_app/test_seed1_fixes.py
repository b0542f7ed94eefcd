"""Seed 1's own list of what to mend, a test a line."""

from typing import Any

import pytest

from sessions_app import services, tasks
from sessions_app.errors import MESSAGES
from sessions_app.models import Connection, Participant, Room, Session

from .. import factories
from ..client import Json
from ..lessons import Connect, Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_single_source_of_truth_for_the_session_code(lesson: Lesson, connect: Connect) -> None:
    """Two devices of the host, a student and the database all name the same code."""
    answer = await (await connect(user=lesson.user)).call("session:create", {})

    code = await in_db(lambda: Session.objects.get().code)
    assert {answer["code"], lesson.seats["Ann"]["code"], lesson.code} == {code}


async def test_no_duplicate_state_tracking(lesson: Lesson) -> None:
    """Counts are computed from rows: a vote that is taken away elsewhere is counted nowhere."""
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=1))
    await in_db(lambda: Participant.objects.get(name="Ann").entries.all().delete())

    await lesson.ben.call("poll:requestState", lesson.about())

    state = await lesson.ben.wait("poll:stateUpdate")
    assert (state["results"]["votes"], state["results"]["totalVotes"]) == ({}, 0)


async def test_clear_state_lifecycle(lesson: Lesson) -> None:
    """Open, paused, closed; and after the end nothing is left open."""
    await lesson.hana.call("session:close", {"sessionCode": lesson.code})

    assert await in_db(lambda: Room.objects.filter(closed_at=None).count()) == 0
    assert await in_db(lambda: Session.objects.get().keys.filter(revoked_at=None).count()) == 0
    assert await in_db(lambda: Session.objects.filter(ended_at=None).count()) == 0


async def test_proper_tracking_of_sockets(lesson: Lesson, connect: Connect) -> None:
    """A seat is no socket: with two tabs, of which one goes, the student is there once, and still there."""
    tab = await connect()
    await tab.send("session:join", {"code": lesson.code, "participantToken": lesson.seats["Ann"]["participantToken"]})
    await tab.wait("session:joined")
    assert await in_db(Connection.objects.count) == 4

    await tab.close()

    people = await lesson.hana.wait("session:participantUpdate", lambda people: people["count"] == 2)
    assert [person["name"] for person in people["participants"]] == ["Ann", "Ben"]


async def test_recovery_attempts_are_debounced(lesson: Lesson, connect: Connect) -> None:
    """A line that flickers is told of, but names are sent to the host no more often than the interval allows."""
    for _ in range(5):
        client = await connect()
        token = lesson.seats["Ann"]["participantToken"]
        await client.call("session:join", {"code": lesson.code, "participantToken": token})
        await client.close()

    assert await in_db(Participant.objects.count) == 2
    people = await lesson.hana.wait("session:participantUpdate")
    assert people["count"] == 2


@pytest.mark.parametrize("proof", ["nothing", "a stranger's login", "the code alone", "the student's token"])
async def test_clear_recovery_conditions(lesson: Lesson, connect: Connect, proof: str) -> None:
    """Only the owner's login or a host token takes a session up again."""
    user = await in_db(factories.make_user, "zoe") if proof == "a stranger's login" else None
    token = {"hostToken": lesson.seats["Ann"]["participantToken"]} if proof == "the student's token" else {}
    zoe = await connect(user=user)

    answer = await zoe.call(
        "session:create", {**({"existingCode": lesson.code} if proof != "nothing" else {}), **token}
    )

    assert answer.get("code") != lesson.code
    assert answer.get("isExisting", False) is False


async def test_retry_logic_for_network_failures(lesson: Lesson) -> None:
    """Every event of a host may be sent again when its answer was lost, and does no harm the second time."""
    room = lesson.about("w2", roomType="poll")
    requests: list[tuple[str, Json]] = [
        ("session:createRoom", room),
        ("session:updateWidgetState", {**room, "isActive": True}),
        ("session:cleanupRooms", {"sessionCode": lesson.code, "activeWidgetIds": ["w1", "w2"]}),
        ("session:reset", lesson.about()),
    ]
    for event, payload in requests:
        assert [(await lesson.hana.call(event, payload))["success"] for _ in range(2)] == [True, True]
    assert await in_db(Room.objects.count) == 2


async def test_user_friendly_error_messages(lesson: Lesson) -> None:
    """Sentences for people: no code, no name of ours, no trace of Python."""
    for code, sentence in MESSAGES.items():
        assert (code not in sentence, "_" not in sentence, sentence[0].isupper(), len(sentence) < 80) == (True,) * 4
    await lesson.zoe.send("session:join", {"code": "ABCDE"})
    assert (await lesson.zoe.wait("session:joined"))["error"] == "Session not found"


async def test_state_is_rolled_back_on_failures(lesson: Lesson, monkeypatch: Any) -> None:
    def fail(*args: Any, **named: Any) -> None:
        raise RuntimeError("the session was half closed")

    before = await in_db(factories.everything)
    with monkeypatch.context() as patch:
        patch.setattr(services.session_ended, "send", fail)
        answer = await lesson.hana.call("session:close", {"sessionCode": lesson.code})

    assert answer["error"]["code"] == "INTERNAL_ERROR"
    assert await in_db(factories.everything) == before
    assert (await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=0)))["success"] is True
    assert "session:closed" not in lesson.ann.names(), "nobody was told what did not happen"


async def test_regular_heartbeat_checks(lesson: Lesson) -> None:
    """The transport's ping tells how often, and how long a silent line is kept; a page may ask by itself."""
    ping = await lesson.zoe.call("lectern:ping")

    assert ping == {"success": True}
    assert lesson.zoe.open_packet["pingInterval"] + lesson.zoe.open_packet["pingTimeout"] <= 60_000


async def test_server_side_session_validation(lesson: Lesson) -> None:
    """The beat job ends a session where nobody is and nothing happens for half an hour, and no other."""
    idle, young = await in_db(factories.make_session), await in_db(factories.make_session)
    await in_db(factories.age, idle, minutes=31)
    await in_db(factories.age, await in_db(lambda: Session.objects.get(code=lesson.code)), minutes=31)

    assert await in_db(tasks.end_idle_sessions) == 1

    live = await in_db(lambda: set(Session.objects.filter(ended_at=None).values_list("code", flat=True)))
    assert live == {lesson.code, young.code}


async def test_client_and_server_state_are_in_sync(lesson: Lesson) -> None:
    """What a student heard event by event is what a late joiner is told at once."""
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=1))
    await lesson.set_poll(question="Changed")
    await lesson.ben.call("session:poll:vote", lesson.about(optionIndex=2))
    await lesson.ben.wait("poll:voteUpdate", lambda state: state["totalVotes"] == 2)
    await lesson.zoe.send("session:join", {"code": lesson.code})

    (late,) = (await lesson.zoe.wait("session:joined"))["activeRooms"]
    heard = {"pollData": lesson.ben.heard("poll:stateUpdate")[-1]["pollData"]}
    votes = lesson.ben.heard("poll:voteUpdate")[-1]["votes"]

    assert (late["room"]["pollData"], late["room"]["results"]["votes"]) == (heard["pollData"], votes)
