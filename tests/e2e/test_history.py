"""Back and forward in the browser: nobody loses a seat, an answer or the board."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import Cast

pytestmark = pytest.mark.browser


def test_a_student_goes_back_and_forward_and_keeps_seat_and_answer(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().type_code(hana.open_session())
    hana.quick_poll("A–D")
    ann.vote("C")
    ann.is_counted("C")
    name = ann.name

    ann.page.go_back()
    expect(ann.page.locator("#code")).to_be_visible()
    expect(hana.page.locator("#here")).to_have_text("0 here")
    ann.page.go_forward()

    ann.is_counted("C")
    assert ann.name == name
    expect(hana.page.locator("#people li")).to_have_text([name])
    hana.sees_votes({"A": 0, "B": 0, "C": 1, "D": 0})


def test_a_teacher_leaves_the_board_and_goes_back_to_it(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.quick_poll("A–D")
    ann = cast.student().join(hana.code)

    hana.page.locator(".board-bar").get_by_role("link", name="My sessions").click()
    expect(hana.page.get_by_role("heading", name="My sessions")).to_be_visible()
    hana.page.go_back()

    expect(hana.page).to_have_url(re.compile(r"/sessions/\d+/$"))
    hana.is_connected()
    ann.vote("D")
    hana.sees_votes({"A": 0, "B": 0, "C": 0, "D": 1})
    hana.press("Pause")
    ann.says("paused")
