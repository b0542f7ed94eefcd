"""What staff sees of the whole server; WIRE.md, section 2: `admin:…`."""

from typing import Any

import pytest

from sessions_app.errors import MESSAGES
from sessions_app.models import Session

from .. import factories
from ..client import Client, Json
from ..lessons import Connect, Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

EVENTS = ("admin:getSessions", "admin:subscribe", "admin:unsubscribe")


async def staff(connect: Connect) -> Client:
    return await connect(user=await in_db(factories.make_user, "office", is_staff=True))


def counts(sessions: int, participants: int, rooms: int) -> Json:
    return {"activeSessions": sessions, "totalParticipants": participants, "totalRooms": rooms}


def stats(sessions: int, participants: int, rooms: int) -> Any:
    return lambda state: state["stats"] == counts(sessions, participants, rooms)


async def test_get_sessions_lists_the_live_ones_newest_first(lesson: Lesson, connect: Connect) -> None:
    other = await in_db(factories.make_session)
    ended = await in_db(factories.make_session)
    await in_db(lambda: Session.objects.filter(pk=ended.pk).update(ended_at=ended.created_at))
    office = await staff(connect)

    answer = await office.call("admin:getSessions", {})

    mine = await in_db(lambda: Session.objects.get(code=lesson.code))
    newest = await in_db(lambda: Session.objects.order_by("-events__pk").values_list("events__pk", flat=True).first())
    assert answer == {
        "success": True,
        "sessions": [
            {
                "code": session.code,
                "createdAt": int(session.created_at.timestamp() * 1000),
                "lastActivity": int(session.last_activity_at.timestamp() * 1000),
                "participantCount": people,
                "roomCount": rooms,
            }
            for session, people, rooms in ((other, 0, 0), (mine, 2, 1))
        ],
        "stats": counts(2, 2, 1),
        "revision": newest,
    }
    assert await office.call("admin:getSessions") == answer, "without a payload too"


async def test_subscriber_hears_of_every_change(lesson: Lesson, connect: Connect) -> None:
    office = await staff(connect)
    assert stats(1, 2, 1)(await office.call("admin:subscribe", {}))

    await lesson.open_room("w2")
    await office.wait("admin:sessionsUpdate", stats(1, 2, 2))
    await lesson.hana.call("session:closeRoom", lesson.about(roomType="poll"))
    await office.wait("admin:sessionsUpdate", stats(1, 2, 1))
    await lesson.zoe.send("session:join", {"code": lesson.code})
    await office.wait("admin:sessionsUpdate", stats(1, 3, 1))
    await lesson.ann.close()
    await office.wait("admin:sessionsUpdate", stats(1, 2, 1))
    other = await in_db(factories.make_session)
    update = await office.wait("admin:sessionsUpdate", stats(2, 2, 1))
    assert [session["code"] for session in update["sessions"]] == [other.code, lesson.code]
    await lesson.hana.call("session:close", {"sessionCode": lesson.code})
    await office.wait("admin:sessionsUpdate", stats(1, 0, 0))


async def test_unsubscribing_stops_it(lesson: Lesson, connect: Connect) -> None:
    leaver, stayer = await staff(connect), await connect(user=await in_db(factories.make_user, "it", is_staff=True))
    for client in (leaver, stayer):
        await client.call("admin:subscribe", {})

    assert (await leaver.call("admin:unsubscribe", {}))["success"] is True
    leaver.forget()
    await lesson.open_room("w2")

    await stayer.wait("admin:sessionsUpdate", stats(1, 2, 2))
    await leaver.call("admin:unsubscribe", {})
    assert leaver.names() == []


async def test_subscriber_may_host_at_the_same_time(lesson: Lesson, connect: Connect) -> None:
    office = await staff(connect)
    await office.call("admin:subscribe", {})

    created = await office.call("session:create")
    await office.wait("admin:sessionsUpdate", stats(2, 2, 1))
    await office.call("session:close", {"sessionCode": created["code"]})

    await office.wait("session:closed")
    await office.wait("admin:sessionsUpdate", stats(1, 2, 1))


@pytest.mark.parametrize("event", EVENTS)
async def test_everybody_else_is_refused(lesson: Lesson, connect: Connect, event: str) -> None:
    refusal = {"success": False, "error": {"code": "NOT_ALLOWED", "message": MESSAGES["NOT_ALLOWED"]}}

    for client in (lesson.hana, lesson.ann, lesson.zoe):
        assert await client.call(event, {}) == refusal
    await lesson.open_room("w2")
    await lesson.ann.wait("session:roomCreated")
    assert not [name for client in (lesson.hana, lesson.ann, lesson.zoe) for name in client.names() if "admin" in name]
