"""How an error looks on the wire: WIRE.md, section 1, "Errors"."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from sessions_app import dispatch
from sessions_app.errors import MESSAGES, Rejected
from sessions_app.models import Session
from sessions_app.realtime.events import HANDLERS, Call, Later, Payload, SessionPayload, Who, on

from .. import factories
from ..client import Client, Json
from ..lessons import Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

INTERNAL = {"code": "INTERNAL_ERROR", "message": "Something went wrong on the server. Try again."}


@pytest.fixture
def faulty_events() -> Iterator[None]:
    """Events that fail unexpectedly: at once, after they wrote, and while their reply is read."""

    @on("test:fail", who=Who.ANYONE)
    def fail(call: Call, payload: Payload) -> Any:
        raise ZeroDivisionError("secret /path/to/module.py")

    @on("test:write", who=Who.HOST, reply="test:written")
    def write(call: Call, payload: SessionPayload) -> Any:
        assert call.session is not None
        Session.objects.filter(pk=call.session.pk).update(names_required=True)
        call.tell("test:told")
        call.enter(None)
        raise ZeroDivisionError

    @on("test:read", who=Who.ANYONE, plain_errors=True)
    def read(call: Call, payload: Payload) -> Any:
        def answer(call: Call) -> Json:
            raise KeyError("secret")

        return Later(answer)

    yield
    for event in ("test:fail", "test:write", "test:read"):
        dispatch.runner_for.cache_clear()
        del HANDLERS[event]


def server_faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_error_of_an_ack_is_an_object(lesson: Lesson) -> None:
    answer = await lesson.zoe.call("session:close", {"sessionCode": lesson.code})

    assert answer == {"success": False, "error": {"code": "NOT_HOST", "message": MESSAGES["NOT_HOST"]}}
    assert lesson.zoe.events == [], "an ack is enough"


async def test_error_of_three_old_replies_is_a_sentence_with_the_code_beside_it(lesson: Lesson) -> None:
    create = await lesson.zoe.call("session:create")
    room = await lesson.zoe.call("session:createRoom", lesson.about(roomType="poll"))
    await lesson.zoe.send("session:join", {"code": "22222"})
    joined = await lesson.zoe.wait("session:joined")

    assert create == {"success": False, "error": "Sign in to open a session.", "code": "NOT_ALLOWED"}
    assert room == {"success": False, "error": MESSAGES["NOT_HOST"], "code": "NOT_HOST", "widgetId": "w1"}
    assert joined == {"success": False, "error": "Session not found", "code": "INVALID_SESSION"}
    assert lesson.zoe.names() == ["session:joined"]


async def test_error_without_ack_or_reply_event_is_a_lectern_error(lesson: Lesson) -> None:
    await lesson.zoe.send("session:close", {"sessionCode": lesson.code})

    error = await lesson.zoe.wait("lectern:error")
    assert error == {"event": "session:close", "code": "NOT_HOST", "message": MESSAGES["NOT_HOST"]}


async def test_error_of_an_event_with_a_reply_goes_there_and_to_the_ack(lesson: Lesson) -> None:
    error = {
        "success": False,
        "widgetId": "w1",
        "error": {"code": "NOT_PARTICIPANT", "message": "Join the session first."},
    }

    await lesson.zoe.send("session:poll:vote", lesson.about(optionIndex=1))
    assert await lesson.zoe.wait("session:poll:voteConfirmed") == error
    assert await lesson.zoe.call("session:poll:vote", lesson.about(optionIndex=1)) == error

    assert lesson.zoe.names() == ["session:poll:voteConfirmed"] * 2


async def test_bad_payload_is_told_field_by_field(lesson: Lesson) -> None:
    await lesson.hana.send("session:updateWidgetState", {"sessionCode": lesson.code, "widgetId": 5})

    assert await lesson.hana.wait("lectern:error") == {
        "event": "session:updateWidgetState",
        "code": "INVALID_INPUT",
        "message": MESSAGES["INVALID_INPUT"],
        "details": {
            "widgetId": "Input should be a valid string",
            "roomType": "Field required",
            "isActive": "Field required",
        },
    }


async def test_unknown_event_is_acknowledged_or_ignored(lesson: Lesson) -> None:
    unknown = {"code": "UNKNOWN_EVENT", "message": MESSAGES["UNKNOWN_EVENT"]}

    for event in ("no:such", "", "constructor", "session:shown", "\ud800"):
        await lesson.ann.send(event, {"x": 1})
        assert await lesson.ann.call(event, {"x": 1}) == {"success": False, "error": unknown}
    assert lesson.ann.events == []


async def test_page_asks_whether_the_line_lives(lesson: Lesson) -> None:
    assert await lesson.zoe.call("lectern:ping") == {"success": True}


@pytest.mark.usefixtures("faulty_events")
async def test_unexpected_fault_says_not_one_word_more_and_is_logged_once(
    lesson: Lesson, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await lesson.zoe.call("test:fail", {"secret": 1})
    await lesson.zoe.send("test:fail")

    assert answer == {"success": False, "error": INTERNAL}
    assert await lesson.zoe.wait("lectern:error") == {"event": "test:fail", **INTERNAL}
    assert server_faults(caplog) == ["test:fail failed (session None)."] * 2
    assert [record.exc_info is not None for record in caplog.records if record.levelno >= logging.ERROR] == [True] * 2
    assert not [frame for frame in lesson.zoe.frames if "secret" in frame or "Zero" in frame]


@pytest.mark.usefixtures("faulty_events")
async def test_unexpected_fault_names_the_session_in_the_log_and_leaves_the_line_usable(
    lesson: Lesson, caplog: pytest.LogCaptureFixture
) -> None:
    before = await in_db(factories.everything)

    answer = await lesson.hana.call("test:write", {"sessionCode": lesson.code})

    assert answer == {"success": False, "error": INTERNAL}
    assert lesson.hana.events == [("test:written", [answer])]
    assert await in_db(factories.everything) == before
    assert server_faults(caplog) == [f"test:write failed (session {lesson.code})."]
    assert (await lesson.hana.call("session:reset", lesson.about()))["success"] is True


@pytest.mark.usefixtures("faulty_events")
async def test_unexpected_fault_of_a_reply_keeps_the_old_shape(
    lesson: Lesson, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await lesson.zoe.call("test:read")

    assert answer == {"success": False, "error": INTERNAL["message"], "code": "INTERNAL_ERROR"}
    assert len(server_faults(caplog)) == 1


async def test_malformed_frame_closes_the_line_with_1003(lesson: Lesson, connect: Any) -> None:
    for frame in ('42["x",NaN]', "42{", "4", "nonsense", "42[1]", "42" + "[" * 100_000):
        client: Client = await connect()
        await client.send_packet(frame)
        assert await client.wait_closed() == 4003 or client.close_code == 1003, frame
    assert (await lesson.ann.call("poll:requestState", lesson.about()))["success"] is True


async def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    refusal = Rejected("CONFLICT", "Another sentence.", retry_after_ms=5, faults={"a.0": "bad"}, b="worse")

    assert refusal.as_error() == {
        "code": "CONFLICT",
        "message": "Another sentence.",
        "details": {"a.0": "bad", "b": "worse"},
        "retryAfter": 5,
    }
    assert Rejected("CONFLICT").as_error() == {"code": "CONFLICT", "message": MESSAGES["CONFLICT"]}
    with pytest.raises(KeyError):
        Rejected("NO_SUCH_CODE")
    assert {code for code in MESSAGES if not MESSAGES[code].endswith((".", "Session not found"))} == set()


async def test_a_refused_event_leaves_no_trace_in_the_database(lesson: Lesson) -> None:
    before = await in_db(factories.everything)
    for client in (lesson.zoe, lesson.ann):
        await client.call("session:cleanupRooms", {"sessionCode": lesson.code, "activeWidgetIds": []})
    assert await in_db(factories.everything) == before
