"""The poll on the wire, row by row of WIRE.md, section 3."""

import asyncio
from typing import Any

import pytest

from sessions_app.errors import MESSAGES
from widgets.models import Entry

from ... import factories
from ...client import Client, Json
from ...lessons import Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

CONFIG = {"question": "Tea?", "options": ["yes", "no", "both"]}
LECTERNS_OWN = {"allowChange": False, "hideResults": False, "revealed": False}


def total(votes: int) -> Any:
    return lambda state: state["totalVotes"] == votes


def without_revision(state: Json) -> Json:
    return {key: value for key, value in state.items() if key != "revision"}


def refused(code: str, *, widget_id: str = "w1", **more: Any) -> Json:
    return {"success": False, "widgetId": widget_id, "error": {"code": code, "message": MESSAGES[code], **more}}


async def entries() -> list[int]:
    return await in_db(lambda: [entry.payload["optionIndex"] for entry in Entry.objects.order_by("pk")])


async def vote(client: Client, lesson: Lesson, option: Any) -> Json:
    answer: Json = await client.call("session:poll:vote", lesson.about(optionIndex=option))
    return answer


async def test_update_sends_the_poll_to_everybody(lesson: Lesson) -> None:
    await lesson.set_poll(question="Coffee?", options=["a", "b"])

    for client in (lesson.hana, lesson.ann, lesson.ben):
        state = await client.wait("poll:stateUpdate", lambda state: state["pollData"]["question"] == "Coffee?")
        assert without_revision(state) == {
            "widgetId": "w1",
            "pollData": {"question": "Coffee?", "options": ["a", "b"], **LECTERNS_OWN, "round": 2},
            "results": {
                "question": "Coffee?",
                "options": ["a", "b"],
                "votes": {},
                "totalVotes": 0,
                "participantCount": 2,
                "hidden": False,
                "round": 2,
            },
        }


async def test_update_refuses_what_is_no_poll(lesson: Lesson) -> None:
    faulty: dict[str, Json] = {
        "pollData.options": {"options": ["only one"]},
        "pollData.options.0": {"options": ["x" * 201, "y"]},
        "pollData.question": {"question": "q" * 501},
        "pollData.allowChange": {"allowChange": 1},
    }
    before = await in_db(factories.everything)

    for fault, poll in faulty.items():
        answer = await lesson.hana.call("session:poll:update", lesson.about(pollData={**CONFIG, **poll}))
        assert (answer["error"]["code"], list(answer["error"]["details"])) == ("INVALID_INPUT", [fault])

    eleven = await lesson.hana.call("session:poll:update", lesson.about(pollData={**CONFIG, "options": ["x"] * 11}))
    assert eleven["error"]["code"] == "INVALID_INPUT"
    assert await in_db(factories.everything) == before


async def test_update_takes_the_largest_poll(lesson: Lesson) -> None:
    await lesson.set_poll(question="q" * 500, options=["x" * 200] * 10)

    state = await lesson.ann.wait("poll:stateUpdate", lambda state: state["pollData"]["question"] == "q" * 500)
    assert state["results"]["options"] == ["x" * 200] * 10


async def test_vote_is_confirmed_and_counted_for_everybody(lesson: Lesson) -> None:
    await lesson.ann.send("session:poll:vote", lesson.about(optionIndex=1))

    assert await lesson.ann.wait("session:poll:voteConfirmed") == {"success": True, "widgetId": "w1", "optionIndex": 1}
    for client in (lesson.hana, lesson.ann, lesson.ben):
        assert without_revision(await client.wait("poll:voteUpdate", total(1))) == {
            "widgetId": "w1",
            "votes": {"0": 0, "1": 1, "2": 0},
            "totalVotes": 1,
            "hidden": False,
            "round": 1,
        }
    assert await entries() == [1]


async def test_vote_of_a_second_time_is_refused(lesson: Lesson) -> None:
    await vote(lesson.ann, lesson, 1)

    assert await vote(lesson.ann, lesson, 2) == refused("ALREADY_VOTED")
    assert lesson.ann.heard("session:poll:voteConfirmed")[-1] == refused("ALREADY_VOTED")
    assert await entries() == [1]


async def test_vote_may_change_where_the_poll_allows_it(lesson: Lesson) -> None:
    await lesson.set_poll(allowChange=True)
    await vote(lesson.ann, lesson, 1)

    assert (await vote(lesson.ann, lesson, 2))["success"]

    state = await lesson.ben.wait("poll:voteUpdate", lambda state: state["votes"] == {"0": 0, "1": 0, "2": 1})
    assert (state["totalVotes"], await entries()) == (1, [2])


async def test_vote_for_what_is_no_index_is_refused(lesson: Lesson) -> None:
    for option in (True, "1", 1.0, 1.5, None, -1, 10, 10**30, [1], {}):
        answer = await vote(lesson.ann, lesson, option)

        assert (answer["widgetId"], answer["error"]["code"], list(answer["error"]["details"])) == (
            "w1",
            "INVALID_INPUT",
            ["optionIndex"],
        )
    assert await entries() == []


