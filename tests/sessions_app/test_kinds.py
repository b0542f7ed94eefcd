"""A kind is one file: the example of docs/developers.md, exactly as it is there, put to work over the wire."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from pydantic import BaseModel

from sessions_app import dispatch, kinds
from sessions_app.errors import Rejected
from sessions_app.kinds import KINDS, Kind
from sessions_app.realtime.events import HANDLERS, Handler, Payload, RoomPayload, Who, on, payload_type, register

from ..client import Client, Json
from ..lessons import Lesson

EXAMPLES = Path(settings.BASE_DIR) / "docs" / "examples"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"widgets.kinds.{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def registries() -> Iterator[None]:
    """What a test registers is gone after it."""
    before = dict(KINDS), dict(HANDLERS)
    yield
    for registry, old in zip((KINDS, HANDLERS), before, strict=True):
        registry.clear()
        registry.update(old)  # type: ignore[arg-type]
    dispatch.runner_for.cache_clear()


@pytest.fixture
def example(registries: None) -> ModuleType:
    return load("show_of_hands")


async def hands_up(client: Client, lesson: Lesson, *, raised: bool = True) -> Json:
    answer: Json = await client.call("session:hands:raise", lesson.about("h1", raised=raised))
    return answer


def seen(state: Json) -> Json:
    return {key: state[key] for key in ("question", "count", "names", "yours") if key in state}


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_example_works_through_the_wire(example: ModuleType, lesson: Lesson) -> None:
    await lesson.open_room("h1", "hands")
    await lesson.hana.call("session:hands:ask", lesson.about("h1", question="Who has finished?"))
    answers = [await hands_up(lesson.ben, lesson), await hands_up(lesson.ann, lesson)]
    await hands_up(lesson.ben, lesson, raised=False)

    assert answers == [{"success": True, "widgetId": "h1", "raised": True}] * 2
    state = await lesson.hana.wait("hands:stateUpdate", lambda state: state["names"] == ["Ann"])
    assert seen(state) == {"question": "Who has finished?", "count": 1, "names": ["Ann"]}
    assert {"names" in state for state in lesson.ann.heard("hands:stateUpdate")} == {False}


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_example_tells_a_late_joiner_what_everybody_has_heard(example: ModuleType, lesson: Lesson) -> None:
    await lesson.open_room("h1", "hands")
    await lesson.hana.call("session:hands:ask", lesson.about("h1", question="Late?"))
    for client in (lesson.ann, lesson.ben):
        await hands_up(client, lesson)
    await lesson.zoe.send("session:join", {"code": lesson.code})
    (told,) = [
        room["room"] for room in (await lesson.zoe.wait("session:joined"))["activeRooms"] if room["roomType"] == "hands"
    ]
    # A state is at least as new as its revision says, so that wait for the number and not for the count.
    heard = await lesson.ben.wait("hands:stateUpdate", lambda state: state["revision"] == told["revision"])
    await lesson.zoe.send("hands:requestState", lesson.about("h1"))
    asked = await lesson.zoe.wait("hands:stateUpdate", lambda state: "yours" in state)

    assert seen(told) == {**seen(heard), "yours": False} == seen(asked)
    assert told["revision"] == heard["revision"] == asked["revision"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_example_resets_pauses_and_refuses_like_every_kind(example: ModuleType, lesson: Lesson) -> None:
    await lesson.open_room("h1", "hands")
    await hands_up(lesson.ann, lesson)
    await lesson.hana.call("session:reset", lesson.about("h1"))
    await lesson.ben.wait("hands:stateUpdate", lambda state: state["count"] == 0)
    stranger = await hands_up(lesson.zoe, lesson)
    not_host = await lesson.ann.call("session:hands:ask", lesson.about("h1", question="Mine?"))
    faulty = await lesson.ann.call("session:hands:raise", lesson.about("h1", raised="yes"))
    await lesson.hana.call("session:updateWidgetState", lesson.about("h1", roomType="hands", isActive=False))
    paused = await hands_up(lesson.ann, lesson)

    assert [answer["error"]["code"] for answer in (stranger, not_host, faulty, paused)] == [
        "NOT_PARTICIPANT",
        "NOT_HOST",
        "INVALID_INPUT",
        "WIDGET_PAUSED",
    ]


@pytest.mark.profile_free
def test_example_is_short_and_has_its_parts(example: ModuleType) -> None:
    kind = example.hands
    template = engines["django"].from_string((EXAMPLES / Path(kind.template).name).read_text()).render({})
    script = (EXAMPLES / Path(kind.script).name).read_text()

    assert len((EXAMPLES / "show_of_hands.py").read_text().splitlines()) < 65
    assert [part for part in ("start", "host", "seat", "display") if f'data-part="{part}"' not in template] == []
    assert 'define(tagOf("hands"), Hands)' in script
    assert [kind.name, kind.label] == ["hands", "Show of hands"]


@pytest.mark.profile_free
@pytest.mark.usefixtures("registries")
def test_second_kind_of_a_name_is_refused_at_import(example: ModuleType) -> None:
    with pytest.raises(ValueError, match="There is a kind hands already"):
        load("show_of_hands")


@pytest.mark.profile_free
@pytest.mark.usefixtures("registries")
def test_second_handler_of_an_event_is_refused_at_import() -> None:
    twice = Handler("session:close", Who.ANYONE, Payload, lambda call: None)

    with pytest.raises(ValueError, match="The event session:close has a handler already"):
        register(twice)
    assert HANDLERS["session:close"].who is Who.HOST


@pytest.mark.profile_free
@pytest.mark.usefixtures("registries")
def test_handler_without_a_payload_type_is_refused_at_import() -> None:
    def untyped(call: Any, payload: Any) -> None: ...

    def mistyped(call: Any, payload: BaseModel) -> None: ...

    def without(call: Any) -> None: ...

    for function in (untyped, mistyped, without):
        with pytest.raises(TypeError, match="must annotate its parameter `payload`"):
            payload_type(function)
    with pytest.raises(TypeError):
        on("test:untyped", who=Who.ANYONE)(untyped)
    assert "test:untyped" not in HANDLERS


@pytest.mark.profile_free
def test_kind_that_nobody_knows_is_refused_with_the_list_of_those_there_are() -> None:
    with pytest.raises(Rejected) as refusal:
        kinds.kind_of("nonsense")

    assert refusal.value.as_error()["details"]["roomType"].startswith("not one of ")
    assert "poll" in refusal.value.as_error()["details"]["roomType"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
@pytest.mark.usefixtures("registries")
async def test_kind_may_name_its_fields_as_it_likes(lesson: Lesson) -> None:
    """The record of an event has words of its own (room, kind, actor, session); a payload may use them too."""

    class Say(RoomPayload):
        kind: str
        actor: str
        room: str
        session: str

    words = Kind("words", label="Words", config=Payload)

    @words.state("words:stateUpdate")
    def state(room: Any, config: Any, audience: Any) -> Json:
        return {"name": room.widget_id}

    @words.on("session:words:say", who=Who.PARTICIPANT, changes="words:stateUpdate")
    def say(call: Any, room: Any, payload: Say) -> None: ...

    await lesson.open_room("x1", "words")
    said = await lesson.ann.call("session:words:say", lesson.about("x1", kind="a", actor="b", room="c", session="d"))
    nothing_to_reset = await lesson.hana.call("session:reset", lesson.about("x1"))

    assert said == {"success": True, "widgetId": "x1"}
    assert nothing_to_reset["error"]["code"] == "INVALID_INPUT"
