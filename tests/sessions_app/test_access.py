"""Who may send what: every event of the registry, tried by everybody who may not."""

import pytest

from sessions_app import keys
from sessions_app.models import Session
from sessions_app.realtime import limits
from sessions_app.realtime.events import HANDLERS, Who

from .. import factories
from ..client import Client, Json
from ..lessons import Connect, Lesson, in_db
from ..schemas import valid

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
NOT_IN_IT = {Who.HOST: "NOT_HOST", Who.PARTICIPANT: "NOT_PARTICIPANT", Who.MEMBER: "NOT_PARTICIPANT"}
OF_STAFF = {Who.STAFF: "NOT_ALLOWED"}


def code_of(answer: Json) -> str:
    """The code of an answer, in its new or its old shape; empty for success."""
    if answer["success"]:
        return ""
    return str(answer["error"]["code"] if isinstance(answer["error"], dict) else answer["code"])


async def refusals(client: Client, lesson: Lesson, *whom: Who) -> dict[str, str]:
    """What this client is told when it sends every event that is for those."""
    known = {"sessionCode": lesson.code, "code": lesson.code, "widgetId": "w1", "roomType": "poll"}
    return {
        event: code_of(await client.call(event, valid(handler.payload, **known)))
        for event, handler in HANDLERS.items()
        if handler.who in whom
    }


def expected(codes: dict[Who, str]) -> dict[str, str]:
    return {event: codes[handler.who] for event, handler in HANDLERS.items() if handler.who in codes}


async def check(client: Client, lesson: Lesson, codes: dict[Who, str]) -> None:
    """Refused everywhere, in the right words, and nothing has changed."""
    before = await in_db(factories.everything)
    assert await refusals(client, lesson, *codes) == expected(codes)
    assert await in_db(factories.everything) == before


async def test_participant_is_no_host(lesson: Lesson) -> None:
    await check(lesson.ann, lesson, {Who.HOST: "NOT_HOST", **OF_STAFF})


async def test_stranger_is_nobody(lesson: Lesson) -> None:
    await check(lesson.zoe, lesson, {**NOT_IN_IT, **OF_STAFF})


async def test_host_is_no_participant(lesson: Lesson) -> None:
    await check(lesson.hana, lesson, {Who.PARTICIPANT: "NOT_PARTICIPANT", **OF_STAFF})


async def test_another_teacher_is_nobody_here(lesson: Lesson, connect: Connect) -> None:
    zoe = await connect(user=await in_db(factories.make_user, "zoe"))
    created = await zoe.call("session:create")
    room = {"sessionCode": created["code"], "roomType": "poll", "widgetId": "w1"}
    assert (await zoe.call("session:createRoom", room))["success"] is True

    await check(zoe, lesson, {**NOT_IN_IT, **OF_STAFF})


async def test_participant_of_another_session_is_nobody_here(lesson: Lesson) -> None:
    other = await in_db(factories.make_session)
    await lesson.zoe.call("session:join", {"code": other.code})

    await check(lesson.zoe, lesson, {**NOT_IN_IT, **OF_STAFF})


async def test_staff_is_no_host(lesson: Lesson, connect: Connect) -> None:
    office = await connect(user=await in_db(factories.make_user, "office", is_staff=True))

    await check(office, lesson, NOT_IN_IT)


async def test_released_device_is_no_host(lesson: Lesson, connect: Connect) -> None:
    tablet = await connect(user=lesson.user)
    await tablet.call("session:create", {"hostToken": lesson.host_token, "existingCode": lesson.code})
    await lesson.hana.call("session:release", {"sessionCode": lesson.code})
    await tablet.wait("session:released")

    for client in (tablet, lesson.hana):
        await check(client, lesson, {Who.HOST: "NOT_HOST", Who.PARTICIPANT: "NOT_PARTICIPANT", **OF_STAFF})


@pytest.mark.parametrize("way", ["auth", "event"])
async def test_projector_can_send_nothing(lesson: Lesson, connect: Connect, way: str) -> None:
    token = await in_db(lambda: keys.token_of(keys.display_key_of(Session.objects.get())))
    projector = await connect(user=lesson.user, auth={"displayToken": token} if way == "auth" else None)
    if way == "event":
        assert (await projector.call("session:show", {"displayToken": token}))["success"] is True

    await check(projector, lesson, dict.fromkeys(Who, "NOT_ALLOWED"))


async def test_who_left_is_nobody(lesson: Lesson) -> None:
    for client in (lesson.ann, lesson.hana):
        await client.call("session:leave", {"sessionCode": lesson.code})

        await check(client, lesson, {**NOT_IN_IT, **OF_STAFF})


async def test_nobody_is_anybody_in_a_session_that_does_not_exist(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FREE_GUESSES", 1000)  # there are more events than free guesses
    lesson.code = "22222"

    for client in (lesson.hana, lesson.ann, lesson.zoe):
        await check(client, lesson, dict.fromkeys((Who.HOST, Who.PARTICIPANT, Who.MEMBER), "INVALID_SESSION"))


async def test_every_event_says_who_may_send_it() -> None:
    assert {handler.event: handler.who for handler in HANDLERS.values() if handler.who is Who.ANYONE} == {
        "session:create": Who.ANYONE,
        "session:join": Who.ANYONE,
        "session:show": Who.ANYONE,
    }