async def test_vote_beyond_the_options_is_refused(lesson: Lesson) -> None:
    details = {"optionIndex": "this poll has 3 options"}

    assert await vote(lesson.ann, lesson, 3) == refused("INVALID_INPUT", details=details)
    assert await entries() == []


async def test_vote_that_was_kept_for_another_round_is_refused(lesson: Lesson) -> None:
    details = {"round": "the poll has begun anew since"}

    late = await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=1, round=0))
    right = await lesson.ben.call("session:poll:vote", lesson.about(optionIndex=1, round=1))

    assert (late, right["success"]) == (refused("CONFLICT", details=details), True)


async def test_vote_that_was_kept_for_the_widgets_last_room_is_refused(lesson: Lesson) -> None:
    await lesson.hana.call("session:closeRoom", lesson.about(roomType="poll"))
    await lesson.open_room("w1", "poll")
    await lesson.set_poll()

    late = await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=1, round=1))

    assert late["error"]["code"] == "CONFLICT"


async def test_poll_texts_lose_what_cannot_be_seen(lesson: Lesson) -> None:
    await lesson.set_poll(question="\u202eWhy\x07?", options=["\u200bYes", "No\u202e"])

    state = await lesson.ann.wait("poll:stateUpdate", lambda state: state["pollData"]["options"] == ["Yes", "No"])
    assert state["pollData"]["question"] == "Why?"


async def test_vote_in_a_full_room_is_refused_but_a_given_one_may_change(lesson: Lesson, settings: Any) -> None:
    settings.LECTERN_MAX_ENTRIES = 1
    await lesson.set_poll(allowChange=True)
    await vote(lesson.ann, lesson, 1)

    assert await vote(lesson.ben, lesson, 1) == refused("ROOM_FULL")
    assert (await vote(lesson.ann, lesson, 2))["success"] is True
    assert await entries() == [2]


async def test_vote_in_a_paused_poll_is_refused(lesson: Lesson) -> None:
    await lesson.hana.call("session:updateWidgetState", lesson.about(roomType="poll", isActive=False))

    assert await vote(lesson.ann, lesson, 1) == refused("WIDGET_PAUSED")
    assert await entries() == []


async def test_vote_in_a_room_that_is_not_open_is_refused(lesson: Lesson) -> None:
    details = {"widgetId": "no open room has this id"}

    answer = await lesson.ann.call("session:poll:vote", lesson.about("w9", optionIndex=1))

    assert answer == refused("ROOM_NOT_FOUND", widget_id="w9", details=details)


async def test_vote_of_a_stranger_is_refused(lesson: Lesson) -> None:
    assert await vote(lesson.zoe, lesson, 1) == refused("NOT_PARTICIPANT")
    assert lesson.zoe.heard("session:poll:voteConfirmed") == [refused("NOT_PARTICIPANT")]
    assert await entries() == []


async def test_vote_of_the_host_is_refused(lesson: Lesson) -> None:
    assert await vote(lesson.hana, lesson, 1) == refused("NOT_PARTICIPANT")


async def test_votes_faster_than_two_a_second_are_refused_with_a_time(lesson: Lesson) -> None:
    await lesson.set_poll(allowChange=True)
    asked = [await lesson.ann.ask("session:poll:vote", lesson.about(optionIndex=n % 3)) for n in range(3)]
    answers = [await lesson.ann.answer(number) for number in asked]

    retry_ms = answers[2]["error"].pop("retryAfter")
    assert [answer["success"] for answer in answers] == [True, True, False]
    assert answers[2] == refused("RATE_LIMITED")
    assert 0 < retry_ms <= 1001
    assert (await vote(lesson.ben, lesson, 0))["success"], "another seat has a rate of its own"


async def test_sixty_seats_are_counted_exactly(lesson: Lesson, connect: Any) -> None:
    """A third votes once, a third twice, a third changes its mind; nothing is lost and nothing counted twice."""
    await lesson.set_poll(allowChange=True)
    seats = [await connect() for _ in range(60)]
    await asyncio.gather(*(seat.call("session:join", {"code": lesson.code}) for seat in seats))

    async def take_part(number: int, seat: Client) -> None:
        choices = ([0], [1, 1], [0, 2])[number % 3]
        for choice in choices:
            assert (await vote(seat, lesson, choice))["success"]

    await asyncio.gather(*(take_part(number, seat) for number, seat in enumerate(seats)))

    expected = {"0": 20, "1": 20, "2": 20}
    for client in (lesson.hana, lesson.ann, seats[0], seats[59]):
        assert (await client.wait("poll:voteUpdate", lambda state: state["votes"] == expected))["totalVotes"] == 60
