"""Several languages in one class: everybody reads their own, and all answers count together."""

import pytest
from playwright.sync_api import expect

from .cast import Student
from .conftest import Cast

pytestmark = pytest.mark.browser


def test_a_class_in_three_languages_votes_in_one_poll(cast: Cast) -> None:
    hana = cast.hana()
    code = hana.open_session()
    hana.quick_poll("A–D")
    jan, noor = cast.student(locale="de"), cast.student(locale="ar")

    votes(jan, code, "A", "Deine Antwort A zählt.")
    votes(noor, code, "B", "احتُسبت إجابتك B.")

    hana.sees_votes({"A": 1, "B": 1, "C": 0, "D": 0})
    expect(hana.page.locator("html")).to_have_attribute("lang", "en")
    runs(jan, "de", "ltr")
    runs(noor, "ar", "rtl")


def votes(student: Student, code: str, name: str, told: str) -> None:
    student.page.goto(f"/j/{code}")
    student.vote(name)
    student.says(told)
    expect(student.option(name)).to_have_attribute("aria-pressed", "true")


def runs(student: Student, language: str, direction: str) -> None:
    html = student.page.locator("html")
    expect(html).to_have_attribute("lang", language)
    expect(html).to_have_attribute("dir", direction)
    assert html.evaluate("(html) => getComputedStyle(html).direction") == direction
