"""Every event, every field of its payload however deep, a value of every JSON type: no event is left to chance."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from sessions_app.kinds import KINDS, MADE_IN_CLASS
from sessions_app.realtime.events import HANDLERS, Who

from .. import factories
from ..client import Client, Json
from ..lessons import Connect, Lesson, in_db
from ..schemas import Schema, alternatives, valid
from .test_access import code_of
from .test_bad_input import known, sender

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

# Of each JSON type: what is ordinary, what no column and no counter can hold, and what is long.
VALUES: list[tuple[str, Any]] = [
    ("null", None),
    ("boolean", True),
    ("integer", 5),
    ("integer", 2**63),
    ("integer", -(10**300)),
    # With so many digits a number reaches the payload as text (`_read_int` in socketio/codec.py).
    ("string", 10**400),
    ("string", -(10**400)),
    ("number", 1.5),
    ("number", 1e308),
    ("string", ""),
    ("string", "text"),
    ("string", "x" * 100_000),
    ("array", []),
    ("array", [None, {}, []]),
    ("object", {}),
    ("object", {"a": {"__proto__": []}}),
]
ALL_TYPES = {kind for kind, _ in VALUES}
# They close what the others are about.
LAST = ("session:closeRoom", "session:cleanupRooms")
Path = tuple[str | int, ...]


class Case(NamedTuple):
    """A payload with one value replaced; `is_wrong` when the field's own schema does not know the type."""

    event: str
    path: Path
    payload: Json
    is_wrong: bool


def places(schema: Schema, root: Schema, path: Path = ()) -> Iterator[tuple[Path, set[str]]]:
    """Every field, those of objects in it and the items of lists too, with the JSON types that it takes."""
    for name, field in schema.get("properties", {}).items():
        yield from _place(field, root, (*path, name))


def _place(field: Schema, root: Schema, path: Path) -> Iterator[tuple[Path, set[str]]]:
    allowed = alternatives(field, root)
    types = {one.get("type", "any") for one in allowed}
    yield path, ALL_TYPES if "any" in types else types | ({"integer"} if "number" in types else set())
    for one in allowed:
        yield from places(one, root, path)
        if "items" in one:
            yield from _place(one["items"], root, (*path, 0))


def replaced(payload: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    head, *rest = path
    if isinstance(head, int):
        return [replaced(None, tuple(rest), value)]
    base = payload if isinstance(payload, dict) else {}
    return {**base, head: replaced(base.get(head), tuple(rest), value)}


def cases_of(event: str, lesson: Lesson) -> Iterator[Case]:
    root = HANDLERS[event].payload.model_json_schema()
    payload = valid(HANDLERS[event].payload, **known(lesson))
    for path, types in places(root, root):
        for kind, value in VALUES:
            yield Case(event, path, replaced(payload, path, value), kind not in types)


def configs_of_kinds(lesson: Lesson) -> Iterator[Case]:
    """What a room is made with has the schema of its kind, which the event's own schema does not show.

    What only a lesson under way sets is left out on arrival, whatever it is.
    """
    for number, name in enumerate(sorted(KINDS)):
        root = KINDS[name].config.model_json_schema()
        fields = {field: schema for field, schema in root["properties"].items() if field not in MADE_IN_CLASS}
        payload = lesson.about(f"new{number}", roomType=name, config=valid(KINDS[name].config))
        for path, types in places({"properties": fields}, root, ("config",)):
            for kind, value in VALUES:
                yield Case("session:createRoom", path, replaced(payload, path, value), kind not in types)


def cases_for(who: Who, lesson: Lesson) -> list[Case]:
    events = sorted(event for event, handler in HANDLERS.items() if handler.who is who)
    found = [case for event in events for case in cases_of(event, lesson)]
    found += configs_of_kinds(lesson) if who is Who.HOST else []
    return sorted(found, key=lambda case: case.event in LAST)


async def answer_to(client: Client, case: Case) -> str:
    """The code of the refusal, empty for success; who is too fast waits."""
    while True:
        answer = await client.call(case.event, case.payload)
        code = code_of(answer)
        if code != "RATE_LIMITED":
            return code
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("who", list(Who))
async def test_a_value_of_a_wrong_type_is_refused_in_every_field(
    lesson: Lesson, connect: Connect, caplog: pytest.LogCaptureFixture, who: Who
) -> None:
    client = await sender(who, lesson, connect)
    before = await in_db(factories.everything)
    wrong = [case for case in cases_for(who, lesson) if case.is_wrong]

    codes = [(case, await answer_to(client, case)) for case in wrong]

    assert [(*case[:2], code) for case, code in codes if code != "INVALID_INPUT"] == []
    assert await client.call("lectern:ping") == {"success": True}
    assert await in_db(factories.everything) == before
    assert troubles(caplog) == []


@pytest.mark.parametrize("who", list(Who))
async def test_a_value_of_the_right_type_is_taken_or_changes_nothing(
    lesson: Lesson, connect: Connect, caplog: pytest.LogCaptureFixture, who: Who
) -> None:
    client = await sender(who, lesson, connect)
    state = await in_db(factories.everything)
    changed = []
    for case in cases_for(who, lesson):
        if case.is_wrong:
            continue
        code = await answer_to(client, case)
        before, state = state, await in_db(factories.everything)
        if code and (code == "INTERNAL_ERROR" or state != before):
            changed.append((*case[:2], code))

    assert changed == []
    assert await client.call("lectern:ping") == {"success": True}
    assert troubles(caplog) == []


def troubles(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
