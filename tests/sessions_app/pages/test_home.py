"""A teacher's home: what is open, what is prepared, what was, and finding it again."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from sessions_app import lessons, services
from sessions_app.models import Lesson, Session

from ...factories import make_lesson, make_room, make_seat, make_session, poll_config

pytestmark = pytest.mark.django_db

TEA = poll_config("Tea or Übermut?", "yes", "no")


def end(*sessions: Session) -> None:
    for session in sessions:
        services.end_session(session, actor="test")


def shown(browser: Client, query: str = "") -> dict[str, list[Any]]:
    context = browser.get(f"/sessions/{query}").context
    return {
        "live": [session.title for session in context["live"]],
        "lessons": [lesson.title for lesson in context["lessons"]],
        "past": [session.title for session in context["past"]],
    }


@pytest.mark.parametrize("count", [1, 3])
def test_home_lists_with_the_same_number_of_queries(
    hana: User, hanas_browser: Client, zoes_browser: Client, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        past = make_session(hana, title=f"past {number}")
        make_seat(past, "Ann")
        make_seat(past, "Ben")
        make_room(past, "w1")
        end(past)
        make_lesson(hana, f"lesson {number}", TEA, TEA)
        make_room(make_session(hana, title=f"live {number}"), "w1")

    with django_assert_num_queries(7):
        response = hanas_browser.get("/sessions/")

    numbers = list(reversed(range(count)))
    live, prepared, ended = (response.context[name] for name in ("live", "lessons", "past"))
    assert [(one.title, one.people, one.activities) for one in live] == [(f"live {n}", 0, 1) for n in numbers]
    assert [(one.title, one.length) for one in prepared] == [(f"lesson {n}", 2) for n in numbers]
    assert [(one.title, one.people, one.activities) for one in ended] == [(f"past {n}", 2, 1) for n in numbers]
    assert shown(zoes_browser) == {"live": [], "lessons": [], "past": []}


def test_home_teaches_what_to_do_first(hanas_browser: Client) -> None:
    page = hanas_browser.get("/sessions/").content.decode()

    assert "Nothing is open. Open a session" in page
    assert "Write your questions before class" in page
    assert "Past sessions" not in page
    assert 'type="search"' not in page


def test_home_links_to_what_can_be_done(hana: User, hanas_browser: Client) -> None:
    live, past, lesson = make_session(hana), make_session(hana), make_lesson(hana, "Space", TEA)
    empty = make_lesson(hana, "Empty")
    end(past)

    page = hanas_browser.get("/sessions/").content.decode()

    for address in (
        f"/sessions/{live.pk}/",
        f"/sessions/{past.pk}/record",
        f"/sessions/{past.pk}/again",
        f"/lessons/{lesson.pk}/run",
        f"/lessons/{empty.pk}/",
    ):
        assert f'"{address}"' in page
    assert f"/lessons/{empty.pk}/run" not in page


def test_home_tells_who_has_no_password_to_set_one(hanas_browser: Client, zoes_browser: Client) -> None:
    assert b"/accounts/password/set/" in zoes_browser.get("/sessions/").content
    assert b"/accounts/password/set/" not in hanas_browser.get("/sessions/").content
    assert b'href="/account/"' in hanas_browser.get("/sessions/").content


@pytest.mark.parametrize(("method", "path"), [("get", "/sessions/"), ("post", "/sessions/new")])
def test_strangers_are_sent_to_sign_in(client: Client, method: str, path: str) -> None:
    assert getattr(client, method)(path).headers["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize(
    ("sent", "title", "names_required"),
    [
        ({}, "", False),
        ({"names_required": "on"}, "", True),
        ({"title": "  Bio\u202e 7b "}, "Bio 7b", False),
        ({"title": "x" * 500}, "x" * 120, False),
        ({"title": "\0"}, "", False),
    ],
)
def test_opening_a_session_leads_to_its_board(
    hana: User, hanas_browser: Client, sent: dict[str, str], title: str, names_required: bool
) -> None:
    response = hanas_browser.post("/sessions/new", sent)

    session = Session.objects.get()
    assert (session.owner, session.title, session.names_required) == (hana, title, names_required)
    assert response.headers["Location"] == f"/sessions/{session.pk}/"
    assert hanas_browser.get("/sessions/new").status_code == 405


def test_a_double_tap_opens_one_session(hanas_browser: Client) -> None:
    first, second = (hanas_browser.post("/sessions/new").headers["Location"] for _ in range(2))

    assert first == second
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "live", "prepared", "past"),
    [
        ("planets", ["Planets 1"], ["The planets"], ["Old planets"]),
        ("OLD planets", [], [], ["Old planets"]),
        ("k7pq2", ["Planets 1"], [], []),
        ("übermut", ["With a step"], ["Drinks"], ["Asked for tea"]),
        ("ÜBERMUT tea", ["With a step"], ["Drinks"], ["Asked for tea"]),
        ("100%", [], ["100% _ \\ done"], []),
        ("_ \\", [], ["100% _ \\ done"], []),
        (".*", [], [], []),
        ("options", [], [], []),
        ("\0 ' \" (", [], [], []),
    ],
)
def test_words_are_found_in_titles_codes_and_questions(
    hana: User, hanas_browser: Client, typed: str, live: list[str], prepared: list[str], past: list[str]
) -> None:
    make_session(hana, title="Planets 1", code="K7PQ2")
    make_lesson(hana, "The planets", poll_config("Which?", "Mars", "Venus"))
    make_lesson(hana, "100% _ \\ done")
    lessons.open_on(make_session(hana, title="With a step"), make_lesson(hana, "Drinks", TEA))
    asked = make_session(hana, title="Asked for tea")
    make_room(asked, **TEA)
    end(make_session(hana, title="Old planets"), asked)

    response = hanas_browser.get("/sessions/", {"q": typed})

    titles = {name: [one.title for one in response.context[name]] for name in ("live", "lessons", "past")}
    assert titles == {"live": live, "lessons": prepared, "past": past}
    assert (b"Nothing found" in response.content) == (not live + prepared + past)


def test_nobody_finds_what_is_anothers(hana: User, zoes_browser: Client) -> None:
    make_session(hana, title="Planets")
    make_lesson(hana, "Planets", TEA)

    assert shown(zoes_browser, "?q=planets") == {"live": [], "lessons": [], "past": []}


def test_what_is_typed_into_the_search_stays_text(hanas_browser: Client) -> None:
    page = hanas_browser.get("/sessions/", {"q": "<script>alert(1)</script>" + "x" * 1000}).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize(("query", "first"), [("", 24), ("?page=2", 4), ("?page=99", 4), ("?page=-", 24)])
def test_past_sessions_come_by_pages(hana: User, hanas_browser: Client, query: str, first: int) -> None:
    now = timezone.now()
    Session.objects.bulk_create(
        Session(code=f"{n:05}", title=f"past {n}", owner=hana, created_at=now + timedelta(seconds=n), ended_at=now)
        for n in range(25)
    )

    page = hanas_browser.get(f"/sessions/{query}")

    assert [one.title for one in page.context["past"]] == [f"past {n}" for n in range(first, max(first - 20, -1), -1)]
    assert b"of 2" in page.content


def test_lessons_come_by_pages(hana: User, hanas_browser: Client) -> None:
    now = timezone.now()
    Lesson.objects.bulk_create(
        Lesson(title=f"lesson {n}", owner=hana, updated_at=now + timedelta(seconds=n)) for n in range(12)
    )

    assert shown(hanas_browser)["lessons"] == [f"lesson {n}" for n in range(11, 1, -1)]
    assert shown(hanas_browser, "?lessons=2")["lessons"] == ["lesson 1", "lesson 0"]


def test_titles_stay_text(hana: User, hanas_browser: Client) -> None:
    make_session(hana, title="<b>Bio</b>")
    make_lesson(hana, "<i>Space</i>", TEA)

    page = hanas_browser.get("/sessions/").content.decode()

    assert "<b>Bio" not in page
    assert "<i>Space" not in page
