"""A teacher's account in a browser: by link, by password and app, by passkey; nothing that axe finds."""

import time
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from .accessibility import issues
from .cast import LAPTOP, Teacher
from .conftest import Cast
from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "a pass phrase of Ann"


def ann(cast: Cast, server: Server, name: str) -> Teacher:
    """Signed in by a link, at the one plain address where browsers have passkeys."""
    here = f"http://localhost:{server.port}"
    teacher = Teacher(cast.browser, here, LAPTOP)
    cast.people.append(teacher)
    return teacher.sign_in(here + urlsplit(server.make_user(name)).path)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/account/")
    press(page, "Sign out")
    page.wait_for_url("**/")


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_passkeys(page: Page) -> None:
    """A device with a fingerprint reader, and a finger on it."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_password_and_app(cast: Cast, server: Server) -> None:
    page = ann(cast, server, "Ann").page
    page.goto("/account/")
    assert issues(page) == []
    follow(page, "Set a password")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    assert issues(page) == []
    press(page, "Set the password")

    page.goto("/account/")
    follow(page, "Add an authenticator app")
    secret = page.locator("#secret").inner_text()
    assert page.locator("img.qr").evaluate("picture => picture.naturalWidth") > 0
    assert issues(page) == []
    page.get_by_label("Authenticator code").fill(code_of(secret))
    press(page, "Add the app")
    expect(page.locator(".codes code")).to_have_count(10)
    assert issues(page) == []

    sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_label("Username or e-mail").fill("Ann")
    page.get_by_label("Password").fill(PASSWORD)
    assert issues(page) == []
    press(page, "Sign in")
    page.get_by_label("Code").fill(code_of(secret))
    assert issues(page) == []
    press(page, "Sign in")
    expect(page.get_by_role("heading", name="My sessions")).to_be_visible()


def test_passkey(cast: Cast, server: Server) -> None:
    page = ann(cast, server, "Ben").page
    give_passkeys(page)
    page.goto("/account/")
    follow(page, "Add a passkey")
    assert issues(page) == []
    page.get_by_label("Name of the passkey").fill("Laptop")
    press(page, "Add the passkey")
    expect(page.locator(".codes code")).to_have_count(10)
    page.goto("/account/")
    expect(page.get_by_text("Laptop").first).to_be_visible()

    sign_out(page)
    page.goto("/accounts/login/")
    press(page, "Sign in with a passkey")
    page.wait_for_url("**/sessions/")
    page.goto("/account/")
    follow(page, "Remove Laptop")
    press(page, "Use a passkey")
    press(page, "Remove the passkey")
    expect(page.get_by_text("Laptop")).to_have_count(0)
