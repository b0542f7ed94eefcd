"""Names that show nothing are refused in words, and no phone remembers them."""

import pytest
from playwright.sync_api import Locator, expect

from .cast import Student
from .conftest import Cast

pytestmark = pytest.mark.browser

FAULT = "Type a name that can be seen: at least one letter or digit."
# Blanks; what turns the direction of writing; two of no width; a letter that is drawn as nothing.
UNSEEN = [" ", "\u202e", "\u200b\u200b", "\u3164"]
REMEMBERED = "() => localStorage.getItem('lectern.name')"


def is_asked_again(student: Student, field: Locator) -> None:
    expect(student.page.locator("#naming-fault")).to_have_text(FAULT)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        f"Your teacher sees it in the list of who is here. It is kept on this device. {FAULT}"
    )
    expect(field).to_be_focused()
    assert student.page.evaluate(REMEMBERED) is None


@pytest.mark.parametrize("name", UNSEEN, ids=ascii)
def test_a_name_that_shows_nothing_is_refused_in_words(cast: Cast, name: str) -> None:
    hana = cast.hana()
    ann = cast.student()
    ann.page.goto(f"/j/{hana.open_session(names=True)}")
    field = ann.page.get_by_label("Your teacher asks for your name")
    field.fill(name)
    ann.page.keyboard.press("Enter")
    is_asked_again(ann, field)

    ann.page.reload()
    expect(field).to_be_visible()
    expect(ann.page.locator("#naming-fault")).to_be_hidden()
    field.fill("Ann")
    ann.page.keyboard.press("Enter")
    expect(ann.page.locator("#name")).to_have_text("Ann")
    expect(hana.page.locator("#people li")).to_have_text(["Ann"])


def test_a_remembered_name_that_is_refused_is_forgotten(cast: Cast) -> None:
    """As phones have kept one that was never accepted."""
    hana = cast.hana()
    ann = cast.student()
    ann.context.add_init_script('localStorage.setItem("lectern.name", JSON.stringify("\\u202e"))')
    ann.page.goto(f"/j/{hana.open_session(names=True)}")

    field = ann.page.get_by_label("Your teacher asks for your name")
    is_asked_again(ann, field)
    field.press_sequentially("Ann")
    expect(ann.page.locator("#naming-fault")).to_be_hidden()
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_a_name_changed_to_nothing_says_so_and_keeps_the_old_one(cast: Cast) -> None:
    hana = cast.hana()
    ben = cast.student().join(hana.open_session())
    name = ben.name
    ben.page.get_by_role("button", name="change").click()
    field = ben.page.get_by_label("Your name")
    field.fill("")
    ben.page.keyboard.press("Enter")
    is_asked_again(ben, field)

    ben.page.get_by_role("button", name="Keep the old one").click()
    expect(hana.page.locator("#people li")).to_have_text([name])
    ben.page.get_by_role("button", name="change").click()
    expect(ben.page.locator("#naming-fault")).to_be_hidden()
