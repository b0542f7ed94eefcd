"""A thousand students, which is a full class, and none: both screens say how many; the board shows some names."""

import pytest
from playwright.sync_api import Page, expect

from .accessibility import STICKING_OUT, nothing_found
from .cast import LAPTOP, PHONE, PROJECTOR
from .conftest import Cast

pytestmark = pytest.mark.browser

# All seats of a class but one.
CROWD = 999
MOST_SHOWN = 30


def sticks_out_nowhere(page: Page, *sizes: dict[str, int]) -> None:
    for size in sizes:
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        nothing_found(page, "sticks out", page.evaluate(STICKING_OUT))


def test_a_thousand_students(cast: Cast) -> None:
    hana = cast.hana()
    code = hana.open_session()
    cast.server.add_crowd(code, CROWD)
    hana.page.reload()
    screen = cast.projector(hana.display_url).page
    expect(hana.page.locator("#here")).to_have_text("999 here")
    expect(screen.locator("#lobby .count")).to_have_text("999 here")
    expect(hana.page.locator("#people li")).to_have_count(MOST_SHOWN)
    expect(hana.page.locator("#people-more")).to_have_text("and 969 more")
    sticks_out_nowhere(screen, PROJECTOR)

    ann = cast.student().join(code)
    expect(hana.page.locator("#here")).to_have_text("1,000 here")
    hana.quick_poll("A–D")
    ann.vote("B")
    ann.is_counted("B")

    expect(hana.page.locator("#answered")).to_have_text("1 of 1,000 answered")
    expect(screen.locator(".answered")).to_contain_text("1 of 1,000 answered")
    expect(screen.locator("#bar .count")).to_have_text("1,000 here")
    names_are_found(hana.page)
    zoe = cast.student()
    zoe.page.goto(f"/j/{code}")
    expect(zoe.page.locator("#trouble")).to_contain_text("This session is full. Ask your teacher.")
    sticks_out_nowhere(screen, PROJECTOR)
    sticks_out_nowhere(hana.page, LAPTOP, PHONE)
    hana.press("People and more")
    sticks_out_nowhere(hana.page, PHONE)


def names_are_found(board: Page) -> None:
    search = board.get_by_label("Search a name")
    names, more = board.locator("#people li"), board.locator("#people-more")
    search.fill(" STUDENT 77")
    expect(more).to_have_text("11 found")
    expect(names).to_have_text(["Student 77", *(f"Student {number}" for number in range(770, 780))])
    search.fill("student 999")
    expect(names).to_have_text(["Student 999"])
    search.fill("Zoe")
    expect(more).to_have_text("Nobody of this name is here.")
    expect(names).to_have_count(0)
    search.fill("")
    expect(names).to_have_count(MOST_SHOWN)
    expect(more).to_have_text("and 970 more")


def test_nobody(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    screen = cast.projector(hana.display_url).page

    expect(hana.page.locator("#here")).to_have_text("0 here")
    expect(screen.locator("#lobby .count")).to_have_text("0 here")
    expect(hana.page.locator("#nobody")).to_have_text("Nobody yet.")
    expect(hana.page.get_by_label("Search a name")).to_be_hidden()
    hana.quick_poll("A–D")
    expect(screen.locator("#bar .count")).to_have_text("0 here")
    hana.sees_votes({"A": 0, "B": 0, "C": 0, "D": 0})
    sticks_out_nowhere(screen, PROJECTOR)
    sticks_out_nowhere(hana.page, LAPTOP, PHONE)
