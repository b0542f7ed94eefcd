"""What is told of a poll: hidden results, changed questions, late joiners, resets."""

import pytest

from ...lessons import Lesson
from .test_poll import CONFIG, LECTERNS_OWN, entries, refused, total, vote, without_revision

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_hidden_results_reach_no_student_before_the_reveal(lesson: Lesson) -> None:
    await lesson.set_poll(hideResults=True, question="Secret?")
    await vote(lesson.ann, lesson, 1)
    host_state = await lesson.hana.wait("poll:voteUpdate", total(1))
    await lesson.ben.wait("poll:voteUpdate", total(1))
    await lesson.ben.call("poll:requestState", lesson.about())
    await lesson.ann.call("poll:requestState", lesson.about())

    assert host_state["votes"] == {"0": 0, "1": 1, "2": 0}
    for client in (lesson.ann, lesson.ben):
        seen = [state for _, (state, *_) in client.events if "votes" in state]
        seen += [state["results"] for state in client.heard("poll:stateUpdate")]
        assert {str(state["votes"]) for state in seen} == {"{}"}
        assert not [frame for frame in client.frames if '"1":1' in frame]

    await lesson.hana.call("session:poll:reveal", lesson.about())
    revealed = await lesson.ben.wait("poll:stateUpdate", lambda state: state["pollData"]["revealed"])
    assert (revealed["results"]["votes"], revealed["results"]["totalVotes"]) == ({"0": 0, "1": 1, "2": 0}, 1)


async def test_reveal_can_be_taken_back(lesson: Lesson) -> None:
    await lesson.set_poll(hideResults=True)
    await lesson.hana.call("session:poll:reveal", lesson.about())
    await lesson.ann.wait("poll:stateUpdate", lambda state: state["pollData"]["revealed"])

    await lesson.hana.call("session:poll:reveal", lesson.about(revealed=False))

    state = await lesson.ann.wait("poll:stateUpdate", lambda state: not state["pollData"]["revealed"])
    assert state["results"]["hidden"] is True


async def test_changed_options_void_the_votes_which_may_be_cast_anew(lesson: Lesson) -> None:
    await vote(lesson.ann, lesson, 1)

    await lesson.set_poll(options=["yes", "never"])

    state = await lesson.ben.wait("poll:stateUpdate", lambda state: state["pollData"]["options"] == ["yes", "never"])
    assert (state["results"]["votes"], state["results"]["totalVotes"]) == ({}, 0)
    assert (await vote(lesson.ann, lesson, 0))["success"]
    assert await entries() == [0]


async def test_a_changed_question_keeps_the_votes(lesson: Lesson) -> None:
    await vote(lesson.ann, lesson, 1)

    await lesson.set_poll(question="Tea, then?")

    state = await lesson.ben.wait("poll:stateUpdate", lambda state: state["pollData"]["question"] == "Tea, then?")
    assert state["results"]["totalVotes"] == 1


async def test_votes_that_an_old_board_sends_back_are_ignored(lesson: Lesson) -> None:
    await vote(lesson.ann, lesson, 1)

    await lesson.set_poll(question="Back", votes={"0": 99}, totalVotes=99, results={"votes": {"0": 99}})

    state = await lesson.ben.wait("poll:stateUpdate", lambda state: state["pollData"]["question"] == "Back")
    assert state["pollData"] == {"question": "Back", "options": CONFIG["options"], **LECTERNS_OWN, "round": 1}
    assert state["results"]["votes"] == {"0": 0, "1": 1, "2": 0}


async def test_request_state_answers_the_asker_alone_and_tells_it_its_own_vote(lesson: Lesson) -> None:
    await vote(lesson.ann, lesson, 2)
    await lesson.ben.wait("poll:voteUpdate", total(1))
    lesson.ben.forget()

    assert await lesson.ann.call("poll:requestState", lesson.about()) == {"success": True, "widgetId": "w1"}

    state = await lesson.ann.wait("poll:stateUpdate")
    assert (state["yourVote"], state["results"]["votes"]) == (2, {"0": 0, "1": 0, "2": 1})
    widget = await lesson.ann.wait("session:widgetStateChanged")
    assert without_revision(widget) == {"roomType": "poll", "widgetId": "w1", "isActive": True}
    assert "poll:stateUpdate" not in lesson.ben.names()


async def test_request_state_works_while_the_poll_is_paused_and_for_the_host(lesson: Lesson) -> None:
    await lesson.hana.call("session:updateWidgetState", lesson.about(roomType="poll", isActive=False))

    await lesson.hana.send("poll:requestState", lesson.about())

    assert (await lesson.hana.wait("poll:stateUpdate"))["pollData"]["question"] == "Tea?"


async def test_request_state_of_a_stranger_is_refused(lesson: Lesson) -> None:
    assert await lesson.zoe.call("poll:requestState", lesson.about()) == refused("NOT_PARTICIPANT")
    assert lesson.zoe.events == []


async def test_reset_of_one_poll_never_touches_another(lesson: Lesson) -> None:
    await lesson.open_room("w10")
    await lesson.set_poll("w10")
    await vote(lesson.ann, lesson, 1)
    await lesson.ben.call("session:poll:vote", lesson.about("w10", optionIndex=2))
    await lesson.ben.wait("poll:voteUpdate", lambda state: state["widgetId"] == "w10" and state["totalVotes"] == 1)

    await lesson.hana.call("session:reset", lesson.about("w1"))

    state = await lesson.ben.wait("poll:voteUpdate", total(0))
    assert (state["widgetId"], state["votes"], state["round"]) == ("w1", {}, 2)
    assert await entries() == [2]
    assert (await vote(lesson.ann, lesson, 0))["success"], "and it may be voted on anew"
