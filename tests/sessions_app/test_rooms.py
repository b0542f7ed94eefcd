"""Rooms on the wire: open, pause, close, reset, clean up; WIRE.md, section 2."""

from typing import Any

import pytest

from sessions_app.errors import MESSAGES
from sessions_app.models import Room, Session
from widgets.models import Entry

from .. import factories
from ..client import Client, Json
from ..lessons import Connect, Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


def plain(code: str, **more: Any) -> Json:
    return {"success": False, "error": MESSAGES[code], "code": code, **more}


def refused(code: str, **more: Any) -> Json:
    return {"success": False, "error": {"code": code, "message": MESSAGES[code]}, **more}


async def open_rooms() -> list[str]:
    rooms = Room.objects.filter(closed_at=None).order_by("pk")
    return await in_db(lambda: list(rooms.values_list("widget_id", flat=True)))


def poll(lesson: Lesson, widget_id: str = "w1", **more: Any) -> Json:
    return lesson.about(widget_id, roomType="poll", **more)


async def test_create_room_answers_the_host_and_tells_everybody(lesson: Lesson) -> None:
    answer = await lesson.hana.call("session:createRoom", poll(lesson, "w2"))

    room = await in_db(Room.objects.get, widget_id="w2")
    empty: Json = {"question": "", "options": []}
    data = {
        "code": lesson.code,
        "widgetId": "w2",
        "type": "poll",
        "isActive": False,
        "participantCount": 2,
        "createdAt": int(room.created_at.timestamp() * 1000),
        "lastActivity": int(room.last_activity_at.timestamp() * 1000),
        "revision": 1,
        "pollData": {**empty, "allowChange": False, "hideResults": False, "revealed": False, "round": 0},
        "results": {**empty, "votes": {}, "totalVotes": 0, "participantCount": 2, "hidden": False, "round": 0},
    }
    assert answer == {"success": True, "isExisting": False, "roomData": data}
    for client in (lesson.hana, lesson.ann, lesson.ben):
        created = await client.wait("session:roomCreated")
        state = await client.wait("session:widgetStateChanged", lambda state: state["widgetId"] == "w2")
        assert created == {"roomType": "poll", "widgetId": "w2", "roomData": data}
        assert state == {"roomType": "poll", "widgetId": "w2", "isActive": False, "revision": 1}
        names = client.names()
        assert names.index("session:roomCreated") < names.index("session:widgetStateChanged")


async def test_create_room_that_is_open_gives_it_as_it_is_and_tells_nobody(lesson: Lesson) -> None:
    answer = await lesson.hana.call("session:createRoom", poll(lesson))

    assert (answer["isExisting"], answer["roomData"]["isActive"]) == (True, True)
    assert answer["roomData"]["pollData"]["question"] == "Tea?"
    await lesson.hana.call("session:closeRoom", poll(lesson))
    await lesson.ann.wait("session:roomClosed")
    assert "session:roomCreated" not in lesson.ann.names()


async def test_ten_rooms_are_the_limit_and_an_open_one_still_opens(lesson: Lesson) -> None:
    for number in range(2, 11):
        await lesson.open_room(f"w{number}", active=False)
    before = await in_db(factories.everything)

    assert await lesson.hana.call("session:createRoom", poll(lesson, "w11")) == plain(
        "MAX_ROOMS_REACHED", widgetId="w11"
    )
    assert await in_db(factories.everything) == before
    assert (await lesson.hana.call("session:createRoom", poll(lesson, "w10")))["isExisting"] is True
    await lesson.hana.call("session:closeRoom", poll(lesson, "w3"))
    assert (await lesson.hana.call("session:createRoom", poll(lesson, "w11")))["success"] is True


async def test_create_room_of_a_session_that_is_none_says_it_in_the_literal_words(lesson: Lesson) -> None:
    for code in ("22222", "garbage", ""):
        answer = await lesson.hana.call("session:createRoom", {**poll(lesson), "sessionCode": code})

        assert answer == {**plain("INVALID_SESSION"), "widgetId": "w1"}
        assert answer["error"] == "Session not found"


async def test_create_room_refuses_what_is_no_room(lesson: Lesson) -> None:
    before = await in_db(factories.everything)
    faulty: dict[str, Json] = {
        "roomType": {"roomType": "nonsense"},
        "widgetId": {"widgetId": ""},
        "sessionCode": {"sessionCode": None},
    }

    for field, change in faulty.items():
        answer = await lesson.hana.call("session:createRoom", {**poll(lesson), **change})
        assert (answer["error"], answer["code"], list(answer["details"])) == (
            MESSAGES["INVALID_INPUT"],
            "INVALID_INPUT",
            [field],
        )
    assert (await lesson.hana.call("session:createRoom", poll(lesson, "x" * 101)))["code"] == "INVALID_INPUT"
    assert await in_db(factories.everything) == before
    assert (await lesson.hana.call("session:createRoom", poll(lesson, "x" * 100)))["success"] is True


@pytest.mark.parametrize("event", ["session:createRoom", "session:closeRoom", "session:updateWidgetState"])
async def test_rooms_are_the_hosts_alone(lesson: Lesson, event: str) -> None:
    before = await in_db(factories.everything)

    for client in (lesson.ann, lesson.zoe):
        answer = await client.call(event, poll(lesson, isActive=False))
        expected = plain("NOT_HOST") if event == "session:createRoom" else refused("NOT_HOST")
        assert answer == {**expected, "widgetId": "w1"}
    assert await in_db(factories.everything) == before


