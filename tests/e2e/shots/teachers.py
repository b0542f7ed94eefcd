"""A teacher's pages around the lessons: signing in, home, preparing a lesson, the account and its factors."""

import base64
import hmac
import time

from playwright.sync_api import Page

from ..cast import LAPTOP, Teacher
from .studio import LESSON, PASSWORD, STEPS, Studio


def sign_in(studio: Studio, link: str) -> None:
    """By the link that the server printed; then a password, so that this teacher can come back."""
    page, take = studio.hana.page, studio.album.take
    page.goto("/accounts/login/")
    take(page, "signin-form", "Sign in")
    page.get_by_label("Username or e-mail").fill("Hana")
    page.get_by_label("Password").fill("not the one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator(".errorlist").first.wait_for()
    take(page, "signin-wrong", "Sign in: the password was wrong")
    page.goto(link)
    take(page, "signin-link", "Sign in by a link that works once")
    studio.hana.sign_in(link)
    take(page, "home-empty", "The first visit: no password, no lesson, no session")
    page.goto("/accounts/password/set/")
    take(page, "account-password", "Set a password")
    for field in page.locator("form.card input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url(lambda url: "/password/" not in url)


def prepare(studio: Studio) -> None:
    """A lesson of three polls."""
    page, take = studio.hana.page, studio.album.take
    page.goto("/sessions/")
    page.get_by_label("Title of a new lesson").fill(LESSON)
    page.get_by_role("button", name="Prepare a lesson").click()
    page.get_by_role("heading", name="Steps").wait_for()
    take(page, "lesson-empty", "A new lesson")
    page.get_by_role("link", name="Poll").click()
    page.get_by_label("Question").fill(STEPS[0][0])
    page.get_by_label("Options").fill("Jupiter")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".errorlist").first.wait_for()
    take(page, "lesson-fault", "A step that is not complete yet")
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Poll").click()
    for number, (question, options) in enumerate(STEPS):
        page.get_by_label("Question").fill(question)
        page.get_by_label("Options").fill("\n".join(options))
        if number == 0:
            take(page, "lesson-step", "Writing a step")
        is_last = number == len(STEPS) - 1
        page.get_by_role("button", name="Save" if is_last else "Save and add another", exact=True).click()
    page.get_by_role("heading", name="Steps").wait_for()
    take(page, "lesson", "A prepared lesson")
    page.locator("details.menu summary").nth(1).click()
    take(page, "lesson-menu", "A prepared lesson: more to do with a step")


def home(studio: Studio) -> None:
    """After some lessons, and once one is open again."""
    page, take = studio.hana.page, studio.album.take
    page.goto("/sessions/")
    take(page, "home", "Lessons, an open session and past ones")
    page.goto("/sessions/?q=planet")
    take(page, "home-found", "A search")
    page.goto("/sessions/?q=volcano")
    take(page, "home-nothing", "A search that finds nothing")
    page.goto("/sessions/")
    page.get_by_role("link", name=LESSON).first.click()
    page.get_by_role("button", name="Duplicate the lesson").click()
    page.get_by_role("button", name="Delete the lesson").click()
    page.get_by_role("button", name="Undo").wait_for()
    take(page, "home-undo", "A lesson was deleted, and may come back")


def account(studio: Studio) -> None:
    """Language, ways to sign in, devices, and every page of the second factors.

    On localhost, because a browser keeps passkeys for addresses that nobody can listen to.
    """
    person = Teacher(studio.cast.browser, f"http://localhost:{studio.cast.server.port}", LAPTOP)
    page, take = person.page, studio.album.take
    sign_in_by_password(page)
    page.wait_for_url("**/sessions/")
    page.goto("/account/")
    take(page, "account", "The account")
    page.get_by_role("link", name="Change the password").click()
    take(page, "account-change", "Change the password")
    page.goto("/accounts/confirm/")
    take(page, "account-confirm", "Before how one signs in changes")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(lambda url: "/confirm/" not in url)
    add_app(page, studio)
    for path, name, caption in (
        ("codes/", "account-codes", "Recovery codes"),
        ("codes/new/", "account-codes-new", "New recovery codes"),
        ("app/remove/", "account-app-remove", "Remove the authenticator app"),
        ("passkeys/add/", "account-passkey", "Add a passkey"),
        ("logout/", "account-leave", "Sign out"),
    ):
        page.goto(f"/accounts/{path}")
        take(page, name, caption)
    page.goto("/account/")
    take(page, "account-safe", "The account with a second factor")
    person.leave()


def add_app(page: Page, studio: Studio) -> None:
    page.goto("/accounts/app/add/")
    studio.album.take(page, "account-app", "Add an authenticator app")
    page.get_by_label("code").last.fill(totp_of(page.locator("#secret").inner_text()))
    page.get_by_role("button", name="Add the app").click()
    page.wait_for_url(lambda url: "/app/add" not in url)


def second_factor(studio: Studio) -> None:
    """Hana comes back, from another browser: password first, then what her app shows."""
    page, take = studio.cast.stranger().page, studio.album.take
    sign_in_by_password(page)
    page.get_by_role("heading", name="One more step").wait_for()
    take(page, "signin-factor", "The second factor")
    page.goto("/accounts/signup/")
    take(page, "signin-closed", "Nobody signs up here")


def sign_in_by_password(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username or e-mail").fill("Hana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def totp_of(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, int(time.time() // 30).to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"
