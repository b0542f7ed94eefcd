"""`session:create`: who becomes host of what, by which proof; WIRE.md, sections 1 and 2."""

from typing import Any

import pytest

from sessions_app.errors import MESSAGES
from sessions_app.models import Session

from .. import factories
from ..client import Json
from ..lessons import Connect, Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

SIGN_IN = {"success": False, "error": "Sign in to open a session.", "code": "NOT_ALLOWED"}
RELEASED = {
    "success": False,
    "error": "This device has been released. Take control again first.",
    "code": "NOT_HOST",
}


async def live_codes() -> list[str]:
    live = Session.objects.filter(ended_at=None).order_by("pk")
    return await in_db(lambda: list(live.values_list("code", flat=True)))


async def test_create_answers_with_everything_that_an_old_client_reads(connect: Connect) -> None:
    hana = await connect(user=await in_db(factories.make_user, "hana"))

    answer = await hana.call("session:create")

    (session,) = await in_db(lambda: list(Session.objects.all()))
    token = answer.pop("hostToken")
    assert answer == {
        "success": True,
        "code": session.code,
        "isExisting": False,
        "activeRooms": [],
        "studentAppUrl": f"http://localhost/j/{session.code}",
        "createdAt": int(session.created_at.timestamp() * 1000),
        "screen": {"mode": "live", "widgetId": "", "revision": session.sequence},
        "runList": {"steps": [], "revision": session.sequence},
    }
    assert len(token) > 40
    assert "session:create" not in hana.names(), "an ack alone, no event"


async def test_create_on_the_machine_that_serves_names_the_address_of_the_network(
    connect: Connect, settings: Any
) -> None:
    settings.LECTERN_LAN_URL = "http://192.168.1.5:8000"
    hana = await connect(user=await in_db(factories.make_user, "hana"))

    answer = await hana.call("session:create")

    assert answer["studentAppUrl"] == f"http://192.168.1.5:8000/j/{answer['code']}"


async def test_create_again_by_the_same_login_is_the_same_session_with_its_rooms(
    lesson: Lesson, connect: Connect
) -> None:
    tablet = await connect(user=lesson.user)

    answer = await tablet.call("session:create", {})

    (room,) = answer["activeRooms"]
    assert (answer["code"], answer["isExisting"]) == (lesson.code, True)
    assert (room["roomType"], room["widgetId"], room["room"]["pollData"]["question"]) == ("poll", "w1", "Tea?")
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=0))
    assert (await tablet.wait("poll:voteUpdate", lambda state: state["totalVotes"] == 1))["widgetId"] == "w1"


async def test_create_twice_on_one_socket_is_one_host(lesson: Lesson) -> None:
    first = await lesson.hana.call("session:create")
    second = await lesson.hana.call("session:create", {"existingCode": lesson.code})

    assert (first, second["hostToken"]) == (second, lesson.host_token)
    assert await in_db(lambda: Session.objects.get().keys.count()) == 1


async def test_create_by_a_guest_is_refused(connect: Connect) -> None:
    zoe = await connect(cookies=factories.device_cookies())

    assert await zoe.call("session:create") == SIGN_IN
    assert await live_codes() == []


async def test_create_by_a_guest_where_guests_may_host(connect: Connect, settings: Any) -> None:
    settings.LECTERN_GUEST_HOSTS = True
    browser = factories.device_cookies()
    first = await (await connect(cookies=browser)).call("session:create")

    again = await (await connect(cookies=browser)).call("session:create")
    other = await (await connect(cookies=factories.device_cookies())).call("session:create")

    assert (again["code"], again["isExisting"]) == (first["code"], True)
    assert (other["code"] != first["code"], other["isExisting"]) == (True, False)


