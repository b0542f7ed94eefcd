"""What clears answers waits ten seconds for second thoughts; nobody gives an answer meanwhile that would be lost."""

import pytest
from playwright.sync_api import expect

from .cast import Student, Teacher
from .conftest import Cast

pytestmark = pytest.mark.browser

PAUSED = "The poll is paused."
OPEN = "Open: students can answer"


def a_vote(cast: Cast) -> tuple[Teacher, Student, Student]:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    ben = cast.student().join(hana.code)
    hana.quick_poll("Yes / No")
    ann.vote("A")
    ann.is_counted("A")
    return hana, ann, ben


def cannot_answer(student: Student) -> None:
    student.says("Paused. Wait until your teacher opens it.")
    # What says that it is disabled is waited for, and a finger does not wait.
    student.option("B").click(force=True)
    student.says("Paused. Wait until your teacher opens it.")


def is_open(hana: Teacher) -> None:
    expect(hana.page.locator(".room:visible .state")).to_have_text(OPEN)


def test_starting_over_pauses_at_once_and_opens_again(cast: Cast) -> None:
    hana, ann, ben = a_vote(cast)

    hana.press("Start over")
    ann.says(PAUSED)
    cannot_answer(ben)
    hana.press("Start over")
    cannot_answer(ben)
    hana.sees_votes({"A": 1, "B": 0})
    hana.press("Do it now")

    ann.says("your answer was cleared. Tap your answer.")
    is_open(hana)
    ben.vote("B")
    ben.is_counted("B")
    hana.sees_votes({"A": 0, "B": 1})


def test_starting_over_that_is_undone_loses_nothing(cast: Cast) -> None:
    hana, ann, ben = a_vote(cast)
    hana.press("Start over")
    cannot_answer(ben)
    hana.press("Undo")

    is_open(hana)
    ann.is_counted("A")
    ben.vote("B")
    ben.is_counted("B")
    hana.page.wait_for_timeout(500)
    hana.sees_votes({"A": 1, "B": 1})


def test_opening_what_waits_to_start_over_starts_it_over(cast: Cast) -> None:
    hana, _, ben = a_vote(cast)
    hana.press("Pause")
    hana.press("Start over")
    cannot_answer(ben)
    hana.press("Open for answers")

    is_open(hana)
    ben.vote("B")
    ben.is_counted("B")
    expect(hana.page.locator("#undo")).to_be_hidden()
    hana.sees_votes({"A": 0, "B": 1})


def test_what_starts_over_does_not_open_over_another(cast: Cast) -> None:
    hana, _, ben = a_vote(cast)
    hana.press("Start over")
    cannot_answer(ben)
    hana.quick_poll("1–5")
    expect(ben.option("5")).to_be_visible()
    hana.press("Do it now")

    hana.page.wait_for_timeout(500)
    is_open(hana)
    expect(ben.option("5")).to_be_visible()
    hana.page.locator(".step").filter(has_text="Yes / No").click()
    expect(hana.page.locator(".room:visible .state")).to_have_text("Paused")
    hana.sees_votes({"A": 0, "B": 0})


def test_new_options_pause_the_poll_until_they_are_there(cast: Cast) -> None:
    hana, ann, ben = a_vote(cast)
    editor = hana.page.locator(".room:visible details")
    editor.locator("summary").click()
    editor.get_by_label("Option B", exact=True).fill("Never")
    editor.get_by_role("button", name="Save", exact=True).click()
    ann.says(PAUSED)
    cannot_answer(ben)
    hana.press("Do it now")

    expect(ben.option("B")).to_contain_text("Never")
    is_open(hana)
    ben.vote("B")
    ben.is_counted("B")
    hana.sees_votes({"A": 0, "B": 1})
