"""A whole lesson without mouse or finger, on both sides."""

import pytest
from playwright.sync_api import Page, expect

from .cast import Student
from .conftest import Cast

pytestmark = pytest.mark.browser

STEPS = [
    {"question": "Tea?", "options": ["yes", "no"], "hideResults": True},
    {"question": "Milk?", "options": ["yes", "no"], "hideResults": True},
]
MOST_TABS = 60
FOCUSED = "() => (document.activeElement?.innerText ?? '').trim()"


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus is on what says these words."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(words):
            return
    raise AssertionError(f"{words!r} is not reached by {MOST_TABS} times Tab; on {page.evaluate(FOCUSED)!r}")


def press(page: Page, words: str, key: str = "Enter") -> None:
    tab_to(page, words)
    page.keyboard.press(key)


def test_a_lesson_by_the_keyboard_alone(cast: Cast) -> None:
    board = cast.hana().page
    press(board, "Open a session")
    expect(board.locator("#line")).to_have_text("Connected")
    code = board.locator(".board-bar .code").inner_text()
    cast.server.add_steps(code, STEPS)
    board.reload()
    expect(board.locator("#steps li")).to_have_count(2)
    ann = cast.student().type_code(code)

    press(board, "1. Tea?")
    expect(board.locator(".room h3")).to_be_focused()
    answer(ann, "A")
    expect(board.locator("#answered")).to_have_text("1 of 1 answered")
    the_keys_act(board)
    typing_is_no_command(board)

    press(board, "End the session …")
    board.keyboard.press("Enter")
    expect(ann.page.locator("#trouble")).to_contain_text("This class has ended")
    board.wait_for_url("**/record")


def answer(ann: Student, name: str) -> None:
    expect(ann.option(name)).to_be_visible()
    press(ann.page, name, "Space")
    ann.is_counted(name)


def the_keys_act(board: Page) -> None:
    state = board.locator(".room:visible .state")
    steps = board.locator("#steps li")
    board.keyboard.press("Space")
    expect(state).to_have_text("Paused")
    board.keyboard.press("Space")
    expect(state).to_have_text("Open: students can answer")
    board.keyboard.press("Enter")
    expect(steps.first).to_contain_text("results shown")
    board.keyboard.press("ArrowRight")
    expect(steps).to_contain_text(["Paused, results shown", "Open now"])
    board.keyboard.press("ArrowLeft")
    expect(board.locator(".room:visible .question")).to_have_text("Tea?")
    board.keyboard.press("f")
    expect(board.locator("#screen-badge")).to_have_text("Projector frozen")
    board.keyboard.press("b")
    expect(board.locator("#screen-badge")).to_have_text("Projector black")
    board.keyboard.press("?")
    expect(board.locator("#keys")).to_be_visible()
    board.keyboard.press("f")
    board.keyboard.press("Escape")
    expect(board.locator("#keys")).to_be_hidden()
    expect(board.locator("#screen-badge")).to_have_text("Projector black")


def typing_is_no_command(board: Page) -> None:
    """Nor is any key once they are switched off, which this device remembers."""
    press(board, "Own question …")
    expect(board.locator(".room:visible").get_by_label("Question", exact=True)).to_be_focused()
    board.keyboard.type("b or f?")
    expect(board.locator("#keys")).to_be_hidden()
    expect(board.locator("#screen-badge")).to_have_text("Projector black")
    press(board, "Keys")
    tab_to_box(board)
    board.keyboard.press("Space")
    board.keyboard.press("Escape")
    board.keyboard.press("b")
    board.reload()
    expect(board.locator("#line")).to_have_text("Connected")
    board.keyboard.press("b")
    expect(board.locator("#screen-badge")).to_have_text("Projector black")


def tab_to_box(board: Page) -> None:
    for _ in range(3):
        if board.evaluate("document.activeElement.id") == "keys-on":
            return
        board.keyboard.press("Tab")
    raise AssertionError("The box of the dialog is not reached.")
