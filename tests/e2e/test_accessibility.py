"""axe finds nothing, of any impact, on any page and state, in light and in dark; nothing is lost at 400 %."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .accessibility import focus_is_in_sight, is_fine
from .cast import PHONE, Person, Student, Teacher
from .conftest import Cast
from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

# Where pages are Django's, what axe asks of targets is enough.
ANY_PX = 0


def visit(person: Person, *paths: str) -> None:
    """Pages that need nothing to happen first, also those that say no."""
    for path in paths:
        person.page.goto(path)
        is_fine(person.page, small=PHONE)
    person.faults.clear()


def test_pages_of_strangers(cast: Cast) -> None:
    visit(
        cast.stranger(),
        "/", "/?typed=22222", "/?code=no", "/j/22222", "/h/wrong", "/p/wrong", "/sign-in/x/y", "/nowhere",
        "/accounts/login/", "/accounts/signup/",
    )  # fmt: skip


def test_pages_of_a_teacher(make_cast: Callable[[Server], Cast], server: Server) -> None:
    cast = make_cast(server)
    newcomer = cast.teacher()
    newcomer.page.goto(server.make_user("New"))
    is_fine(newcomer.page)
    newcomer.page.get_by_role("button", name="Sign in", exact=True).click()
    is_fine(newcomer.page)
    visit(newcomer, "/accounts/password/set/", "/accounts/logout/")

    hana = cast.hana()
    visit(hana, "/account/", "/accounts/password/change/", "/accounts/app/add/", "/accounts/passkeys/add/")
    a_lesson_is_prepared(hana)


def test_pages_of_staff(cast: Cast, server: Server) -> None:
    boss = cast.teacher().sign_in(server.first_sign_in)
    for path in ("/admin/", "/admin/sessions_app/session/", "/admin/auth/user/"):
        boss.page.goto(path)
        is_fine(boss.page, least_px=ANY_PX)


def a_lesson_is_prepared(hana: Teacher) -> None:
    page = hana.page
    page.goto("/sessions/")
    page.get_by_label("Title of a new lesson").fill("Halves")
    page.get_by_role("button", name="Prepare a lesson").click()
    page.get_by_role("link", name="Poll").click()
    page.get_by_role("button", name="Save", exact=True).click()
    is_fine(page, small=PHONE)
    page.get_by_label("Question").fill("What is half of 2 + 2?")
    page.get_by_label("Options").fill("2\n3")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("details.menu summary").click()
    is_fine(page, small=PHONE)
    visit(hana, "/sessions/", "/sessions/?q=no+such+words")


def test_a_lesson_on_every_screen(cast: Cast) -> None:
    hana = cast.hana()
    code = hana.open_session()
    is_fine(hana.page)
    screen = cast.projector(hana.display_url)
    expect(screen.page.locator("#lobby")).to_be_visible()
    is_fine(screen.page)
    ann = cast.student().join(code)
    expect(ann.page.locator("#waiting")).to_be_visible()
    is_fine(ann.page)
    ann.page.get_by_role("button", name="change").click()
    is_fine(ann.page)

    a_poll_is_open(hana, ann, screen)
    a_keyboard_on_a_phone(hana)
    a_line_is_cut(ann)
    an_own_question_is_written(hana)
    the_board_on_a_phone(hana)
    a_session_ends(hana, ann, screen)


def a_poll_is_open(hana: Teacher, ann: Student, screen: Person) -> None:
    hana.quick_poll("A–D")
    expect(screen.page.locator("#bar")).to_be_visible()
    expect(ann.page.locator("#news")).to_have_text("Choose one: A, B, C, D")
    for person in (ann, screen, hana):
        is_fine(person.page)
    ann.vote("B")
    ann.is_counted("B")
    hana.press("Reveal the results")
    expect(screen.page.locator(".votes").first).to_contain_text("0 votes")
    for person in (ann, screen, hana):
        is_fine(person.page)
    expect(hana.page.locator("#said")).to_have_text("A / B / C / D: Open, results shown")
    ann.says("The results are shown.")
    hana.press("Pause")
    expect(ann.page.locator("[data-ref=answer]")).to_contain_text("paused")
    for person in (ann, screen, hana):
        is_fine(person.page)


def a_keyboard_on_a_phone(hana: Teacher) -> None:
    size = hana.page.viewport_size
    assert size is not None
    hana.page.set_viewport_size(PHONE)
    for tab in hana.page.locator("#tabs button").all():
        tab.click()
        focus_is_in_sight(hana.page, tabs=20)
    hana.page.set_viewport_size(size)


def a_line_is_cut(ann: Student) -> None:
    ann.may_be_cut = True
    ann.context.set_offline(True)
    expect(ann.page.locator("#line")).to_contain_text("Offline")
    is_fine(ann.page)
    ann.context.set_offline(False)
    expect(ann.page.locator("#line")).to_have_text("Connected")


def an_own_question_is_written(hana: Teacher) -> None:
    hana.press("Own question …")
    expect(hana.page.get_by_label("Question", exact=True).first).to_be_focused()
    hana.page.keyboard.type("What is half of 2 + 2?")
    hana.press("Add an option")
    is_fine(hana.page)
    hana.press("Save")
    expect(hana.page.locator("#trouble")).to_have_text("A poll needs at least two options.")
    is_fine(hana.page)
    for letter, text in zip("ABC", ("2", "3", "4"), strict=True):
        hana.page.get_by_label(f"Option {letter}", exact=True).fill(text)
    hana.press("Save")
    expect(hana.page.locator(".room .question").first).to_have_text("What is half of 2 + 2?")
    hana.press("Close")
    expect(hana.page.locator("#undo-text")).to_have_text("“What is half of 2 + 2?” is closed. Its answers are kept.")
    expect(hana.page.locator(".room")).to_have_count(1)
    is_fine(hana.page)


def the_board_on_a_phone(hana: Teacher) -> None:
    size = hana.page.viewport_size
    assert size is not None
    hana.page.set_viewport_size(PHONE)
    for tab in hana.page.locator("#tabs button").all():
        tab.click()
        is_fine(hana.page)
    hana.page.set_viewport_size(size)
    hana.press("Keys")
    is_fine(hana.page, small=PHONE)
    hana.press("Back to the lesson")
    page, address = hana.offer_another_device()
    is_fine(page)
    page.goto(address)
    is_fine(page)
    page.close()
    hana.press("Release this device")
    expect(hana.page.locator("#read-only")).to_be_visible()
    is_fine(hana.page)
    hana.page.reload()
    expect(hana.page.get_by_role("heading", level=1)).to_have_text("This device was released")
    is_fine(hana.page)
    hana.press("Take control again")
    hana.is_connected()


def a_session_ends(hana: Teacher, ann: Student, screen: Person) -> None:
    board = hana.page.url
    hana.press("End the session …")
    expect(hana.page.get_by_role("alert").filter(has_text="Everyone leaves")).to_be_visible()
    is_fine(hana.page)
    hana.press("End it now")
    expect(ann.page.locator("#trouble")).to_be_visible()
    expect(screen.page.locator("#gone")).to_be_visible()
    hana.page.wait_for_url("**/record")
    for person in (ann, screen, hana):
        is_fine(person.page)
    hana.page.goto(board)
    expect(hana.page.get_by_role("heading", level=1)).to_have_text("This session has ended")
    is_fine(hana.page)
    visit(hana, f"{board}record")
