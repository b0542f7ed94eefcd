"""How students come in and answer: names, wrong codes, ended sessions, the keyboard alone, a wrong clock."""

import re

import pytest
from playwright.sync_api import expect

from .cast import Student
from .conftest import Cast

pytestmark = pytest.mark.browser

WRONG = "No class is open under this code"
SHIFT_CLOCK = """
(() => {
  const Real = Date;
  const shift = %d;
  window.Date = class extends Real {
    constructor(...args) { super(...(args.length ? args : [Real.now() + shift])); }
    static now() { return Real.now() + shift; }
  };
})();
"""
NO_STORAGE = """
Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
"""
# What a phone may have to fetch before its first answer, on slow 4G.
MOST_BYTES = 60_000
FETCHED = """
() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter(({ name }) => !name.includes("/socket.io/"))
  .reduce((sum, { transferSize }) => sum + transferSize, 0)
"""
YEAR_MS = 365 * 86_400_000


def test_a_name_is_asked_once_when_the_teacher_wants_names(cast: Cast) -> None:
    hana = cast.hana()
    code = hana.open_session(names=True)
    ann = cast.student()
    ann.page.goto(f"/j/{code}")
    field = ann.page.get_by_label("Your teacher asks for your name")
    expect(field).to_be_focused()
    field.fill("Ann")
    ann.page.keyboard.press("Enter")
    expect(ann.page.locator("#name")).to_have_text("Ann")
    expect(hana.page.locator("#people li")).to_have_text(["Ann"])

    ann.page.reload()

    expect(ann.page.locator("#name")).to_have_text("Ann")
    expect(field).to_be_hidden()
    expect(hana.page.locator("#people li")).to_have_text(["Ann"])


def test_a_given_name_can_be_changed(cast: Cast) -> None:
    hana = cast.hana()
    ben = cast.student().join(hana.open_session())
    ben.page.get_by_role("button", name="change").click()
    ben.page.get_by_label("Your name").fill("Ben")
    ben.page.get_by_role("button", name="Use this name").click()

    expect(ben.page.locator("#name")).to_have_text("Ben")
    expect(hana.page.locator("#people li")).to_have_text(["Ben"])
    expect(ben.page.get_by_role("button", name="change")).to_be_focused()


def test_a_wrong_code_says_so_under_the_field_and_keeps_it(cast: Cast) -> None:
    zoe = cast.student()
    zoe.page.goto("/")
    expect(zoe.page.locator("#code")).to_be_focused()
    zoe.page.keyboard.type("22222")
    expect(zoe.page.locator("#code-fault")).to_contain_text(WRONG)
    expect(zoe.page.locator("#code")).to_have_value("22222")

    zoe.page.goto("/j/22222")
    expect(zoe.page.locator("#trouble")).to_contain_text("No class is open under the code 22222")
    zoe.page.get_by_role("link", name="Type the code again").click()
    expect(zoe.page.locator("#code")).to_have_value("22222")
    expect(zoe.page.locator("#code-fault")).to_contain_text(WRONG)


def test_the_code_works_without_scripts(cast: Cast) -> None:
    hana = cast.hana()
    code = hana.open_session()
    ann = cast.student(java_script_enabled=False)
    ann.page.goto("/")
    ann.page.locator("#code").fill(f" {code.lower()} ")
    ann.page.get_by_role("button", name="Join").click()

    expect(ann.page).to_have_url(re.compile(f"/j/{code}$"))
    assert "This page needs JavaScript" in ann.page.content()


def test_an_ended_session_says_so_to_everybody(cast: Cast) -> None:
    hana = cast.hana()
    code = hana.open_session()
    ann = cast.student().join(code)
    screen = cast.projector(hana.display_url)
    expect(screen.page.locator("#lobby")).to_contain_text("1 here")

    hana.press("End the session …")
    expect(hana.page.locator("#end-sure")).to_contain_text("is kept until")
    hana.press("End it now")

    expect(ann.page.locator("#trouble")).to_have_text("This class has ended. Thank you for taking part.")
    expect(screen.page.locator("#gone-why")).to_have_text("The session has ended.")
    hana.page.wait_for_url("**/record")
    ann.page.reload()
    expect(ann.page.locator("#trouble")).to_contain_text(f"No class is open under the code {code}")


