"""The page with the code field: without a line, and for whoever types before its script is there."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from .cast import Student
from .conftest import Cast

pytestmark = pytest.mark.browser

OFFLINE = "Offline. Nothing can be sent until you are connected again."
UNSURE = "Offline, or the server does not answer."
WRONG = "No class is open under this code"


def is_no_fault(page: Page) -> None:
    expect(page.locator("#code")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#code-fault")).to_be_hidden()


def test_without_a_line_the_page_says_so_and_goes_on_when_it_is_back(cast: Cast) -> None:
    code = cast.hana().open_session()
    ann = cast.student()
    page = ann.page
    page.goto("/")
    ann.may_be_cut = True
    ann.context.set_offline(True)
    expect(page.locator("#code-line")).to_have_text(OFFLINE)
    is_no_fault(page)
    ann.context.set_offline(False)
    expect(page.locator("#code-line")).to_be_hidden()

    ann.context.set_offline(True)
    page.locator("#code").press_sequentially(code)
    expect(page.locator("#code-line")).to_contain_text(UNSURE)
    is_no_fault(page)
    ann.context.set_offline(False)

    page.wait_for_url(re.compile(f"/j/{code}$"))


def late(student: Student) -> list[Route]:
    """Holds back the page's script until it is let through."""
    held: list[Route] = []
    student.page.route(re.compile(r"/pages/join[^/]*\.js"), lambda route: held.append(route))
    return held


def let_through(page: Page, held: list[Route]) -> None:
    page.wait_for_timeout(300)
    for route in held:
        route.continue_()
    assert held


def test_a_code_that_was_typed_before_the_script_came_is_sent(cast: Cast) -> None:
    code = cast.hana().open_session()
    ann = cast.student()
    held = late(ann)
    ann.page.goto("/", wait_until="commit")
    ann.page.locator("#code").press_sequentially(code.lower())
    let_through(ann.page, held)

    ann.page.wait_for_url(re.compile(f"/j/{code}$", re.IGNORECASE))


def test_a_code_that_nobody_has_typed_is_not_sent(cast: Cast) -> None:
    code = cast.hana().open_session()
    ann = cast.student().type_code(code)
    ann.page.go_back()
    expect(ann.page.locator("#code")).to_be_visible()
    ann.page.wait_for_timeout(1000)
    assert not ann.page.url.endswith(code)

    ann.page.goto(f"/?typed={code}")
    expect(ann.page.locator("#code")).to_have_value(code)
    ann.page.wait_for_timeout(1000)
    assert "/j/" not in ann.page.url
    ann.page.goto("/?typed=22222")
    expect(ann.page.locator("#code-fault")).to_contain_text(WRONG)
