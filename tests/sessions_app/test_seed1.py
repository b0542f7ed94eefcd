"""Seed 1's own list of what was wrong, a test a line: its edge cases and missing features (without analytics)."""

import asyncio
from typing import Any

import pytest

from sessions_app import services
from sessions_app.models import Connection, Participant, Session, SessionEvent
from sessions_app.realtime import runtime

from .. import factories
from ..client import PATIENCE_S, Client, Json
from ..lessons import Connect, Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def recover(client: Client, lesson: Lesson) -> Json:
    answer: Json = await client.call("session:create", {"existingCode": lesson.code})
    return answer


# Current issues and edge cases


async def test_recovery_with_the_same_socket_is_no_infinite_loop(lesson: Lesson) -> None:
    """Asked over and over on one line, it gives the same answer and makes nothing happen."""
    answers = [await recover(lesson.hana, lesson) for _ in range(5)]
    events = await in_db(SessionEvent.objects.count)

    assert [answer == answers[0] for answer in answers] == [True] * 5
    await recover(lesson.hana, lesson)
    assert await in_db(SessionEvent.objects.count) == events
    assert {"session:hostDisconnected", "session:hostReconnected"} & set(lesson.ann.names()) == set()


async def test_repeated_recovery_attempts_leave_one_place_for_one_socket(lesson: Lesson) -> None:
    asked = [await lesson.hana.ask("session:create", {}) for _ in range(10)]
    await asyncio.gather(*(lesson.hana.answer(number) for number in asked))

    assert await in_db(lambda: Connection.objects.filter(role="host").count()) == 1


async def test_recovery_is_enabled(lesson: Lesson, connect: Connect) -> None:
    await lesson.hana.close()

    answer = await recover(await connect(user=lesson.user), lesson)

    assert (answer["code"], answer["isExisting"]) == (lesson.code, True)
    assert [room["widgetId"] for room in answer["activeRooms"]] == ["w1"]


async def test_multiple_session_codes_do_not_exist_simultaneously(connect: Connect) -> None:
    """Two tabs of one teacher that start at the same moment get one session."""
    user = await in_db(factories.make_user, "hana")
    tabs = [await connect(user=user) for _ in range(4)]

    answers = await asyncio.gather(*(tab.call("session:create", {}) for tab in tabs))

    assert len({answer["code"] for answer in answers}) == 1
    assert await in_db(Session.objects.count) == 1


async def test_local_state_and_store_state_cannot_disagree(lesson: Lesson) -> None:
    """A client that remembers a code which is over is told the one that counts."""
    await lesson.hana.call("session:close", {"sessionCode": lesson.code})
    stale = lesson.code

    answer = await lesson.hana.call("session:create", {"existingCode": stale})

    assert (answer["isExisting"], answer["code"] == stale) == (False, False)
    assert (await lesson.hana.call("session:create", {"existingCode": stale}))["code"] == answer["code"]


async def test_race_between_recovery_and_new_session_creation_ends_in_one_session(
    lesson: Lesson, connect: Connect
) -> None:
    first, second = await connect(user=lesson.user), await connect(user=lesson.user)

    answers = await asyncio.gather(recover(first, lesson), second.call("session:create", {}))

    assert [answer["code"] for answer in answers] == [lesson.code, lesson.code]


async def test_network_disconnection_during_session_creation_leaves_nothing_behind(connect: Connect) -> None:
    user = await in_db(factories.make_user, "hana")
    hana = await connect(user=user)
    await hana.ask("session:create", {})
    await hana.close()

    answer = await (await connect(user=user)).call("session:create", {})

    sessions = await in_db(lambda: list(Session.objects.values_list("code", flat=True)))
    assert sessions == [answer["code"]]
    # The first socket leaves in its own time.
    async with asyncio.timeout(PATIENCE_S):
        while await in_db(Connection.objects.count) != 1:
            await asyncio.sleep(0.01)


async def test_partial_room_creation_failure_leaves_no_room(lesson: Lesson, monkeypatch: Any) -> None:
    def fail(*args: Any, **named: Any) -> None:
        raise RuntimeError("after the row was written")

    before = await in_db(factories.everything)
    with monkeypatch.context() as patch:
        patch.setattr(services, "state_changed", fail)
        answer = await lesson.hana.call("session:createRoom", lesson.about("w2", roomType="poll"))

    assert (answer["success"], answer["code"]) == (False, "INTERNAL_ERROR")
    assert await in_db(factories.everything) == before
    assert (await lesson.hana.call("session:createRoom", lesson.about("w2", roomType="poll")))["isExisting"] is False
    assert [room["widgetId"] for room in lesson.ann.heard("session:roomCreated")] in ([], ["w2"])


async def test_state_is_consistent_after_errors(lesson: Lesson) -> None:
    """Whatever was refused in between, a late joiner and a returning host see the same."""
    for event in ("session:createRoom", "session:closeRoom", "session:reset", "session:poll:update"):
        await lesson.hana.call(event, lesson.about("nonsense" * 20, roomType=5))
    await lesson.zoe.send("session:join", {"code": lesson.code})

    (seen,) = (await lesson.zoe.wait("session:joined"))["activeRooms"]
    (own,) = (await recover(lesson.hana, lesson))["activeRooms"]

    assert {**seen, "room": {**seen["room"], "yourVote": None}} == {**own, "room": {**own["room"], "yourVote": None}}


# Missing features


async def test_session_persists_across_server_restarts(lesson: Lesson, connect: Connect) -> None:
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=1))
    for client in (lesson.hana, lesson.ann, lesson.ben, lesson.zoe):
        await client.close()
    await runtime.shut_down()

    hana, ann = await connect(user=lesson.user), await connect()
    answer = await recover(hana, lesson)
    await ann.send("session:join", {"code": lesson.code, "participantToken": lesson.seats["Ann"]["participantToken"]})
    joined = await ann.wait("session:joined")

    assert answer["activeRooms"][0]["room"]["results"]["votes"] == {"0": 0, "1": 1, "2": 0}
    assert (joined["participantId"], joined["activeRooms"][0]["room"]["yourVote"]) == (
        lesson.seats["Ann"]["participantId"],
        1,
    )


async def test_session_transfers_properly_between_devices(lesson: Lesson, connect: Connect) -> None:
    tablet = await connect(auth={"hostToken": lesson.host_token})

    answer = await recover(tablet, lesson)
    await lesson.hana.close()
    await tablet.call("session:reset", lesson.about())

    assert (answer["code"], answer["isExisting"]) == (lesson.code, True)
    assert "session:hostDisconnected" not in lesson.ann.names(), "the host never left"


async def test_session_is_logged(lesson: Lesson) -> None:
    """What happened, by whom, in order and without a gap."""
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=1))
    await lesson.hana.call("session:close", {"sessionCode": lesson.code})

    session = await in_db(Session.objects.get)
    log = await in_db(lambda: list(session.events.values_list("sequence", "kind", "actor")))
    host, ann, ben = f"user:{lesson.user.pk}", *(await seat_actors())
    assert [entry for entry in log if entry[1] != "session:left"] == [
        (1, "session:created", host),
        (2, "session:arrived", "host"),
        (3, "session:arrived", ann),
        (4, "session:arrived", ben),
        (5, "session:roomCreated", host),
        (6, "session:widgetStateChanged", host),
        (7, "session:poll:update", host),
        (8, "session:poll:vote", ann),
        (9, "session:closed", host),
    ]


async def seat_actors() -> list[str]:
    seats = await in_db(lambda: list(Participant.objects.order_by("pk")))
    return [f"seat:{seat.uid}" for seat in seats]
