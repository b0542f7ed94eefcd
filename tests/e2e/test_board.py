"""The board does what a hand in a hurry means: clicks and keys mixed, no line, second thoughts."""

import pytest
from playwright.sync_api import Page, expect

from .cast import Teacher
from .conftest import Cast

pytestmark = pytest.mark.browser


def test_a_button_that_was_clicked_leaves_the_keys_to_the_lesson(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.quick_poll("A–D")

    hana.press("Reveal the results")
    expect(hana.page.get_by_role("button", name="Hide the results again")).to_be_visible()
    hana.page.keyboard.press("Space")

    expect(hana.page.locator(".room:visible .state")).to_have_text("Paused")
    expect(hana.page.get_by_role("button", name="Hide the results again")).to_be_visible()


def test_what_a_hand_has_clicked_leaves_the_keys_to_the_lesson(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.quick_poll("A–D")
    state = expect(hana.page.locator(".room:visible .state"))
    editor = hana.page.locator(".room:visible details")
    box = editor.get_by_label("Students may change their answer")

    editor.locator("summary").click()
    hana.page.keyboard.press("Space")
    state.to_have_text("Paused")
    expect(box).to_be_visible()
    for click in (box.click, editor.locator(".check").last.click):
        is_checked = box.is_checked()
        click(position={"x": 4, "y": 4} if click == box.click else {"x": 120, "y": 24})
        expect(box).to_be_checked(checked=not is_checked)
        expect(box).not_to_be_focused()
        hana.page.keyboard.press("Space")
        state.to_have_text("Open: students can answer" if is_checked else "Paused")
        expect(box).to_be_checked(checked=not is_checked)
    hana.page.keyboard.press("Enter")
    expect(hana.page.get_by_role("button", name="Hide the results again")).to_be_visible()

    field = editor.get_by_label("Question", exact=True)
    field.click()
    hana.page.keyboard.type("b ?")
    expect(field).to_have_value("b ?")


def test_what_was_reached_by_tab_keeps_its_keys(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.quick_poll("A–D")
    summary = hana.page.locator(".room:visible summary")
    summary.focus()
    hana.page.keyboard.press("Space")

    expect(hana.page.locator(".room:visible details")).to_have_attribute("open", "")
    expect(summary).to_be_focused()
    expect(hana.page.locator(".room:visible .state")).to_have_text("Open: students can answer")


def test_nothing_is_called_open_after_the_end(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.quick_poll("A–D")
    away = cast.hana()
    away.page.goto(hana.page.url)
    expect(away.page.locator(".room .state")).to_have_text("Open: students can answer")

    hana.press("End the session …")
    hana.press("End it now")

    expect(away.page.locator("#over-title")).to_be_focused()
    expect(away.page.locator(".room .state")).to_have_text("Paused")
    expect(away.page.locator(".step-state")).to_have_text("Paused")


def test_without_a_line_the_board_stays_and_says_what_did_not_happen(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.may_be_cut = True
    board = hana.page.url
    hana.press("End the session …")
    hana.context.set_offline(True)

    hana.press("End it now")
    expect(hana.page.locator("#trouble")).to_contain_text("Offline, so this did not happen: “End it now”.")
    hana.press("Make a new address")
    expect(hana.page.locator("#trouble")).to_contain_text("“Make a new address”")
    assert hana.page.url == board

    hana.context.set_offline(False)
    hana.is_connected()
    hana.press("End it now")
    hana.page.wait_for_url("**/record")


def test_a_page_without_a_line_says_so_and_sends_nothing(cast: Cast) -> None:
    hana = cast.hana()
    hana.may_be_cut = True
    hana.context.set_offline(True)
    words = hana.page.locator("#offline")
    expect(words).to_contain_text("Offline. Nothing can be sent")

    hana.page.locator("#session-title").fill("Physics")
    hana.press("Open a session")
    expect(hana.page.locator("#session-title")).to_have_value("Physics")

    hana.context.set_offline(False)
    expect(words).to_be_hidden()
    hana.press("Open a session")
    hana.is_connected()


def test_new_options_wait_before_they_clear_answers(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    hana.own_poll("Tea?", ["yes", "no"])
    ann.vote("A")
    ann.is_counted("A")

    change_option(hana, "never")
    hana.page.locator("#undo").get_by_role("button", name="Undo").click()
    hana.sees_votes({"A": 1, "B": 0})

    change_option(hana, "never")
    hana.press("Do it now")
    hana.sees_votes({"A": 0, "B": 0})
    expect(ann.option("B")).to_contain_text("never")


def change_option(hana: Teacher, text: str) -> None:
    editor = hana.page.locator(".room:visible details")
    if editor.get_attribute("open") is None:
        editor.locator("summary").click()
    editor.get_by_label("Option B", exact=True).fill(text)
    editor.get_by_role("button", name="Save", exact=True).click()
    expect(hana.page.locator("#undo-text")).to_have_text("The options change: answers given so far will be cleared.")


def test_what_is_opened_pauses_what_was_open(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    hana.quick_poll("A–D")
    hana.quick_poll("Yes / No")
    expect(ann.page.get_by_text("Paused. Wait until your teacher opens it.")).to_have_count(1)

    hana.press("Own question …")
    expect(hana.page.locator(".room")).to_have_count(3)
    room = hana.page.locator(".room").first
    room.get_by_label("Question", exact=True).fill("Tea?")
    for letter, text in (("A", "yes"), ("B", "no")):
        room.get_by_label(f"Option {letter}", exact=True).fill(text)
    hana.press("Save and open for answers")

    expect(room.locator(".state")).to_have_text("Open: students can answer")
    expect(ann.page.get_by_text("Paused. Wait until your teacher opens it.")).to_have_count(2)
    expect(ann.page.get_by_role("heading", name="Tea?")).to_be_visible()


def test_starting_over_and_closing_at_once_does_both(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    hana.quick_poll("Yes / No")
    ann.vote("A")
    hana.sees_votes({"A": 1, "B": 0})

    hana.press("Start over")
    hana.press("Close")
    hana.press("Undo")

    hana.sees_votes({"A": 0, "B": 0})
    expect(hana.page.locator("#trouble")).to_be_hidden()


def test_a_frozen_projector_that_is_loaded_again_holds_the_activity(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.quick_poll("A–D")
    screen = cast.projector(hana.display_url).page
    shows_options(screen)
    hana.press("Freeze")
    expect(screen.locator("#mode")).to_have_text("Frozen")

    screen.reload()

    expect(screen.locator("#mode")).to_have_text("Frozen")
    shows_options(screen)


def shows_options(screen: Page) -> None:
    expect(screen.locator(".option:visible")).to_have_count(4)


def test_black_from_the_board_ends_on_the_board_only(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    screen = cast.projector(hana.display_url).page
    expect(screen.locator("#lobby")).to_be_visible()
    hana.press("Black")
    expect(screen.locator("#black")).to_be_visible()

    for key in ("x", "b", "Escape"):
        screen.keyboard.press(key)

    expect(screen.locator("#black")).to_be_visible()
    assert screen.locator("#black").inner_text() == ""
    hana.press("Black")
    expect(screen.locator("#black")).to_be_hidden()
