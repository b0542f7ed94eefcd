"""A cut line, on every screen: said within five seconds; what is shown stays, and comes back as things are by then."""

import pytest
from playwright.sync_api import expect

from .accessibility import issues
from .cast import Person, Student, Teacher, shows_votes
from .conftest import Cast

pytestmark = pytest.mark.browser

BACK_MS = 10_000
MARK = "window.isStillTheSame = true"


def a_class(cast: Cast) -> tuple[Teacher, Student, Person]:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    screen = cast.projector(hana.display_url)
    expect(screen.page.locator("#lobby .count")).to_have_text("1 here")
    return hana, ann, screen


def came_back(person: Person, words: str) -> None:
    """Without loading the page again, and without a word about it."""
    expect(person.page.locator("#line")).to_have_text(words, timeout=BACK_MS)
    assert person.page.evaluate("window.isStillTheSame")
    assert person.page.locator("[role=alert]:visible").count() == 0


def test_a_projector_in_the_lobby(cast: Cast) -> None:
    hana, _, screen = a_class(cast)
    screen.page.evaluate(MARK)
    with screen.without_line():
        cast.student().join(hana.code)
        expect(screen.page.locator(".code-huge")).to_have_text(hana.code)
        expect(screen.page.locator("#lobby .count")).to_have_text("1 here")
        assert issues(screen.page) == []

    came_back(screen, "")
    expect(screen.page.locator("#lobby .count")).to_have_text("2 here")


def test_a_projector_with_an_activity(cast: Cast) -> None:
    hana, ann, screen = a_class(cast)
    hana.quick_poll("A–D")
    expect(screen.page.locator(".answered")).to_contain_text("0 of 1 answered")
    screen.page.evaluate(MARK)
    with screen.without_line():
        ann.vote("C")
        ann.is_counted("C")
        hana.press("Reveal the results")
        expect(ann.option("C").locator(".votes")).to_have_text("1 vote, 100%")
        expect(screen.page.locator(".option:visible")).to_have_count(4)
        expect(screen.page.locator(".answered")).to_contain_text("0 of 1 answered")
        assert issues(screen.page) == []

    came_back(screen, "")
    shows_votes(screen.page, {"A": 0, "B": 0, "C": 1, "D": 0})
    expect(screen.page.locator(".answered")).to_contain_text("1 of 1 answered")


def test_a_board(cast: Cast) -> None:
    hana, ann, _ = a_class(cast)
    hana.quick_poll("A–D")
    hana.sees_votes({"A": 0, "B": 0, "C": 0, "D": 0})
    hana.page.evaluate(MARK)
    with hana.without_line():
        ann.vote("B")
        ann.is_counted("B")
        cast.student().join(hana.code)
        expect(ann.page.locator("#host-away")).to_contain_text("Your teacher's connection dropped.", timeout=BACK_MS)
        expect(hana.page.locator("#here")).to_have_text("1 here")
        assert issues(hana.page) == []

    came_back(hana, "Connected")
    expect(hana.page.locator("#here")).to_have_text("2 here")
    hana.sees_votes({"A": 0, "B": 1, "C": 0, "D": 0})
    expect(ann.page.locator("#host-away")).to_be_empty()


def test_a_student_who_waits(cast: Cast) -> None:
    hana, ann, _ = a_class(cast)
    expect(ann.page.locator("#waiting")).to_be_visible()
    ann.page.evaluate(MARK)
    with ann.without_line():
        hana.quick_poll("Yes / No")
        expect(ann.page.locator("#waiting")).to_be_visible()

    came_back(ann, "Connected")
    expect(ann.page.locator("#waiting")).to_be_hidden()
    ann.vote("A")
    ann.is_counted("A")


def test_a_student_who_answers(cast: Cast) -> None:
    hana, ann, _ = a_class(cast)
    hana.quick_poll("Yes / No")
    ann.vote("A")
    ann.is_counted("A")
    ann.page.evaluate(MARK)
    with ann.without_line():
        expect(ann.option("A")).to_have_attribute("aria-pressed", "true")
        ann.vote("B")
        ann.says("Offline. Your answer B is saved on this phone and will be sent.")
        hana.sees_votes({"A": 1, "B": 0})

    ann.is_counted("B")
    came_back(ann, "Connected")
    hana.sees_votes({"A": 0, "B": 1})