async def test_create_by_a_guest_finds_its_session_by_the_cookie_of_its_first_handshake(
    connect: Connect, settings: Any
) -> None:
    settings.LECTERN_GUEST_HOSTS = True
    guest = await connect()
    first = await guest.call("session:create")
    (cookie,) = [value.decode() for name, value in guest.handshake_headers if name == b"set-cookie"]
    name, _, value = cookie.partition(";")[0].partition("=")

    again = await (await connect(cookies={name: value})).call("session:create")

    assert (again["code"], again["isExisting"]) == (first["code"], True)


async def test_existing_code_of_somebody_else_opens_a_new_session_and_never_theirs(
    lesson: Lesson, connect: Connect
) -> None:
    zoe = await connect(user=await in_db(factories.make_user, "zoe"))

    answer = await zoe.call("session:create", {"existingCode": lesson.code})

    assert (answer["isExisting"], answer["code"] == lesson.code) == (False, False)
    assert await live_codes() == [lesson.code, answer["code"]]
    assert (await zoe.call("session:close", {"sessionCode": lesson.code}))["error"]["code"] == "NOT_HOST"


async def test_existing_code_of_somebody_else_is_nothing_for_a_guest(lesson: Lesson) -> None:
    assert await lesson.zoe.call("session:create", {"existingCode": lesson.code}) == SIGN_IN
    assert await live_codes() == [lesson.code]


@pytest.mark.parametrize("code", ["NOSUCHCODE", "", "22222", "\u202e", "x" * 40])
async def test_existing_code_that_is_none_opens_a_new_session(connect: Connect, code: str) -> None:
    hana = await connect(user=await in_db(factories.make_user, "hana"))

    answer = await hana.call("session:create", {"existingCode": code})

    assert (answer["success"], answer["isExisting"]) == (True, False)


async def test_host_token_in_the_payload_proves_the_host(lesson: Lesson, connect: Connect) -> None:
    tablet = await connect()

    payload = {"existingCode": lesson.code.lower(), "hostToken": lesson.host_token}
    answer = await tablet.call("session:create", payload)

    assert (answer["code"], answer["isExisting"], answer["hostToken"]) == (lesson.code, True, lesson.host_token)
    assert (await tablet.call("session:reset", lesson.about()))["success"]


@pytest.mark.parametrize("payload", [{}, {"existingCode": None}, {"existingCode": "22222"}])
async def test_host_token_in_connect_auth_proves_the_host(lesson: Lesson, connect: Connect, payload: Json) -> None:
    tablet = await connect(auth={"hostToken": lesson.host_token})

    answer = await tablet.call("session:create", payload)

    assert (answer["success"], answer["code"], answer["hostToken"]) == (True, lesson.code, lesson.host_token)


async def test_host_token_of_another_session_proves_nothing(lesson: Lesson, connect: Connect) -> None:
    other = await in_db(factories.make_session)
    token = await in_db(factories.host_token, other)
    zoe = await connect(user=await in_db(factories.make_user, "zoe"))

    answer = await zoe.call("session:create", {"existingCode": lesson.code, "hostToken": token})

    assert answer["code"] != lesson.code


@pytest.mark.parametrize("token", ["", "x", "é" * 20, "." * 200])
async def test_host_token_that_is_made_up_proves_nothing(lesson: Lesson, connect: Connect, token: str) -> None:
    zoe = await connect(auth={"hostToken": [token]})

    assert await zoe.call("session:create", {"existingCode": lesson.code, "hostToken": token}) == SIGN_IN
    assert await live_codes() == [lesson.code]


async def test_participant_token_is_no_host_token(lesson: Lesson, connect: Connect) -> None:
    token = lesson.seats["Ann"]["participantToken"]
    zoe = await connect(auth={"hostToken": token})

    assert await zoe.call("session:create", {"existingCode": lesson.code, "hostToken": token}) == SIGN_IN


