"""What a board does beyond old clients: the run list, undoing a close, the projector."""

from typing import Any

import pytest

from sessions_app import keys
from sessions_app.errors import MESSAGES
from sessions_app.models import Room, RunStep, Session, SessionEvent

from .. import factories
from ..client import Client, Json
from ..lessons import Connect, Lesson, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

TEA = {"question": "Tea?", "options": ["yes", "no"], "hideResults": True}
MILK = {"question": "", "options": ["yes", "no"], "revealed": True, "round": 7}


def add_steps(code: str, *configs: Json) -> list[int]:
    session = Session.objects.get(code=code)
    steps = [
        RunStep.objects.create(session=session, position=position, kind="poll", config=config)
        for position, config in enumerate(configs, 1)
    ]
    return [step.pk for step in steps]


def rooms(*fields: str) -> list[Any]:
    return list(Room.objects.order_by("pk").values_list(*fields))


async def run(client: Client, lesson: Lesson, step: int, **more: Any) -> Json:
    answer: Json = await client.call("session:runStep", {"sessionCode": lesson.code, "stepId": step, **more})
    return answer


async def refusal_of(client: Client, event: str, payload: Json) -> str:
    before = await in_db(factories.everything)
    answer = await client.call(event, payload)
    assert await in_db(factories.everything) == before, "what is refused leaves no trace"
    return str(answer["error"]["code"])


async def test_a_step_opens_for_answers_and_everybody_hears_of_it(lesson: Lesson) -> None:
    tea, _ = await in_db(add_steps, lesson.code, TEA, MILK)

    answer = await run(lesson.hana, lesson, tea)

    assert (answer["success"], answer["isExisting"], answer["widgetId"]) == (True, False, f"step-{tea}")
    assert answer["roomData"]["pollData"]["question"] == "Tea?"
    for client in (lesson.hana, lesson.ann):
        created = await client.wait("session:roomCreated")
        assert (created["widgetId"], created["roomData"]["isActive"]) == (f"step-{tea}", True)
    listed = await lesson.hana.wait("session:runList")
    assert [(step["title"], step["kind"], step["widgetId"]) for step in listed["steps"]] == [
        ("Tea?", "poll", f"step-{tea}"),
        ("yes / no", "poll", None),
    ]
    assert lesson.ann.heard("session:runList") == [], "what is to come is the teacher's"
    assert (await lesson.ann.call("session:poll:vote", lesson.about(f"step-{tea}", optionIndex=0)))["success"]


async def test_a_step_starts_without_what_an_older_lesson_made_of_it(lesson: Lesson) -> None:
    (milk,) = await in_db(add_steps, lesson.code, MILK)

    poll = (await run(lesson.hana, lesson, milk))["roomData"]["pollData"]

    assert (poll["revealed"], poll["round"]) == (False, 0)


async def test_next_pauses_the_step_before_in_the_same_moment(lesson: Lesson) -> None:
    tea, milk = await in_db(add_steps, lesson.code, TEA, MILK)
    await run(lesson.hana, lesson, tea)

    await run(lesson.hana, lesson, milk, leave=f"step-{tea}")

    assert await in_db(rooms, "widget_id", "is_active") == [
        ("w1", True),
        (f"step-{tea}", False),
        (f"step-{milk}", True),
    ]


async def test_a_step_has_one_room_whoever_runs_it_again(lesson: Lesson, connect: Connect) -> None:
    (tea,) = await in_db(add_steps, lesson.code, TEA)
    phone = await connect(user=lesson.user)
    created = await phone.call("session:create")
    assert [step["widgetId"] for step in created["runList"]["steps"]] == [None]

    await run(lesson.hana, lesson, tea)
    again = await run(phone, lesson, tea, leave=f"step-{tea}")

    assert (again["success"], again["isExisting"], again["roomData"]["isActive"]) == (True, True, True)
    assert await in_db(RunStep.objects.exclude(room=None).count) == 1
    assert len(await in_db(rooms, "pk")) == 2
    await phone.wait("session:runList", lambda listed: listed["steps"][0]["widgetId"] == f"step-{tea}")


async def test_a_closed_step_comes_back_with_its_answers(lesson: Lesson) -> None:
    (tea,) = await in_db(add_steps, lesson.code, TEA)
    await run(lesson.hana, lesson, tea)
    await lesson.ann.call("session:poll:vote", lesson.about(f"step-{tea}", optionIndex=1))
    await lesson.hana.call("session:closeRoom", lesson.about(f"step-{tea}", roomType="poll"))

    answer = await run(lesson.hana, lesson, tea)

    assert answer["roomData"]["results"]["votes"] == {"0": 0, "1": 1}
    assert answer["roomData"]["isActive"] is True


async def test_a_long_run_list_does_not_stop_at_the_most_rooms(lesson: Lesson, settings: Any) -> None:
    settings.LECTERN_MAX_ROOMS = 2
    first, second = await in_db(add_steps, lesson.code, TEA, MILK)
    await run(lesson.hana, lesson, first, leave="w1")

    assert (await run(lesson.hana, lesson, second, leave=f"step-{first}"))["success"] is True

    still_open = await in_db(lambda: list(Room.objects.filter(closed_at=None).values_list("widget_id", flat=True)))
    assert still_open == [f"step-{first}", f"step-{second}"], "the oldest paused one made place"


async def test_no_place_for_a_step_is_said_and_nothing_is_paused(lesson: Lesson, settings: Any) -> None:
    settings.LECTERN_MAX_ROOMS = 1
    (tea,) = await in_db(add_steps, lesson.code, TEA)

    payload = {"sessionCode": lesson.code, "stepId": tea}

    assert await refusal_of(lesson.hana, "session:runStep", payload) == "MAX_ROOMS_REACHED"


