"""An unmodified Socket.IO client runs a poll with what old clients know; who knows only the code does not."""

import json
import os
import shutil
import subprocess
from typing import Any

import pytest

from sessions_app.realtime.events import HANDLERS, Who

from .client import Client, Json, Phones
from .conftest import Start
from .lesson import open_lesson, take_seats
from .server import ROOT

SCRIPT = ROOT / "tests" / "faults" / "plain_lesson.mjs"
POLL = {"question": "Mine?", "options": ["a", "b"]}
# What a host's events carry beside session and widget; whoever sends them means every one of them well.
FIELDS = {
    "roomType": "poll",
    "isActive": False,
    "makePlace": True,
    "activeWidgetIds": [],
    "pollData": POLL,
    "revealed": True,
    "reveal": True,
    "config": {},
    "stepId": 1,
    "leave": "",
    "mode": "live",
}


def run_node(base: str) -> Any:
    node = shutil.which("node")
    if node is None and os.environ.get("CI") != "true":
        pytest.skip("no node here")
    assert node is not None, "node is missing"
    done = subprocess.run([node, str(SCRIPT), base], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module", params=["uvicorn", "daphne"])
def seen(request: pytest.FixtureRequest, module_start: Start) -> Any:
    return run_node(module_start(kind=request.param).base)


def fields(payload: Json, *names: str) -> Json:
    return {name: payload.get(name) for name in names}


def test_the_teacher_opens_a_session_and_a_room(seen: Any) -> None:
    assert fields(seen["created"], "success", "isExisting", "activeRooms") == {
        "success": True,
        "isExisting": False,
        "activeRooms": [],
    }
    assert seen["created"]["studentAppUrl"].endswith("/j/" + seen["created"]["code"])
    room = {"code": seen["created"]["code"], "widgetId": "w1", "type": "poll", "isActive": False}
    assert fields(seen["made"]["roomData"], *room) == room
    assert fields(seen["elsewhere"], "success", "error") == {"success": False, "error": "Session not found"}


def test_students_join_and_the_teacher_sees_their_names(seen: Any) -> None:
    assert [seen[name]["success"] for name in ("ann", "ben")] == [True, True]
    assert [(room["roomType"], room["widgetId"]) for room in seen["ann"]["activeRooms"]] == [("poll", "w1")]
    people = [fields(person, "name", "studentId") for person in seen["people"]["participants"]]
    assert people == [{"name": "Ann", "studentId": "id-Ann"}, {"name": "Ben", "studentId": "id-Ben"}]


def test_the_poll_is_set_without_the_votes_that_an_old_board_sends(seen: Any) -> None:
    assert fields(seen["stateUpdate"]["pollData"], "question", "options", "votes") == {
        "question": "Which?",
        "options": ["red", "green"],
        "votes": None,
    }
    assert fields(seen["stateUpdate"]["results"], "votes", "totalVotes", "participantCount") == {
        "votes": {},
        "totalVotes": 0,
        "participantCount": 2,
    }
    assert fields(seen["widgetState"], "roomType", "widgetId", "isActive") == {
        "roomType": "poll",
        "widgetId": "w1",
        "isActive": True,
    }


def test_votes_count_once_and_reach_everybody(seen: Any) -> None:
    assert seen["whilePaused"]["error"]["code"] == "WIDGET_PAUSED"
    assert fields(seen["firstVote"], "success", "widgetId") == {"success": True, "widgetId": "w1"}
    assert seen["secondVote"]["error"]["code"] == "ALREADY_VOTED"
    tally = {"widgetId": "w1", "votes": {"0": 1, "1": 1}, "totalVotes": 2}
    assert [fields(state, *tally) for state in seen["tallies"]] == [tally] * 3
    assert seen["late"]["results"]["votes"] == tally["votes"]
    assert fields(seen["reset"], "votes", "totalVotes") == {"votes": {}, "totalVotes": 0}


def host_events() -> list[str]:
    return sorted(name for name, handler in HANDLERS.items() if handler.who is Who.HOST)


def staff_events() -> list[str]:
    return sorted(name for name, handler in HANDLERS.items() if handler.who is Who.STAFF)


def attack(event: str, code: str) -> Json:
    """The payload with which the host would succeed."""
    known = {field.alias or name for name, field in HANDLERS[event].payload.model_fields.items()}
    given = {"sessionCode": code, "widgetId": "w1", **FIELDS}
    assert known <= set(given), f"{event} takes what this test does not know"
    return {name: value for name, value in given.items() if name in known}


async def refuse_everything(client: Client, code: str) -> None:
    for event in host_events():
        answer = await client.call(event, attack(event, code))
        refusal = answer.get("code") or answer["error"]["code"]
        assert (answer["success"], refusal) == (False, "NOT_HOST"), event
    for event in staff_events():
        answer = await client.call(event, {})
        assert (answer["success"], answer["error"]["code"]) == (False, "NOT_ALLOWED"), event


async def try_to_create(client: Client, code: str, *, guests: bool) -> None:
    """Naming the session of another opens at most one's own."""
    for token in (None, "", "made-up", client.token):
        answer = await client.call("session:create", {"existingCode": code, "hostToken": token})
        if not guests:
            assert (answer["success"], answer["code"]) == (False, "NOT_ALLOWED")
            continue
        assert answer["code"] != code
        assert answer["activeRooms"] == []


@pytest.mark.parametrize("guests", [True, False], ids=["guests may host", "guests may not"])
@pytest.mark.asyncio
async def test_who_knows_only_the_code_can_do_what_a_student_can(start: Start, guests: bool) -> None:
    server = start()
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        before = await lesson.counts()
        if not guests:
            server.kill()
            server.environment["LECTERN_GUEST_HOSTS"] = "0"
            server.start()
            lesson.host = await phones.open(server.base, auth={"hostToken": lesson.host_token})
            assert (await lesson.host.call("session:create", {"existingCode": lesson.code}))["isExisting"] is True
        (zoe,) = await take_seats(phones, server.base, lesson.code, 1)
        stranger = await phones.open(server.base)
        for client in (zoe, stranger):
            await refuse_everything(client, lesson.code)
        for client in (stranger, zoe):
            await try_to_create(client, lesson.code, guests=guests)
        assert await lesson.counts() == before
        # Of the sessions of their own they hear that nobody is there.
        heard = [*zoe.of("session:participantUpdate"), *stranger.of("session:participantUpdate")]
        assert [people["participants"] for people in heard if people["participants"]] == []
        assert (await lesson.host.call("session:close", {"sessionCode": lesson.code}))["success"] is True