async def test_released_device_gets_no_new_key_by_creating_again(lesson: Lesson, connect: Connect) -> None:
    tablet = await connect(auth={"hostToken": await in_db(factories.host_token, await in_db(Session.objects.get))})
    await tablet.call("session:create", {"existingCode": lesson.code})
    await tablet.call("session:release", {"sessionCode": lesson.code})
    before = await in_db(factories.everything)

    answers = [await tablet.call("session:create", payload) for payload in ({}, {"existingCode": lesson.code})]

    assert answers == [RELEASED, RELEASED]
    assert await in_db(factories.everything) == before


async def test_released_device_without_a_token_in_its_handshake_gets_no_new_key_either(
    lesson: Lesson, connect: Connect
) -> None:
    tablet = await connect()
    key = await in_db(factories.host_token, await in_db(Session.objects.get))
    await tablet.call("session:create", {"existingCode": lesson.code, "hostToken": key})
    await tablet.call("session:release", {"sessionCode": lesson.code})

    answers = [await tablet.call("session:create", payload) for payload in ({}, {"existingCode": lesson.code})]

    assert answers == [RELEASED, RELEASED]


@pytest.mark.parametrize(
    ("hours", "somebody_there", "is_existing"),
    [(1.9, False, True), (2.1, False, False), (2.1, True, True), (11.9, True, True), (12.1, True, False)],
)
async def test_session_is_reusable_for_two_hours_and_twelve_while_somebody_is_there(
    connect: Connect, hours: float, somebody_there: bool, is_existing: bool
) -> None:
    user = await in_db(factories.make_user, "hana")
    session = await in_db(factories.make_session, user)
    await in_db(factories.age, session, hours=hours)
    if somebody_there:
        await in_db(lambda: factories.connect_row(session, seat=factories.make_seat(session)))

    answer = await (await connect(user=user)).call("session:create")

    assert (answer["isExisting"], answer["code"] == session.code) == (is_existing, is_existing)


async def test_create_refuses_a_payload_of_wrong_types_in_one_sentence(connect: Connect) -> None:
    hana = await connect(user=await in_db(factories.make_user, "hana"))

    answer = await hana.call("session:create", {"existingCode": 5})

    details = {"existingCode": "Input should be a valid string"}
    sentence = {"error": MESSAGES["INVALID_INPUT"], "code": "INVALID_INPUT", "details": details}
    assert answer == {"success": False, **sentence}
    assert await live_codes() == []


async def test_what_is_asked_first_may_travel_with_the_connection(connect: Connect) -> None:
    """Lectern's own pages save a round trip by it."""
    user = await in_db(factories.make_user, "hana")

    hana = await connect(user=user, auth={"first": ["session:create", {}]})
    answer = await hana.wait("lectern:first")
    ann = await connect(auth={"first": ["session:join", {"code": answer["code"], "name": "Ann"}]})
    joined = await ann.wait("lectern:first")

    assert (answer["success"], joined["success"], joined["name"]) == (True, True, "Ann")
    assert (await ann.wait("session:joined"))["success"] is True, "its reply event comes as ever"
    people = await hana.wait("session:participantUpdate", lambda people: people["count"] == 1)
    assert [person["name"] for person in people["participants"]] == ["Ann"]


@pytest.mark.parametrize("first", [None, 5, "session:create", [], ["session:create"], [5, {}], ["x", {}, 1], ["x", []]])
async def test_what_is_no_first_question_is_not_asked(connect: Connect, first: object) -> None:
    zoe = await connect(auth={"first": first})

    assert (await zoe.call("lectern:ping", {}))["success"] is True
    assert "lectern:first" not in zoe.names()


async def test_a_first_question_that_is_refused_says_why(connect: Connect) -> None:
    for event, code in (
        ("session:create", "NOT_ALLOWED"),
        ("session:close", "INVALID_INPUT"),
        ("x:y", "UNKNOWN_EVENT"),
    ):
        zoe = await connect(auth={"first": [event, {}]})
        answer = await zoe.wait("lectern:first")
        assert answer["success"] is False
        assert code in (
            answer.get("code"),
            dict(answer["error"]).get("code") if isinstance(answer["error"], dict) else "",
        )
