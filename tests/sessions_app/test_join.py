"""`session:join`: codes, names, seats; WIRE.md, sections 1 and 2."""

import asyncio
from typing import Any

import pytest

from sessions_app.domain.names import ANIMALS, COLOURS
from sessions_app.errors import MESSAGES
from sessions_app.models import Participant, Session
from sessions_app.realtime.limits import FREE_GUESSES, wrong_codes

from .. import factories
from ..client import ADDRESS, Client, Json
from ..lessons import Connect, Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def join(client: Client, code: str, **more: Any) -> Json:
    await client.send("session:join", {"code": code, **more})
    joined: Json = await client.wait("session:joined")
    return joined


async def seats() -> list[str]:
    return await in_db(lambda: list(Participant.objects.order_by("pk").values_list("name", flat=True)))


async def test_join_answers_the_student_and_tells_the_host(connect: Connect) -> None:
    session = await in_db(factories.make_session)
    hana = await connect(auth={"hostToken": await in_db(factories.host_token, session)})
    await hana.call("session:create", {"existingCode": session.code})
    ann = await connect()

    answer = await join(ann, session.code, name="Ann", studentId="ann-1")

    (seat,) = await in_db(lambda: list(Participant.objects.all()))
    token = answer.pop("participantToken")
    assert answer == {
        "success": True,
        "code": session.code,
        "activeRooms": [],
        "participantId": seat.uid.hex,
        "name": "Ann",
        "hostPresent": True,
    }
    assert token.startswith(seat.uid.hex + ".")
    people = await hana.wait("session:participantUpdate", lambda people: people["count"] == 1)
    assert people["participants"] == [
        {
            "name": "Ann",
            "studentId": "ann-1",
            "joinedAt": int(seat.joined_at.timestamp() * 1000),
            "socketId": seat.uid.hex,
        }
    ]
    assert "session:participantUpdate" not in ann.names(), "students do not get each other's names"


async def test_join_brings_the_open_rooms_and_the_seats_own_vote(lesson: Lesson, connect: Connect) -> None:
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=1))
    again = await connect()

    answer = await join(again, lesson.code, participantToken=lesson.seats["Ann"]["participantToken"])

    (room,) = answer["activeRooms"]
    data = room["room"]
    assert {key: data[key] for key in ("code", "widgetId", "type", "isActive", "participantCount", "yourVote")} == {
        "code": lesson.code,
        "widgetId": "w1",
        "type": "poll",
        "isActive": True,
        "participantCount": 2,
        "yourVote": 1,
    }
    assert data["createdAt"] <= data["lastActivity"]
    assert (room["roomType"], room["widgetId"], data["results"]["totalVotes"]) == ("poll", "w1", 1)


async def test_join_forgives_how_the_code_is_typed(connect: Connect) -> None:
    session = await in_db(factories.make_session, code="Q8J5U".replace("5", "6"))
    zoe = await connect()

    for typed in ("q8j6u", " Q 8 J 6 U ", "Q8J-6U", "08j6u", "OBIGV", "obLgv", "\tq8j6u\n"):
        assert (await join(zoe, typed))["code"] == session.code, typed


async def test_join_with_an_unknown_code_is_told_so_in_the_old_words(connect: Connect) -> None:
    zoe = await connect()

    for typed in ("22222", "ABC", "", "not a code at all", "VVVVV"):
        answer = await join(zoe, typed)
        assert (answer["success"], answer["error"], answer["code"]) == (False, "Session not found", "INVALID_SESSION")
    assert await in_db(Session.objects.count) == 0


async def test_join_of_an_ended_session_is_refused(lesson: Lesson) -> None:
    await lesson.hana.call("session:close", {"sessionCode": lesson.code})

    assert (await join(lesson.zoe, lesson.code))["code"] == "INVALID_SESSION"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Ann  ", "Ann"),
        ("x" * 51, "x" * 50),
        ("Ann\u202e\u2066eb", "Anneb"),
        ("A\tn\nn\x07", "A n n"),
        ("\u00c5sa \U0001f469\u200d\U0001f680", "\u00c5sa \U0001f469\u200d\U0001f680"),
        ("<b>Ann</b>", "<b>Ann</b>"),
    ],
)
async def test_join_shows_the_visible_part_of_the_name(lesson: Lesson, typed: str, shown: str) -> None:
    assert (await join(lesson.zoe, lesson.code, name=typed))["name"] == shown
    assert (await seats())[-1] == shown


