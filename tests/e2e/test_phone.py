"""What a phone shows of a lesson with several activities, and that nothing moves under a finger."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from .cast import Student, Teacher
from .conftest import Cast

pytestmark = pytest.mark.browser

PAUSED = "Paused. Wait until your teacher opens it."
# Shifts that no hand has caused, added up.
SHIFTS = """
(() => {
  window.shifted = 0;
  const add = (list) => list.getEntries().forEach((one) => { if (!one.hadRecentInput) window.shifted += one.value; });
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
})();
"""
MOST_SHIFT = 0.1
# As if the time for reading it were over.
LET_GO = "() => document.querySelector('.foot').getAnimations().forEach((one) => one.finish())"
# Ten times as long as it takes to see what has changed: a busy machine may be slow to tap.
SLOWLY = """
(() => {
  const real = window.setTimeout;
  window.setTimeout = (act, ms, ...more) => real(act, ms === 400 ? 4000 : ms, ...more);
})();
"""
# Everything that the live region says, also what it says again.
HEARD = """
() => {
  window.heard = [];
  const news = document.querySelector("#news");
  const add = () => { if (news.textContent) window.heard.push(news.textContent); };
  new MutationObserver(add).observe(news, { childList: true, characterData: true, subtree: true });
}
"""
SHOW = """
(wanted) => {
  const seen = [...document.querySelectorAll("#rooms .question")].filter((one) => one.checkVisibility());
  return JSON.stringify(seen.map((one) => one.textContent)) === wanted;
}
"""
HEAR = "(wanted) => JSON.stringify(window.heard) === wanted"
# As another client of the teacher would: without pausing what is open.
OPEN_BESIDE = """
async (widgetId) => {
  const { Line } = await import("lectern/base/socket.js");
  const { code, hostToken } = document.querySelector("#board").dataset;
  const enter = async () => (await line.ask("session:create", { existingCode: code, hostToken })).success;
  const line = new Line({ auth: () => ({ hostToken }), enter });
  await new Promise((resolve) => line.open().addEventListener("state", () => line.isOnline && resolve()));
  const payload = { sessionCode: code, roomType: "poll", widgetId, isActive: true };
  return (await line.ask("session:updateWidgetState", payload)).success;
}
"""


def three_polls(cast: Cast) -> tuple[Teacher, Student]:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    for number in (1, 2, 3):
        hana.own_poll(f"Question {number}?", ["yes", "no"])
        shows(ann.page, f"Question {number}?")
    return hana, ann


def shows(page: Page, *questions: str) -> None:
    page.wait_for_function(SHOW, arg=listed(questions))


def listed(words: tuple[str, ...]) -> str:
    return json.dumps(words, separators=(",", ":"))


def look_at(hana: Teacher, name: str) -> None:
    hana.page.locator(".step").filter(has_text=name).click()


def test_a_phone_shows_what_is_open_and_else_what_was_last(cast: Cast) -> None:
    hana, ann = three_polls(cast)

    look_at(hana, "Question 1?")
    hana.press("Open for answers")
    shows(ann.page, "Question 1?")
    late = cast.student().join(hana.code)
    shows(late.page, "Question 1?")

    hana.press("Pause")
    ann.says(PAUSED)
    shows(ann.page, "Question 1?")
    for student in (ann, late, cast.student()):
        student.page.goto(f"/j/{hana.code}")
        shows(student.page, "Question 1?")

    look_at(hana, "Question 2?")
    hana.press("Reveal the results")
    for student in (ann, late):
        shows(student.page, "Question 2?")


def test_two_that_are_open_are_shown_the_newest_first_and_the_focus_stays(cast: Cast) -> None:
    hana, ann = three_polls(cast)
    ann.page.get_by_role("button", name="yes").focus()
    open_beside(hana, "Question 1?")

    shows(ann.page, "Question 1?", "Question 3?")
    assert "Question 3?" in ann.page.evaluate("document.activeElement.closest('article').innerText")

    look_at(hana, "Question 3?")
    hana.press("Pause")
    shows(ann.page, "Question 1?")
    expect(ann.page.locator("#rooms")).to_be_focused()
    ann.page.keyboard.press("Tab")
    expect(ann.option("A")).to_be_focused()


def open_beside(hana: Teacher, name: str) -> None:
    look_at(hana, name)
    title = hana.page.locator(".room:visible h3")
    assert hana.page.evaluate(OPEN_BESIDE, (title.get_attribute("id") or "").removeprefix("room-"))


class Shifts:
    """How far things have shifted on a phone, step by step; the browser tells some frames later."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steps: dict[str, float] = {}
        self.first = self._sum()

    def measure(self, step: str) -> None:
        self.steps[step] = self._sum() - self.total - self.first

    @property
    def total(self) -> float:
        return sum(self.steps.values())

    def _sum(self) -> float:
        self.page.wait_for_timeout(500)
        return float(self.page.evaluate("window.shifted"))


