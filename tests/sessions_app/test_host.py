"""The host's line drops and returns; sessions close; projectors show; devices are released. WIRE.md, section 2."""

from typing import Any

import pytest

from sessions_app import keys
from sessions_app.models import AccessKey, Connection, Session

from .. import factories
from ..client import Client, Json, Refused
from ..lessons import Connect, Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def display_token(lesson: Lesson) -> str:
    token: str = await in_db(lambda: keys.token_of(keys.display_key_of(Session.objects.get(code=lesson.code))))
    return token


async def test_hosts_line_drops_and_returns_and_nothing_is_lost(lesson: Lesson, connect: Connect) -> None:
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=0))

    await lesson.hana.close()
    assert await lesson.ann.wait("session:hostDisconnected") is None
    vote = await lesson.ben.call("session:poll:vote", lesson.about(optionIndex=1))
    back = await connect(auth={"hostToken": lesson.host_token})
    answer = await back.call("session:create", {"existingCode": lesson.code})

    assert await lesson.ann.wait("session:hostReconnected") is None
    assert (vote["success"], answer["isExisting"]) == (True, True)
    assert answer["activeRooms"][0]["room"]["results"]["votes"] == {"0": 1, "1": 1, "2": 0}


async def test_host_with_two_lines_is_there_until_both_are_gone(lesson: Lesson, connect: Connect) -> None:
    tablet = await connect(user=lesson.user)
    await tablet.call("session:create")

    await lesson.hana.close()
    await tablet.wait("session:participantUpdate")
    assert "session:hostDisconnected" not in lesson.ann.names()
    await tablet.close()

    await lesson.ann.wait("session:hostDisconnected")


async def test_new_session_has_no_host_who_returns(connect: Connect) -> None:
    session = await in_db(factories.make_session)
    early = await connect()
    await early.send("session:join", {"code": session.code})
    joined = await early.wait("session:joined")
    hana = await connect(auth={"hostToken": await in_db(factories.host_token, session)})
    await hana.call("session:create", {"existingCode": session.code})
    await hana.call("session:createRoom", {"sessionCode": session.code, "roomType": "poll", "widgetId": "w1"})

    await early.wait("session:roomCreated")
    assert (joined["hostPresent"], early.heard("session:hostReconnected")) == (False, [])


async def test_student_who_drops_keeps_the_seat(lesson: Lesson, connect: Connect) -> None:
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=0))

    await lesson.ann.close()
    people = await lesson.hana.wait("session:participantUpdate", lambda people: people["count"] == 1)
    back = await connect()
    await back.send("session:join", {"code": lesson.code, "participantToken": lesson.seats["Ann"]["participantToken"]})
    joined = await back.wait("session:joined")

    assert [person["name"] for person in people["participants"]] == ["Ben"]
    assert (joined["name"], joined["activeRooms"][0]["room"]["yourVote"]) == ("Ann", 0)
    assert (await back.call("session:poll:vote", lesson.about(optionIndex=1)))["error"]["code"] == "ALREADY_VOTED"


async def test_close_tells_everybody_without_an_argument_and_the_code_dies(lesson: Lesson) -> None:
    assert await lesson.hana.call("session:close", {"sessionCode": lesson.code}) == {"success": True}

    for client in (lesson.hana, lesson.ann, lesson.ben):
        await client.wait("session:closed")
        assert [args for name, args in client.events if name == "session:closed"] == [[]]
    for client in (lesson.ann, lesson.hana):
        answer = await client.call("poll:requestState", lesson.about())
        assert answer["error"]["code"] in ("SESSION_CLOSED", "INVALID_SESSION"), "before its farewell came, and after"
        assert "session:hostDisconnected" not in client.names()
    await lesson.zoe.send("session:join", {"code": lesson.code})
    assert (await lesson.zoe.wait("session:joined"))["error"] == "Session not found"
    assert await in_db(Connection.objects.count) == 0


async def test_close_is_the_hosts_alone(lesson: Lesson) -> None:
    before = await in_db(factories.everything)

    answers = [await client.call("session:close", {"sessionCode": lesson.code}) for client in (lesson.ann, lesson.zoe)]

    assert [answer["error"]["code"] for answer in answers] == ["NOT_HOST", "NOT_HOST"]
    assert await in_db(factories.everything) == before


async def test_create_right_after_close_is_a_new_session_that_stays(lesson: Lesson) -> None:
    """The farewell of the old session comes after the new one was opened; it must not take the host out of it."""
    closing = await lesson.hana.ask("session:close", {"sessionCode": lesson.code})
    opening = await lesson.hana.ask("session:create", {})
    closed, opened = await lesson.hana.answer(closing), await lesson.hana.answer(opening)
    await lesson.hana.wait("session:closed")

    assert (closed["success"], opened["success"], opened["isExisting"]) == (True, True, False)
    assert opened["code"] != lesson.code
    room = {"sessionCode": opened["code"], "roomType": "poll", "widgetId": "w1"}
    for _ in range(3):
        assert (await lesson.hana.call("session:createRoom", room))["success"] is True
    await lesson.hana.wait("session:roomCreated")


