"""A board that moves to another device, a released one, and signing in once."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from sessions_app import keys
from sessions_app.accounts import sign_in_path
from sessions_app.models import AccessKey, Session

pytestmark = pytest.mark.django_db


def offer(browser: Client, session: Session, **sent: str) -> str:
    """The path that the QR leads to."""
    response = browser.post(f"/sessions/{session.pk}/offer", sent)
    assert response.status_code == 200
    assert response.context["seconds"] == 60
    assert b'src="data:image/svg+xml' in response.content
    return urlsplit(response.context["address"]).path


def release(session: Session) -> None:
    for key in session.keys.filter(role="host", revoked_at=None):
        keys.revoke(key, actor="test")


def test_a_device_without_an_account_takes_over(hanas_browser: Client, client: Client, session: Session) -> None:
    path = offer(hanas_browser, session)
    assert session.code.encode() in client.get(path).content

    response = client.post(path)

    assert response.headers["Location"] == f"/sessions/{session.pk}/"
    board = client.get(f"/sessions/{session.pk}/")
    assert (board.status_code, board.context["is_owner"]) == (200, False)
    assert b'id="controls"' in board.content
    assert client.cookies["lectern_host"]["httponly"]


def test_a_link_preview_does_not_use_the_ticket_up(hanas_browser: Client, client: Client, session: Session) -> None:
    path = offer(hanas_browser, session)

    assert [client.get(path).status_code, client.head(path).status_code] == [200, 200]
    assert client.post(path).status_code == 302


def test_a_handover_turns_the_offering_device_read_only(
    hanas_browser: Client, client: Client, session: Session
) -> None:
    path = offer(hanas_browser, session)
    assert b"turns read-only at that moment" in client.get(path).content

    client.post(path)

    says_that_it_was_released(hanas_browser.get(f"/sessions/{session.pk}/"), session)


def test_a_remote_leaves_the_offering_device_a_board(hanas_browser: Client, client: Client, session: Session) -> None:
    path = offer(hanas_browser, session, **{"as": "remote"})
    assert b"stays a board too" in client.get(path).content

    assert client.post(path).status_code == 302

    for browser in (hanas_browser, client):
        assert b'id="controls"' in browser.get(f"/sessions/{session.pk}/").content
    assert Client().post(path).status_code == 410


def test_a_ticket_works_once(hanas_browser: Client, client: Client, session: Session) -> None:
    path = offer(hanas_browser, session)
    client.post(path)
    zoe = Client()

    refused = [zoe.get(path), zoe.post(path)]

    assert [response.status_code for response in refused] == [410, 410]
    assert b"has been used or is older than a minute" in refused[0].content
    assert zoe.get(f"/sessions/{session.pk}/").status_code == 404


def test_a_ticket_lives_a_minute(hanas_browser: Client, client: Client, session: Session) -> None:
    path = offer(hanas_browser, session)
    ticket = AccessKey.objects.get(role="handover")
    assert ticket.expires_at is not None
    assert timedelta(seconds=50) < ticket.expires_at - timezone.now() <= timedelta(seconds=60)
    AccessKey.objects.filter(pk=ticket.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert [client.get(path).status_code, client.post(path).status_code] == [410, 410]
    assert (
        not AccessKey.objects.filter(role="host", used_at=None)
        .exclude(pk=ticket.pk)
        .filter(created_at__gt=ticket.created_at)
        .exists()
    )


def test_a_made_up_ticket_is_refused(client: Client, session: Session) -> None:
    display = keys.token_of(keys.display_key_of(session))

    assert [client.get(f"/h/{token}").status_code for token in ("nonsense", display)] == [410, 410]


def test_a_released_board_of_its_owner_can_be_had_back(hanas_browser: Client, session: Session) -> None:
    path = f"/sessions/{session.pk}/"
    hanas_browser.get(path)
    release(session)

    board = hanas_browser.get(path)

    says_that_it_was_released(board, session)
    assert b"Take control again" in board.content
    assert [hanas_browser.post(path + action).status_code for action in ("end", "display", "offer")] == [404] * 3

    assert hanas_browser.post(path + "control").headers["Location"] == path
    assert b'id="controls"' in hanas_browser.get(path).content


def test_a_released_device_without_an_account_is_told_how_to_come_back(
    hanas_browser: Client, client: Client, session: Session
) -> None:
    path = f"/sessions/{session.pk}/"
    client.post(offer(hanas_browser, session))
    release(session)

    board = client.get(path)

    says_that_it_was_released(board, session)
    assert b"ask the teacher for a new QR" in board.content
    assert b"Take control again" not in board.content
    assert [client.post(path + action).status_code for action in ("end", "display", "offer")] == [404] * 3


def says_that_it_was_released(board: Any, session: Session) -> None:
    """And shows nothing that would not be true, nor an address that it should not know any more."""
    assert board.status_code == 200
    assert b"This device was released" in board.content
    shown = [word for word in (b'id="controls"', b"Nobody yet", b"0</strong> here", b"/p/") if word in board.content]
    assert shown == []


def test_a_guest_device_ends_the_lesson_and_goes_to_the_start(
    hanas_browser: Client, client: Client, session: Session
) -> None:
    client.post(offer(hanas_browser, session))

    response = client.post(f"/sessions/{session.pk}/end")

    assert response.headers["Location"] == "/"
    session.refresh_from_db()
    assert not session.is_live


def test_the_owner_who_ends_the_lesson_goes_on_to_its_record(hanas_browser: Client, session: Session) -> None:
    response = hanas_browser.post(f"/sessions/{session.pk}/end")

    assert response.headers["Location"] == f"/sessions/{session.pk}/record"
    session.refresh_from_db()
    assert not session.is_live


def test_a_sign_in_link_works_once(hana: User, client: Client) -> None:
    path = sign_in_path(hana)
    assert client.get(path).context["teacher"] == hana

    response = client.post(path)

    assert response.headers["Location"] == "/sessions/"
    assert client.get("/sessions/").context["user"] == hana
    again = Client().get(path)
    assert again.status_code == 410
    assert b"This sign-in link has been used or is too old" in again.content
    assert Client().post(path).status_code == 410


def test_pages_that_work_once_are_kept_by_no_proxy(hana: User, hanas_browser: Client, session: Session) -> None:
    paths = (sign_in_path(hana), offer(hanas_browser, session), "/sign-in/x/y", "/h/nonsense")

    caching = [Client().get(path).headers.get("Cache-Control", "") for path in paths]

    assert [path for path, said in zip(paths, caching, strict=True) if "no-store" not in said] == []


@pytest.mark.parametrize("path", ["/sign-in/x/y", "/sign-in/MQ/made-up", "/sign-in/____/y"])
def test_a_made_up_sign_in_link_is_refused(hana: User, client: Client, path: str) -> None:
    assert [client.get(path).status_code, client.post(path).status_code] == [410, 410]


def test_a_sign_in_link_of_somebody_who_left_is_refused(hana: User, client: Client) -> None:
    path = sign_in_path(hana)
    User.objects.filter(pk=hana.pk).update(is_active=False)

    assert client.post(path).status_code == 410


def test_health_and_readiness(client: Client) -> None:
    assert [client.get(path).json() for path in ("/healthz", "/readyz")] == [{"ok": True}] * 2


def test_accounts_are_not_made_by_whoever_comes(client: Client) -> None:
    response = client.post("/accounts/signup/", {"username": "zoe", "password1": "x9!kkkkkk", "password2": "x9!kkkkkk"})

    assert b"Accounts are made by the school" in response.content
    assert User.objects.count() == 0
    assert b"/accounts/signup/" not in client.get("/accounts/login/").content


def test_signing_in_by_password(hana: User, client: Client) -> None:
    wrong = client.post("/accounts/login/", {"login": "Hana", "password": "wrong"})
    right = client.post("/accounts/login/", {"login": "Hana", "password": "hana's pass phrase"})

    assert wrong.status_code == 200
    assert b"errorlist" in wrong.content
    assert right.headers["Location"] == "/sessions/"
    assert client.post("/accounts/logout/").headers["Location"] == "/"