def test_the_keyboard_alone_joins_and_votes(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().type_code(hana.open_session())
    hana.quick_poll("A–D")
    expect(ann.option("C")).to_be_visible()

    press_tab_until(ann, "C")
    ann.page.keyboard.press("Enter")
    ann.is_counted("C")
    expect(ann.option("C")).to_be_focused()
    ann.page.keyboard.press("Tab")
    ann.page.keyboard.press("Space")
    ann.is_counted("D")

    hana.sees_votes({"A": 0, "B": 0, "C": 0, "D": 1})


def press_tab_until(student: Student, name: str) -> None:
    for _ in range(20):
        student.page.keyboard.press("Tab")
        if student.option(name).evaluate("button => button === document.activeElement"):
            return
    raise AssertionError(f"Option {name} is not reached by the Tab key.")


@pytest.mark.parametrize("shift_ms", [3 * YEAR_MS, -10 * YEAR_MS], ids=["fast", "slow"])
def test_a_phone_with_a_wrong_clock_loses_nothing(cast: Cast, shift_ms: int) -> None:
    hana = cast.hana()
    ann = cast.student()
    ann.context.add_init_script(SHIFT_CLOCK % shift_ms)
    ann.join(hana.open_session())
    name = ann.name
    hana.quick_poll("A–D")
    expect(ann.option("B")).to_be_visible()
    ann.may_be_cut = True
    ann.context.set_offline(True)
    expect(ann.page.locator("#line")).to_contain_text("Offline")
    ann.vote("B")
    ann.says("saved on this phone")
    ann.page.wait_for_timeout(3000)
    ann.context.set_offline(False)

    ann.is_counted("B")
    ann.page.reload()
    ann.is_counted("B")
    assert ann.name == name
    hana.sees_votes({"A": 0, "B": 1, "C": 0, "D": 0})


def test_a_vote_kept_on_a_phone_does_not_answer_the_next_question(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    hana.quick_poll("A–D")
    expect(ann.option("B")).to_be_visible()
    ann.may_be_cut = True
    ann.context.set_offline(True)
    expect(ann.page.locator("#line")).to_contain_text("Offline")
    ann.vote("B")
    hana.start_over()
    ann.context.set_offline(False)

    ann.says("The poll began anew; the answer you kept was not sent. Tap your answer.")
    hana.sees_votes({"A": 0, "B": 0, "C": 0, "D": 0})
    ann.vote("C")
    ann.is_counted("C")


def test_a_poll_that_begins_anew_says_what_became_of_an_answer(cast: Cast) -> None:
    hana = cast.hana()
    ann, ben = (cast.student() for _ in range(2))
    ann.join(hana.open_session())
    ben.join(hana.code)
    hana.quick_poll("A–D")
    expect(ann.option("B")).to_be_visible()
    ben.vote("C")
    ben.is_counted("C")
    ann.may_be_cut = True
    ann.context.set_offline(True)
    expect(ann.page.locator("#line")).to_contain_text("Offline")
    ann.vote("B")
    hana.press("Pause")
    ann.context.set_offline(False)
    ann.says("Paused before your answer B arrived")

    hana.start_over()

    paused = "Paused. Wait until your teacher opens it."
    said = expect(ann.page.locator("[data-ref=answer]"))
    said.to_have_text(f"The poll began anew; your answer was not counted. {paused}", timeout=8000)
    ben.says(f"The poll began anew; your answer was cleared. {paused}")
    ben.page.reload()
    expect(ben.page.locator("[data-ref=answer]")).to_have_text(paused)


def test_a_vote_that_waits_while_the_poll_is_paused_counts_when_it_opens(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    hana.quick_poll("Yes / No")
    expect(ann.option("A")).to_be_visible()
    ann.may_be_cut = True
    ann.context.set_offline(True)
    expect(ann.page.locator("#line")).to_contain_text("Offline")
    ann.vote("A")
    hana.press("Pause")
    ann.context.set_offline(False)
    ann.says("Paused before your answer A arrived")
    hana.sees_votes({"A": 0, "B": 0})

    hana.press("Open for answers")

    ann.is_counted("A")
    hana.sees_votes({"A": 1, "B": 0})


def test_a_browser_that_forbids_storing_keeps_its_seat_and_vote(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student()
    ann.context.add_init_script(NO_STORAGE)
    ann.join(hana.open_session())
    name = ann.name
    hana.quick_poll("Yes / No")
    ann.vote("B")
    ann.is_counted("B")

    ann.page.reload()

    ann.is_counted("B")
    assert ann.name == name
    hana.sees_votes({"A": 0, "B": 1})


def test_a_phone_fetches_little_before_its_first_answer(cast: Cast) -> None:
    hana = cast.hana()
    code = hana.open_session()
    hana.quick_poll("A–D")
    ann = cast.student().join(code)
    ann.vote("A")
    ann.is_counted("A")

    assert 10_000 < ann.page.evaluate(FETCHED) <= MOST_BYTES