@pytest.mark.parametrize("name", ["", "   ", "\u202e\u200b", "\u200d"])
async def test_join_without_a_visible_name_gets_a_friendly_one(lesson: Lesson, name: str) -> None:
    colour, animal = (await join(lesson.zoe, lesson.code, name=name))["name"].split()

    assert (colour in COLOURS, animal in ANIMALS) == (True, True)


async def test_join_without_a_name_is_refused_where_names_are_required(connect: Connect) -> None:
    session = await in_db(factories.make_session, names_required=True)
    ann = await connect()

    refused = await join(ann, session.code, name=" ")
    accepted = await join(ann, session.code, name="Ann")

    assert refused == {
        "success": False,
        "error": MESSAGES["NAME_REQUIRED"],
        "code": "NAME_REQUIRED",
        "details": {"name": "type a name"},
    }
    assert (accepted["success"], await seats()) == (True, ["Ann"])


async def test_join_of_a_full_session_is_refused_but_a_seat_is_kept(
    lesson: Lesson, connect: Connect, settings: Any
) -> None:
    settings.LECTERN_MAX_PARTICIPANTS = 2
    token = lesson.seats["Ben"]["participantToken"]

    refused = await join(lesson.zoe, lesson.code, name="Zoe")
    back = await join(await connect(), lesson.code, participantToken=token)

    assert refused == {"success": False, "error": MESSAGES["SESSION_FULL"], "code": "SESSION_FULL"}
    assert (back["participantId"], await seats()) == (lesson.seats["Ben"]["participantId"], ["Ann", "Ben"])


async def test_seats_that_were_left_do_not_fill_a_session(lesson: Lesson, connect: Connect, settings: Any) -> None:
    """Whoever takes all seats and goes locks nobody out."""
    settings.LECTERN_MAX_PARTICIPANTS = 2
    await lesson.ben.close()
    await lesson.hana.wait("session:participantUpdate", lambda people: people["count"] == 1)

    assert (await join(lesson.zoe, lesson.code, name="Zoe"))["success"] is True
    assert await seats() == ["Ann", "Ben", "Zoe"]


@pytest.mark.parametrize("event", ["poll:requestState", "session:poll:vote", "session:close"])
async def test_any_event_that_names_a_dead_code_counts_as_a_guess(lesson: Lesson, event: str) -> None:
    """Otherwise a stranger could ask every code of the alphabet, and be told which ones live."""
    for _ in range(2):
        answer = await lesson.zoe.call(event, {"sessionCode": "22222", "widgetId": "w1", "optionIndex": 0})
        assert answer["error"]["code"] == "INVALID_SESSION"

    assert wrong_codes(ADDRESS) == 2


@pytest.mark.parametrize("way", ["payload", "auth"])
async def test_join_with_the_token_is_the_same_seat(lesson: Lesson, connect: Connect, way: str) -> None:
    token = {"participantToken": lesson.seats["Ann"]["participantToken"]}
    phone = await connect(auth=token if way == "auth" else None)

    answer = await join(phone, lesson.code, name="Ann B.", **(token if way == "payload" else {}))

    assert answer["participantId"] == lesson.seats["Ann"]["participantId"]
    assert await seats() == ["Ann B.", "Ben"]


async def test_join_from_the_same_browser_is_the_same_seat_and_from_another_a_new_one(
    lesson: Lesson, connect: Connect
) -> None:
    browser = factories.device_cookies()
    first = await join(await connect(cookies=browser), lesson.code, name="Cem")

    again = await join(await connect(cookies=browser), lesson.code)
    other = await join(await connect(cookies=factories.device_cookies()), lesson.code, name="Cem")

    assert (again["participantId"], again["name"]) == (first["participantId"], "Cem")
    assert other["participantId"] != first["participantId"]
    assert await seats() == ["Ann", "Ben", "Cem", "Cem"]