async def test_leave_gives_up_the_place_and_keeps_the_seat(lesson: Lesson) -> None:
    assert await lesson.ann.call("session:leave", {"sessionCode": lesson.code}) == {"success": True}

    await lesson.hana.wait("session:participantUpdate", lambda people: people["count"] == 1)
    assert (await lesson.ann.call("poll:requestState", lesson.about()))["error"]["code"] == "NOT_PARTICIPANT"
    await lesson.ann.send("session:join", {"code": lesson.code})
    assert (await lesson.ann.wait("session:joined"))["participantId"] == lesson.seats["Ann"]["participantId"]


async def test_released_device_reads_but_does_nothing_more(lesson: Lesson, connect: Connect) -> None:
    tablet = await connect()
    token = await in_db(lambda: factories.host_token(Session.objects.get()))
    await tablet.call("session:create", {"existingCode": lesson.code, "hostToken": token})

    assert await tablet.call("session:release", {"sessionCode": lesson.code}) == {"success": True}

    assert await tablet.wait("session:released") == {"reason": "This device was released."}
    refused = await tablet.call("session:close", {"sessionCode": lesson.code})
    assert (refused["error"]["code"], refused["error"]["message"]) == (
        "NOT_HOST",
        "This device has been released. Take control again first.",
    )
    assert (await tablet.call("poll:requestState", lesson.about()))["success"] is True
    assert (await lesson.hana.call("session:reset", lesson.about()))["success"] is True
    assert "session:released" not in lesson.hana.names()


async def test_projector_shows_what_the_class_may_see_and_names_nobody(lesson: Lesson, connect: Connect) -> None:
    await lesson.set_poll(hideResults=True)
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=1))
    projector = await connect(auth={"displayToken": await display_token(lesson)})

    shown = await projector.wait("session:shown")

    (room,) = shown.pop("activeRooms")
    screen = shown.pop("screen")
    assert (screen["mode"], screen["widgetId"]) == ("live", "")
    assert shown == {
        "success": True,
        "code": lesson.code,
        "joinUrl": f"http://localhost/j/{lesson.code}",
        "count": 2,
    }
    assert (room["room"]["results"]["votes"], room["room"]["results"]["totalVotes"]) == ({}, 1)
    await lesson.ben.close()
    people = await projector.wait("session:participantUpdate", lambda people: people["count"] == 1)
    assert set(people) == {"count", "revision"}
    assert not [frame for frame in projector.frames if "Ann" in frame]


async def test_projector_can_be_shown_to_by_an_event_too(lesson: Lesson, connect: Connect) -> None:
    answer = await lesson.zoe.call("session:show", {"displayToken": await display_token(lesson)})

    assert (answer["success"], answer["code"], answer["count"]) == (True, lesson.code, 2)


async def test_projector_goes_dark_when_its_key_is_revoked(lesson: Lesson, connect: Connect) -> None:
    projector = await connect(auth={"displayToken": await display_token(lesson)})

    await in_db(lambda: keys.revoke(AccessKey.objects.get(role="display"), actor="test"))

    await projector.wait("session:released")
    await projector.wait_for_frame("41")
    assert "session:released" not in lesson.hana.names()


@pytest.mark.parametrize("token", ["", "x", None, 5, ["x"], {"a": 1}, "x" * 500, "\0"])
async def test_projector_with_a_made_up_token_is_turned_away(lesson: Lesson, connect: Connect, token: Any) -> None:
    with pytest.raises(Refused) as refusal:
        await connect(auth={"displayToken": token})

    error: Json = refusal.value.args[0]
    assert error["data"]["code"] in ("NOT_ALLOWED", "INVALID_INPUT")
    assert error["message"] == error["data"]["message"]


async def test_token_of_host_or_seat_shows_nothing(lesson: Lesson, connect: Connect) -> None:
    for token in (lesson.host_token, lesson.seats["Ann"]["participantToken"]):
        with pytest.raises(Refused):
            await connect(auth={"displayToken": token})


async def test_host_sees_who_is_there(lesson: Lesson, connect: Connect) -> None:
    tablet: Client = await connect(user=lesson.user)
    await tablet.call("session:create")

    people = await tablet.wait("session:participantUpdate", lambda people: people["count"] == 2)

    assert [(person["name"], person["socketId"]) for person in people["participants"]] == [
        (name, lesson.seats[name]["participantId"]) for name in ("Ann", "Ben")
    ]
