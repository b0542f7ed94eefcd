"""Nothing that arrives on a socket harms anybody: every event, with junk made from its own schema."""

import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.realtime.events import HANDLERS, Who

from .. import factories
from ..client import Client, Json
from ..lessons import Connect, Lesson, in_db
from ..schemas import junk, valid
from .test_access import code_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


def events_for(who: Who) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(event for event, handler in HANDLERS.items() if handler.who is who))


def known(lesson: Lesson) -> Json:
    return {"sessionCode": lesson.code, "code": lesson.code, "widgetId": "w1", "roomType": "poll"}


async def sender(who: Who, lesson: Lesson, connect: Connect) -> Client:
    if who is Who.STAFF:
        return await connect(user=await in_db(factories.make_user, "office", is_staff=True))
    return {Who.HOST: lesson.hana, Who.PARTICIPANT: lesson.ann, Who.MEMBER: lesson.ben, Who.ANYONE: lesson.zoe}[who]


@pytest.mark.parametrize("who", list(Who))
async def test_junk_is_refused_and_nothing_else_happens(
    lesson: Lesson, connect: Connect, caplog: pytest.LogCaptureFixture, who: Who
) -> None:
    """One client sends it all, over one line: it is answered every time, and the line stays usable."""
    client = await sender(who, lesson, connect)
    before = await in_db(factories.everything)
    sent: list[tuple[str, Any]] = []

    @settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], database=None)
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        event = data.draw(events_for(who))
        sent.append((event, data.draw(junk(HANDLERS[event].payload, known(lesson)))))

    draw()
    codes = {}
    for event, payload in sent:
        answer = await client.call(event, payload)
        codes[event, repr(payload)] = code_of(answer)

    assert {key: code for key, code in codes.items() if code != "INVALID_INPUT"} == {}
    assert await client.call("lectern:ping") == {"success": True}
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert await in_db(factories.everything) == before


async def test_the_payloads_that_the_junk_is_made_of_are_right(lesson: Lesson) -> None:
    """Else the junk would be refused for a reason of its own."""
    for handler in HANDLERS.values():
        handler.payload.model_validate(valid(handler.payload, **known(lesson)))


async def test_event_without_arguments_counts_as_an_empty_object_and_more_arguments_as_none(lesson: Lesson) -> None:
    bare = await lesson.hana.call("session:close")
    null = await lesson.hana.call("session:close", None)
    right = await lesson.hana.call("poll:requestState", lesson.about(), "more", {"widgetId": "w2"}, [])

    assert (code_of(bare), code_of(null)) == ("INVALID_INPUT", "INVALID_INPUT")
    assert right == {"success": True, "widgetId": "w1"}


async def test_refusal_of_a_large_payload_is_small(lesson: Lesson) -> None:
    faulty = {"pollData": {"question": "q", "options": [5] * 10_000}, "x" * 100_000: 1}

    await lesson.hana.call("session:poll:update", lesson.about(**faulty))

    assert len(lesson.hana.frames[-1]) < 2_000


@pytest.mark.parametrize("value", ["1" * 5000, "1e999", "[" * 500 + "]" * 500, '{"a":' * 500 + "1" + "}" * 500])
async def test_value_beyond_all_bounds_is_refused_and_the_line_stays(lesson: Lesson, value: str) -> None:
    payload = f'{{"sessionCode":"{lesson.code}","widgetId":"w1","optionIndex":{value}}}'

    await lesson.ann.send_packet(f'42["session:poll:vote",{payload}]')

    refused = await lesson.ann.wait("session:poll:voteConfirmed")
    assert (refused["success"], refused["widgetId"]) == (False, "w1")
    assert await lesson.ann.call("lectern:ping") == {"success": True}