async def test_update_widget_state_tells_everybody(lesson: Lesson) -> None:
    assert await lesson.hana.call("session:updateWidgetState", poll(lesson, isActive=False)) == {"success": True}

    for client in (lesson.hana, lesson.ann, lesson.ben):
        state = await client.wait("session:widgetStateChanged", lambda state: not state["isActive"])
        assert {key: state[key] for key in ("roomType", "widgetId", "isActive")} == {
            "roomType": "poll",
            "widgetId": "w1",
            "isActive": False,
        }


async def test_update_widget_state_refuses_what_is_no_flag(lesson: Lesson) -> None:
    for flag in ("true", 1, None):
        answer = await lesson.hana.call("session:updateWidgetState", poll(lesson, isActive=flag))

        assert answer["error"]["details"] == {"isActive": "Input should be a valid boolean"}
    assert await in_db(lambda: Room.objects.get().is_active) is True


async def test_close_room_tells_everybody_and_takes_no_more(lesson: Lesson) -> None:
    await lesson.hana.send("session:closeRoom", poll(lesson))

    for client in (lesson.hana, lesson.ann, lesson.ben):
        assert await client.wait("session:roomClosed") == {"roomType": "poll", "widgetId": "w1"}
    vote = await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=0))
    assert vote["error"]["code"] == "ROOM_NOT_FOUND"
    again = await lesson.hana.call("session:closeRoom", poll(lesson))
    assert again["error"]["code"] == "ROOM_NOT_FOUND"
    assert await open_rooms() == []


async def test_closed_room_opens_again_empty(lesson: Lesson) -> None:
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=0))
    await lesson.hana.call("session:closeRoom", poll(lesson))

    answer = await lesson.hana.call("session:createRoom", poll(lesson))

    assert (answer["isExisting"], answer["roomData"]["results"]["totalVotes"]) == (False, 0)
    assert await in_db(Entry.objects.count) == 1, "what was answered is kept for the record"


async def test_reset_empties_the_named_widget_alone(lesson: Lesson) -> None:
    await lesson.open_room("w10")
    await lesson.set_poll("w10")
    await lesson.ann.call("session:poll:vote", lesson.about("w1", optionIndex=0))
    await lesson.ann.call("session:poll:vote", lesson.about("w10", optionIndex=0))

    assert await lesson.hana.call("session:reset", lesson.about("w1")) == {"success": True}

    left = await in_db(lambda: [entry.room.widget_id for entry in Entry.objects.select_related("room")])
    assert left == ["w10"]


async def test_reset_of_no_room_is_refused(lesson: Lesson) -> None:
    answer = await lesson.hana.call("session:reset", lesson.about("w"))

    assert answer == refused("ROOM_NOT_FOUND", widgetId="w")


async def test_cleanup_closes_the_rooms_that_are_not_listed_and_announces_each(lesson: Lesson) -> None:
    for widget_id in ("w2", "w10"):
        await lesson.open_room(widget_id)

    answer = await lesson.hana.call(
        "session:cleanupRooms", {"sessionCode": lesson.code, "activeWidgetIds": ["w10", "gone"]}
    )

    assert answer == {"success": True}
    assert [await lesson.ann.wait("session:roomClosed") for _ in range(2)] == [
        {"roomType": "poll", "widgetId": "w1"},
        {"roomType": "poll", "widgetId": "w2"},
    ]
    assert await open_rooms() == ["w10"]


async def test_cleanup_with_wrong_types_closes_nothing(lesson: Lesson) -> None:
    for ids in (None, "w1", [1], {"w1": True}):
        answer = await lesson.hana.call("session:cleanupRooms", {"sessionCode": lesson.code, "activeWidgetIds": ids})
        assert answer["error"]["code"] == "INVALID_INPUT"
    assert await open_rooms() == ["w1"]


async def test_room_names_another_session_in_vain(lesson: Lesson, connect: Connect) -> None:
    """A host of one session is nobody in another."""
    other = await in_db(factories.make_session)
    await in_db(factories.make_room, other)
    before = await in_db(factories.everything)

    answer = await lesson.hana.call("session:closeRoom", {**poll(lesson), "sessionCode": other.code})

    assert answer == refused("NOT_HOST", widgetId="w1")
    assert await in_db(factories.everything) == before


async def test_events_of_one_socket_are_handled_in_the_order_they_were_sent(lesson: Lesson) -> None:
    host: Client = lesson.hana
    asked = []
    for _ in range(10):
        asked.append(await host.ask("session:createRoom", poll(lesson, "again")))
        asked.append(await host.ask("session:closeRoom", poll(lesson, "again")))

    answers = [await host.answer(number) for number in asked]

    assert [answer["success"] for answer in answers] == [True] * 20
    assert [answer["isExisting"] for answer in answers[::2]] == [False] * 10
    sequence = await in_db(lambda: list(Session.objects.get().events.values_list("sequence", flat=True)))
    assert sequence == list(range(1, len(sequence) + 1))


async def test_where_there_are_ten_the_oldest_paused_one_makes_place_when_asked(lesson: Lesson) -> None:
    """Lectern's own board asks: a lesson of many quick polls never stops at a limit."""
    for number in range(2, 11):
        await lesson.hana.call("session:createRoom", poll(lesson, f"w{number}"))
    assert len(await open_rooms()) == 10

    answer = await lesson.hana.call("session:createRoom", poll(lesson, "w11", isActive=True, makePlace=True))
    again = await lesson.hana.call("session:createRoom", poll(lesson, "w11", makePlace=True))

    assert (answer["success"], answer["isExisting"]) == (True, False)
    assert (again["success"], again["isExisting"]) == (True, True)
    # w1 is open for answers.
    assert await open_rooms() == ["w1", *(f"w{number}" for number in range(3, 12))]
    assert (await lesson.ann.wait("session:roomClosed"))["widgetId"] == "w2"