def test_nothing_moves_when_polls_follow_results_show_and_the_teacher_drops(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student()
    ann.context.add_init_script(SHIFTS)
    ann.join(hana.open_session())
    hana.quick_poll("A–D")
    vote(ann, "C")
    shifts = Shifts(ann.page)

    hana.quick_poll("1–5")
    expect(ann.option("5")).to_be_visible()
    shifts.measure("the next poll")
    vote_and_reveal(hana, ann, "5", shifts)
    hana.own_poll("Which planet is nearest to the sun?", ["Mercury", "Venus", "Earth", "Mars", "Jupiter"])
    expect(ann.option("B")).to_contain_text("Venus")
    shifts.measure("an own question")
    vote_and_reveal(hana, ann, "A", shifts)
    board = hana.page.url
    hana.page.goto("about:blank")
    expect(ann.page.locator("#host-away")).not_to_be_empty()
    shifts.measure("the teacher drops")
    ann.page.evaluate(LET_GO)
    expect(ann.page.locator(".foot")).to_have_css("position", "static")
    shifts.measure("it was read")
    hana.page.goto(board)
    expect(ann.page.locator("#host-away")).to_be_empty()
    shifts.measure("the teacher returns")

    assert shifts.total < MOST_SHIFT, shifts.steps


def vote(student: Student, name: str) -> None:
    student.vote(name)
    student.is_counted(name)


def vote_and_reveal(hana: Teacher, ann: Student, name: str, shifts: Shifts) -> None:
    vote(ann, name)
    shifts.measure(f"vote {name}")
    hana.press("Reveal the results")
    expect(ann.option(name).locator(".votes")).to_have_text("1 vote, 100%")
    shifts.measure(f"results {name}")


def test_a_tap_for_what_has_gone_is_no_answer(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student()
    ann.context.add_init_script(SLOWLY)
    ann.join(hana.open_session())
    hana.quick_poll("A–D")
    expect(ann.option("C")).to_be_visible()
    box = ann.option("C").bounding_box()
    assert box
    hana.press("1–5")
    expect(ann.option("5")).to_be_visible()

    ann.page.mouse.click(box["x"] + 20, box["y"] + 20)
    ann.says("Tap your answer.")
    ann.option("4").press("Enter")
    ann.is_counted("4")

    expect(ann.page.locator("#rooms")).not_to_have_class(re.compile("settling"))
    ann.page.mouse.click(box["x"] + 20, box["y"] + 20)
    ann.is_counted("3")
    hana.sees_votes({"1": 0, "2": 0, "3": 1, "4": 0, "5": 0})


def test_every_activity_that_opens_is_announced_with_its_options(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    ann.page.evaluate(HEARD)
    hana.quick_poll("1–5")
    hears(ann, "Choose one: 1, 2, 3, 4, 5")
    hana.quick_poll("1–5")
    hears(ann, "Choose one: 1, 2, 3, 4, 5", "Choose one: 1, 2, 3, 4, 5")
    hana.press("Pause")
    ann.says(PAUSED)
    hana.press("Open for answers")
    hears(ann, *["Choose one: 1, 2, 3, 4, 5"] * 3)
    hana.own_poll("Which planet?", ["Mercury", "Venus"])
    hears(ann, *["Choose one: 1, 2, 3, 4, 5"] * 3, "Which planet? A Mercury, B Venus")
    expect(ann.page.locator("[data-ref=answer]:visible")).to_have_text("Tap your answer.")


def hears(student: Student, *words: str) -> None:
    student.page.wait_for_function(HEAR, arg=listed(words))