async def test_a_step_of_another_session_or_of_nothing_is_refused(lesson: Lesson) -> None:
    other = await in_db(factories.make_session)
    (foreign,) = await in_db(add_steps, other.code, TEA)
    (broken,) = await in_db(add_steps, lesson.code, {"options": 5})

    for step in (foreign, 0, "1", None, broken):
        payload = {"sessionCode": lesson.code, "stepId": step}
        assert await refusal_of(lesson.hana, "session:runStep", payload) == "INVALID_INPUT"


@pytest.mark.parametrize("event", ["session:runStep", "session:reopenRoom", "session:screen"])
async def test_the_board_is_the_hosts_alone(lesson: Lesson, event: str) -> None:
    (tea,) = await in_db(add_steps, lesson.code, TEA)
    payload = lesson.about(roomType="poll", stepId=tea, mode="black")

    for client in (lesson.ann, lesson.zoe):
        assert await refusal_of(client, event, payload) == "NOT_HOST"


async def test_a_closed_activity_is_reopened_as_it_was(lesson: Lesson) -> None:
    poll = lesson.about(roomType="poll")
    await lesson.ann.call("session:poll:vote", lesson.about(optionIndex=2))
    await lesson.hana.call("session:closeRoom", poll)

    answer = await lesson.hana.call("session:reopenRoom", poll)

    assert (answer["isExisting"], answer["roomData"]["isActive"]) == (False, True)
    assert answer["roomData"]["results"]["votes"] == {"0": 0, "1": 0, "2": 1}
    back = await lesson.ann.wait("session:roomCreated")
    assert back["roomData"]["createdAt"] == answer["roomData"]["createdAt"], "what a phone kept for it still counts"
    assert (await lesson.hana.call("session:reopenRoom", poll))["isExisting"] is True
    assert await in_db(SessionEvent.objects.filter(kind="session:roomReopened").count) == 1


async def test_reopening_what_never_was_or_has_no_place_is_refused(lesson: Lesson, settings: Any) -> None:
    await lesson.open_room("w2")
    await lesson.hana.call("session:closeRoom", lesson.about(roomType="poll"))
    settings.LECTERN_MAX_ROOMS = 1

    refused = [
        await refusal_of(lesson.hana, "session:reopenRoom", lesson.about(widget, roomType=kind))
        for widget, kind in (("w9", "poll"), ("w1", "poll"), ("w1", "nonsense"))
    ]

    assert refused == ["ROOM_NOT_FOUND", "MAX_ROOMS_REACHED", "INVALID_INPUT"]


async def test_the_projector_is_told_what_to_do(lesson: Lesson, connect: Connect) -> None:
    token = await in_db(lambda: keys.token_of(keys.display_key_of(Session.objects.get(code=lesson.code))))
    projector = await connect(auth={"displayToken": token})
    await projector.wait("session:shown")

    for mode, widget in (("frozen", ""), ("black", "w1"), ("live", "w1")):
        wanted = {"mode": mode, "widgetId": widget}
        assert await lesson.hana.call("session:screen", {"sessionCode": lesson.code, **wanted}) == {"success": True}
        for client in (projector, lesson.hana):
            said = await client.wait("session:screenChanged")
            assert {"mode": said["mode"], "widgetId": said["widgetId"]} == wanted
    assert "session:screenChanged" not in lesson.ann.names()
    session = await in_db(Session.objects.get, code=lesson.code)
    assert (session.screen_mode, session.screen_widget) == ("live", "w1")


async def test_the_projector_follows_again_when_another_activity_opens(lesson: Lesson) -> None:
    await lesson.open_room("w2", active=False)
    await lesson.hana.call("session:screen", {"sessionCode": lesson.code, "mode": "frozen", "widgetId": "w1"})

    await lesson.hana.call("session:updateWidgetState", lesson.about("w2", roomType="poll", isActive=True))

    await lesson.hana.wait("session:screenChanged", lambda screen: screen["widgetId"] == "")
    session = await in_db(Session.objects.get, code=lesson.code)
    assert (session.screen_mode, session.screen_widget) == ("frozen", "")


async def test_a_projector_is_asked_nothing_that_it_cannot_do(lesson: Lesson) -> None:
    refused = [
        await refusal_of(lesson.hana, "session:screen", {"sessionCode": lesson.code, **wanted})
        for wanted in ({"mode": "off"}, {}, {"mode": "live", "widgetId": "w9"}, {"mode": "live", "widgetId": None})
    ]

    assert refused == ["INVALID_INPUT", "INVALID_INPUT", "ROOM_NOT_FOUND", "INVALID_INPUT"]


async def test_a_quick_poll_opens_with_its_options_at_once(lesson: Lesson) -> None:
    wanted = {"config": {"options": ["A", "B"], "hideResults": True}, "isActive": True}

    answer = await lesson.hana.call("session:createRoom", lesson.about("w2", roomType="poll", **wanted))

    assert answer["success"], answer
    created = await lesson.ann.wait("session:roomCreated")
    assert created["roomData"]["pollData"]["options"] == ["A", "B"]
    assert (created["roomData"]["isActive"], created["roomData"]["pollData"]["hideResults"]) == (True, True)


async def test_a_quick_poll_with_a_config_that_is_none_is_refused(lesson: Lesson) -> None:
    before = await in_db(factories.everything)

    for config, field in (({"options": "A"}, "config.options"), ({"question": "x" * 501}, "config.question")):
        answer = await lesson.hana.call("session:createRoom", lesson.about("w2", roomType="poll", config=config))
        assert (answer["error"], list(answer["details"])) == (MESSAGES["INVALID_INPUT"], [field])
    assert await in_db(factories.everything) == before
