"""HTTP beside the sockets; WIRE.md, section 2."""

from typing import Any

import pytest
from django.test import Client as Browser

from sessions_app.realtime.limits import FIRST_CODES_PER_S, FREE_GUESSES

from .. import factories

pytestmark = pytest.mark.django_db


def get(browser: Browser, path: str) -> tuple[int, Any]:
    response = browser.get(path)
    return response.status_code, response.json()


@pytest.mark.parametrize("typed", ["Q8J6U", "q8j6u", "q8j-6u", "08j6u", "Q8J6U%20"])
def test_session_exists_however_its_code_is_typed(client: Browser, typed: str) -> None:
    factories.make_session(code="Q8J6U")

    assert get(client, f"/api/sessions/{typed}/exists") == (200, {"success": True, "exists": True})


@pytest.mark.parametrize("code", ["22222", "ABC", "%00", "%F0%9F%98%80", "x" * 300])
def test_session_that_is_none_does_not_exist(client: Browser, code: str) -> None:
    assert get(client, f"/api/sessions/{code}/exists") == (200, {"success": True, "exists": False})


def test_session_that_has_ended_does_not_exist(client: Browser) -> None:
    session = factories.make_session()
    type(session).objects.update(ended_at=session.created_at)

    assert get(client, f"/api/sessions/{session.code}/exists") == (200, {"success": True, "exists": False})


def test_address_that_guesses_asks_no_faster_than_a_class_and_no_other_is_slowed(
    client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = factories.make_session()
    path = f"/api/sessions/{session.code}/exists"
    now = [1000.0]
    monkeypatch.setattr("sessions_app.realtime.limits.time.time", lambda: now[0])
    for _ in range(FREE_GUESSES + 1):
        get(client, "/api/sessions/22222/exists")

    answers = [get(client, path) for _ in range(FIRST_CODES_PER_S + 1)]

    found = (200, {"success": True, "exists": True})
    assert answers[:-1] == [found] * FIRST_CODES_PER_S, "a right code is found, whatever others have tried"
    status, body = answers[-1]
    assert (status, body["error"]["code"], body["error"]["retryAfter"]) == (429, "RATE_LIMITED", 1000)
    assert get(Browser(REMOTE_ADDR="192.0.2.99"), path) == found
    now[0] += 1
    assert get(client, path) == found


def test_stats_are_counts_alone(client: Browser) -> None:
    session = factories.make_session()
    factories.make_room(session)
    ann = factories.make_seat(session)
    factories.connect_row(session, seat=ann, sid="tab 1")
    factories.connect_row(session, seat=ann, sid="tab 2")
    factories.connect_row(session, sid="host")

    counts = {"activeSessions": 1, "totalParticipants": 1, "totalRooms": 1}
    assert get(client, "/api/stats") == (200, {"success": True, "data": counts})


def test_errors_of_http_have_the_shape_of_the_wire(client: Browser) -> None:
    response = client.post("/api/stats", data="{", content_type="application/json")

    body = response.json()
    assert (response.status_code, body["success"], set(body["error"])) == (405, False, {"code", "message"})


def test_description_of_the_api_names_its_paths(client: Browser) -> None:
    response = client.get("/api/schema", headers={"accept": "application/json"})

    assert response.status_code == 200
    assert {"/api/sessions/{code}/exists", "/api/stats"} <= set(response.json()["paths"])
