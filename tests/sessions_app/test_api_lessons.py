"""Lessons over HTTP: a teacher's own, and nobody else's."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser

from sessions_app.lesson_files import MOST_BYTES
from sessions_app.models import Lesson

from ..factories import everything, make_lesson, make_user, poll_config

pytestmark = pytest.mark.django_db

TEA = poll_config("Tea?", "yes", "no")
PLANETS = poll_config("Which planet?", "Mars", "Venus")


@pytest.fixture
def hana() -> User:
    return make_user("Hana")


@pytest.fixture
def hanas_browser(hana: User) -> Browser:
    browser = Browser()
    browser.force_login(hana)
    return browser


@pytest.fixture
def lesson(hana: User) -> Lesson:
    return make_lesson(hana, "Drinks", TEA)


def ask(browser: Browser, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body)
    response = browser.generic(method, path, data if body is not None else b"", content_type="application/json")
    return response.status_code, response.json() if response.content else None


def fault(body: Any) -> tuple[str, list[str]]:
    return body["error"]["code"], sorted(body["error"].get("details", {}))


def test_a_lesson_is_made_read_and_listed(hana: User, hanas_browser: Browser) -> None:
    steps = [{"kind": "poll", "config": TEA}]
    status, made = ask(hanas_browser, "POST", "/api/lessons", {"title": " Drinks\u202e ", "steps": steps})

    lesson = Lesson.objects.get()
    data = made["data"]
    assert (status, lesson.owner, lesson.title) == (201, hana, "Drinks")
    assert {**data, "createdAt": 0, "updatedAt": 0} == {
        "id": lesson.pk,
        "title": "Drinks",
        "steps": steps,
        "createdAt": 0,
        "updatedAt": 0,
    }
    assert ask(hanas_browser, "GET", f"/api/lessons/{lesson.pk}") == (200, {"success": True, "data": data})
    listed = [{"id": lesson.pk, "title": "Drinks", "steps": 1, "updatedAt": data["updatedAt"]}]
    assert ask(hanas_browser, "GET", "/api/lessons?q=tea") == (
        200,
        {"success": True, "data": listed, "page": 1, "pages": 1},
    )
    assert ask(hanas_browser, "GET", "/api/lessons?q=coffee")[1]["data"] == []


def test_a_lesson_is_replaced_changed_and_deleted(hanas_browser: Browser, lesson: Lesson) -> None:
    path = f"/api/lessons/{lesson.pk}"

    _, replaced = ask(hanas_browser, "PUT", path, {"title": "Space", "steps": [{"kind": "poll", "config": PLANETS}]})
    _, renamed = ask(hanas_browser, "PATCH", path, {"title": "Planets"})
    _, refilled = ask(hanas_browser, "PATCH", path, {"steps": [{"kind": "poll", "config": TEA}]})

    shown = [(one["data"]["title"], one["data"]["steps"][0]["config"]) for one in (replaced, renamed, refilled)]
    assert shown == [("Space", PLANETS), ("Planets", PLANETS), ("Planets", TEA)]
    assert ask(hanas_browser, "DELETE", path) == (204, None)
    assert ask(hanas_browser, "GET", path)[0] == 404
    assert not Lesson.objects.exists()


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_zoe_finds_no_lesson_of_hana(lesson: Lesson, method: str) -> None:
    zoe = Browser()
    zoe.force_login(make_user("Zoe"))
    before = everything()

    status, body = ask(zoe, method, f"/api/lessons/{lesson.pk}", {"title": "Mine"})

    assert (status, fault(body)) == (404, ("LESSON_NOT_FOUND", []))
    assert "Drinks" not in json.dumps(body)
    assert ask(zoe, "GET", "/api/lessons")[1]["data"] == []
    assert everything() == before


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", ""), ("GET", "/1"), ("PUT", "/1"), ("DELETE", "/1")]
)
def test_strangers_are_refused(client: Browser, lesson: Lesson, method: str, path: str) -> None:
    before = everything()

    status, body = ask(client, method, f"/api/lessons{path}", {"title": "Mine"})

    assert (status, fault(body)) == (403, ("NOT_ALLOWED", []))
    assert everything() == before


def test_another_sites_page_writes_nothing(hana: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(hana)

    status, body = ask(browser, "POST", "/api/lessons", {"title": "Drinks"})

    assert (status, fault(body)) == (403, ("NOT_ALLOWED", []))
    assert not Lesson.objects.exists()


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        (b"{", ["lesson"]),
        pytest.param(b"[" * 100_000, ["lesson"], id="too deep"),
        (b'{"title": NaN}', ["lesson"]),
        pytest.param(b" " * (MOST_BYTES + 1), ["lesson"], id="too large"),
        (b'{"title": "\\u0000"}', ["title"]),
        (
            b'{"title": "a", "steps": [{"kind": "poll", "config": {"question": "\\ud800"}}]}',
            ["steps.0.config.question"],
        ),
        ([], ["lesson"]),
        ({}, ["title"]),
        ({"title": "\u202e "}, ["title"]),
        ({"title": "x" * 121}, ["title"]),
        ({"title": 5, "steps": {}}, ["steps", "title"]),
        ({"title": "a", "steps": [{"kind": "gone"}]}, ["steps.0.kind"]),
        ({"title": "a", "steps": [{"kind": "poll"}]}, ["steps.0.config.options"]),
        ({"title": "a", "steps": [{"kind": "poll", "config": {"options": ["a", ""]}}]}, ["steps.0.config.options.1"]),
        ({"title": "a", "steps": [{"kind": "poll", "config": {"options": ["a"] * 11}}]}, ["steps.0.config.options"]),
        ({"title": "a", "steps": [{"kind": "poll", "config": TEA}] * 101}, ["steps"]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    hanas_browser: Browser, lesson: Lesson, body: Any, paths: list[str]
) -> None:
    before = everything()

    for method, path in (("POST", "/api/lessons"), ("PUT", f"/api/lessons/{lesson.pk}")):
        status, refused = ask(hanas_browser, method, path, body)
        assert (status, fault(refused)) == (400, ("INVALID_INPUT", paths))
    assert everything() == before


def test_many_faults_are_told_in_part(hanas_browser: Browser) -> None:
    steps = [{"kind": "gone"}] * 50

    _, refused = ask(hanas_browser, "POST", "/api/lessons", {"title": "a", "steps": steps})

    assert len(refused["error"]["details"]) == 10


@pytest.mark.parametrize("count", [1, 3])
def test_lessons_are_listed_with_the_same_number_of_queries(
    hana: User, hanas_browser: Browser, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        make_lesson(hana, f"Lesson {number}", TEA, PLANETS)

    with django_assert_num_queries(4):
        _, body = ask(hanas_browser, "GET", "/api/lessons")

    assert [(one["title"], one["steps"]) for one in body["data"]] == [
        (f"Lesson {number}", 2) for number in reversed(range(count))
    ]


def test_description_of_the_api_names_the_lessons(client: Browser) -> None:
    paths = client.get("/api/schema", headers={"accept": "application/json"}).json()["paths"]

    assert {path: sorted(paths[path]) for path in paths if "lessons" in path} == {
        "/api/lessons": ["get", "post"],
        "/api/lessons/{id}": ["delete", "get", "patch", "put"],
    }
