"""What our own pages ask of the wire beyond what old clients know."""

import pytest

from sessions_app.errors import MESSAGES
from sessions_app.models import Session
from widgets.models import Entry

from ..factories import everything
from ..lessons import Connect, Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_everybody_may_ask_whether_the_line_lives_and_nothing_changes(lesson: Lesson) -> None:
    before = await in_db(everything)

    answers = [await client.call("lectern:ping", {}) for client in (lesson.hana, lesson.ann, lesson.zoe)]

    assert answers == [{"success": True}] * 3
    assert await in_db(everything) == before


async def test_a_board_whose_session_is_over_opens_no_other_one(lesson: Lesson, connect: Connect) -> None:
    await lesson.hana.call("session:close", {"sessionCode": lesson.code})
    sessions = await in_db(Session.objects.count)
    board = await connect(user=lesson.user)

    answer = await board.call("session:create", {"existingCode": lesson.code, "hostToken": lesson.host_token})

    assert answer == {"success": False, "error": MESSAGES["SESSION_CLOSED"], "code": "SESSION_CLOSED"}
    assert await in_db(Session.objects.count) == sessions


async def test_a_vote_of_an_earlier_round_is_refused(lesson: Lesson) -> None:
    await lesson.set_poll()
    state = await lesson.ann.wait("poll:stateUpdate", lambda state: state["pollData"]["options"] != [])
    current = state["pollData"]["round"]

    late = await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=1, round=current - 1))
    now = await lesson.ben.call("session:poll:vote", lesson.about(optionIndex=2, round=current))

    details = {"round": "the poll has begun anew since"}
    error = {"code": "CONFLICT", "message": MESSAGES["CONFLICT"], "details": details}
    assert late == {"success": False, "widgetId": "w1", "error": error}
    assert now["success"] is True
    assert await in_db(lambda: [entry.payload["optionIndex"] for entry in Entry.objects.all()]) == [2]