async def test_join_is_found_again_by_the_cookie_that_the_first_handshake_set(lesson: Lesson, connect: Connect) -> None:
    (cookie,) = [value.decode() for name, value in lesson.ann.handshake_headers if name == b"set-cookie"]
    name, _, value = cookie.partition(";")[0].partition("=")

    again = await join(await connect(cookies={"other": "1", name: value}), lesson.code)

    assert again["participantId"] == lesson.seats["Ann"]["participantId"]


async def test_join_twice_on_one_socket_is_one_seat(lesson: Lesson) -> None:
    again = await join(lesson.ann, lesson.code, name="Ann")

    assert (again["participantId"], await seats()) == (lesson.seats["Ann"]["participantId"], ["Ann", "Ben"])


async def test_student_id_proves_nothing(lesson: Lesson) -> None:
    claimed = lesson.seats["Ann"]["participantId"]

    answer = await join(lesson.zoe, lesson.code, name="Ann", studentId=claimed)

    assert answer["participantId"] != claimed


@pytest.mark.parametrize("token", ["x", "a" * 200, "0" * 32 + ".x", ""])
async def test_token_that_is_made_up_is_a_new_seat(lesson: Lesson, connect: Connect, token: str) -> None:
    answer = await join(lesson.zoe, lesson.code, name="Zoe", participantToken=token)

    assert (answer["success"], await seats()) == (True, ["Ann", "Ben", "Zoe"])


async def test_second_tab_is_one_seat_with_one_vote(lesson: Lesson, connect: Connect) -> None:
    tab = await connect()
    await join(tab, lesson.code, participantToken=lesson.seats["Ann"]["participantToken"])

    assert (await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=0)))["success"]
    second = await tab.call("session:poll:vote", lesson.about(optionIndex=1))

    assert second["error"]["code"] == "ALREADY_VOTED"
    await lesson.ann.close()
    people = await lesson.hana.wait("session:participantUpdate")
    assert people["count"] == 2, "the seat is taken while one of its tabs is open"


async def test_joining_another_session_leaves_the_first(lesson: Lesson, connect: Connect) -> None:
    other = await in_db(factories.make_session)

    await join(lesson.ann, other.code, name="Ann")

    await lesson.hana.wait("session:participantUpdate", lambda people: people["count"] == 1)
    refused = await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=0))
    assert refused["error"]["code"] == "NOT_PARTICIPANT"
    lesson.ann.forget()
    await lesson.ben.call("session:poll:vote", lesson.about(optionIndex=1))
    await lesson.ben.wait("poll:voteUpdate", lambda state: state["totalVotes"] == 1)
    await lesson.hana.call("session:close", {"sessionCode": lesson.code})
    await lesson.ben.wait("session:closed")
    await lesson.ann.call("session:leave", {"sessionCode": other.code})
    assert lesson.ann.names() == []


async def test_host_who_joins_as_a_student_is_a_student(lesson: Lesson) -> None:
    await join(lesson.hana, lesson.code, name="Hana")

    assert (await lesson.hana.call("session:reset", lesson.about()))["error"]["code"] == "NOT_HOST"


async def test_many_who_join_at_once_all_get_a_seat_of_their_own(lesson: Lesson, connect: Connect) -> None:
    crowd = [await connect() for _ in range(25)]

    answers = await asyncio.gather(*(join(client, lesson.code, name=f"S{n}") for n, client in enumerate(crowd)))

    assert len({answer["participantId"] for answer in answers}) == 25
    people = await lesson.hana.wait("session:participantUpdate", lambda people: people["count"] == 27)
    assert {person["name"] for person in people["participants"]} == {"Ann", "Ben", *(f"S{n}" for n in range(25))}


async def test_wrong_codes_are_slowed_and_right_ones_from_the_same_school_are_not(
    lesson: Lesson, connect: Connect
) -> None:
    for _ in range(FREE_GUESSES):
        await join(lesson.zoe, "22222")

    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert (await join(await connect(), lesson.code, name="Cem"))["success"]
    right_s = loop.time() - begun
    assert (await join(lesson.zoe, "22222"))["code"] == "INVALID_SESSION"
    wrong_s = loop.time() - begun - right_s

    assert (right_s < 0.4, wrong_s >= 0.5) == (True, True)
