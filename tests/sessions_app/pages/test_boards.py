"""The board and the projector."""

import gzip
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sessions_app import keys
from sessions_app.models import AccessKey, Session, SessionEvent

from ...factories import make_seat

pytestmark = pytest.mark.django_db

GUARDED = ["board", "control", "end", "display", "offer"]


def path_of(session: Session, action: str = "board") -> str:
    return f"/sessions/{session.pk}/" + ("" if action == "board" else action)


def display_path(session: Session) -> str:
    return f"/p/{keys.token_of(keys.display_key_of(session))}"


def ask(browser: Client, session: Session, action: str) -> Any:
    return browser.get(path_of(session)) if action == "board" else browser.post(path_of(session, action))


def test_board_has_a_key_that_stays_this_browsers(hanas_browser: Client, session: Session) -> None:
    first = hanas_browser.get(path_of(session))
    second = hanas_browser.get(path_of(session))

    assert first.status_code == 200
    assert first.context["host_token"] == second.context["host_token"]
    assert AccessKey.objects.filter(role="host").count() == 1
    assert first.context["join_url"] == f"http://testserver/j/{session.code}"
    assert first.context["join_address"] == "testserver"
    assert "no-store" in first.headers["Cache-Control"]


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000"])
def test_board_on_the_machine_that_serves_sends_phones_to_its_address(
    hanas_browser: Client, session: Session, settings: Any, host: str
) -> None:
    settings.LECTERN_LAN_URL = "http://192.168.1.5:8000"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]

    board = hanas_browser.get(path_of(session), headers={"host": host})
    display = hanas_browser.get(display_path(session), headers={"host": host})
    offer = hanas_browser.post(path_of(session, "offer"), headers={"host": host})

    for page in (board, display):
        assert page.context["join_url"] == f"http://192.168.1.5:8000/j/{session.code}"
        assert page.context["join_address"] == "192.168.1.5:8000"
    assert offer.context["address"].startswith("http://192.168.1.5:8000/h/")


def test_two_browsers_of_a_teacher_have_a_key_each(hana: User, hanas_browser: Client, session: Session) -> None:
    at_home = Client()
    at_home.force_login(hana)

    tokens = {browser.get(path_of(session)).context["host_token"] for browser in (hanas_browser, at_home)}

    assert len(tokens) == 2


@pytest.mark.parametrize("action", GUARDED)
def test_zoe_gets_into_no_board(zoes_browser: Client, session: Session, action: str) -> None:
    response = ask(zoes_browser, session, action)

    assert response.status_code == 404
    assert session.code.encode() not in response.content
    session.refresh_from_db()
    assert session.is_live
    assert AccessKey.objects.count() == 0


@pytest.mark.parametrize("action", GUARDED)
def test_strangers_get_into_no_board(client: Client, session: Session, action: str) -> None:
    response = ask(client, session, action)

    if action == "control":
        assert response.headers["Location"].startswith("/accounts/login/")
    else:
        assert response.status_code == 404
    session.refresh_from_db()
    assert session.is_live


@pytest.mark.parametrize("action", [action for action in GUARDED if action != "board"])
def test_acts_of_the_board_are_posted(hanas_browser: Client, session: Session, action: str) -> None:
    assert hanas_browser.get(path_of(session, action)).status_code == 405


@pytest.mark.parametrize("action", GUARDED)
def test_a_session_that_never_was_is_not_found(hanas_browser: Client, session: Session, action: str) -> None:
    session.pk += 1000

    assert ask(hanas_browser, session, action).status_code == 404


def test_a_board_needs_the_forms_of_its_own_page(hana: User, session: Session) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(hana)

    response = browser.post(path_of(session, "end"))

    assert response.status_code == 403
    assert b"This form was out of date" in response.content
    session.refresh_from_db()
    assert session.is_live


def test_ending_a_session_keeps_its_record(hana: User, hanas_browser: Client, session: Session) -> None:
    hanas_browser.get(path_of(session))

    response = hanas_browser.post(path_of(session, "end"))

    assert response.headers["Location"] == path_of(session, "record")
    session.refresh_from_db()
    assert not session.is_live
    assert SessionEvent.objects.filter(kind="session:closed", actor=f"user:{hana.pk}").count() == 1
    assert b"This session has ended" in hanas_browser.get(path_of(session)).content


def test_projector_shows_code_and_address_and_no_names(client: Client, session: Session) -> None:
    make_seat(session, "Ann Example")

    response = client.get(display_path(session))

    assert response.status_code == 200
    assert session.code.encode() in response.content
    assert b"testserver" in response.content
    assert b"Ann Example" not in response.content


def test_a_new_projector_address_ends_the_old_one(hanas_browser: Client, session: Session) -> None:
    old = display_path(session)

    response = hanas_browser.post(path_of(session, "display"))

    assert response.headers["Location"] == path_of(session)
    refused = hanas_browser.get(old)
    assert refused.status_code == 410
    assert b"This projector address is no longer valid" in refused.content
    assert display_path(session) != old
    assert hanas_browser.get(display_path(session)).status_code == 200


@pytest.mark.parametrize("token", ["nonsense", "0" * 32 + ".x"])
def test_a_made_up_projector_address_is_refused(client: Client, session: Session, token: str) -> None:
    assert client.get(f"/p/{token}").status_code == 410


def test_the_token_of_a_host_opens_no_projector(client: Client, session: Session) -> None:
    host = keys.token_of(keys.new_key(session, AccessKey.Role.HOST))

    assert client.get(f"/p/{host}").status_code == 410
    assert client.post(display_path(session)).status_code == 405


def test_pages_are_compressed_and_files_are_not(hanas_browser: Client, session: Session) -> None:
    browser = {"Accept-Encoding": "gzip"}

    page = hanas_browser.get(path_of(session), headers=browser)
    file = hanas_browser.get(path_of(session, "record.csv"), headers=browser)

    assert page.headers["Content-Encoding"] == "gzip"
    assert b'id="board"' in gzip.decompress(page.content)
    assert "Content-Encoding" not in file.headers
    assert len(file.getvalue()) == int(file.headers["Content-Length"])
    file.close()
