"""How little a class has to do: taps and fields are counted by the page itself, from the first load on."""

import time

import pytest
from playwright.sync_api import expect

from .cast import PHONE, Person
from .conftest import Cast

pytestmark = pytest.mark.browser

# Kept over pages: a tap that leads to another page counts too.
COUNT = """
(() => {
  const raise = (name) => sessionStorage.setItem(name, Number(sessionStorage.getItem(name) ?? 0) + 1);
  addEventListener("click", (event) => event.isTrusted && raise("taps"), true);
  addEventListener("keydown", (event) => event.isTrusted && raise("keys"), true);
  addEventListener("submit", () => raise("forms"), true);
})();
"""
COUNTED = "() => ['taps', 'keys', 'forms'].map((name) => Number(sessionStorage.getItem(name) ?? 0))"


def counted(person: Person) -> dict[str, int]:
    return dict(zip(("taps", "keys", "forms"), person.page.evaluate(COUNTED), strict=True))


def test_from_the_qr_a_vote_is_one_tap_and_no_field(cast: Cast) -> None:
    hana = cast.hana()
    code = hana.open_session()
    hana.quick_poll("A–D")
    ann = cast.student()
    ann.context.add_init_script(COUNT)

    ann.page.goto(f"/j/{code}")
    ann.vote("C")
    ann.is_counted("C")

    assert counted(ann) == {"taps": 1, "keys": 0, "forms": 0}
    assert ann.page.locator("input:visible").count() == 0
    hana.sees_votes({"A": 0, "B": 0, "C": 1, "D": 0})


@pytest.mark.parametrize("typed", ["lower", "spaced"])
def test_a_typed_code_leads_into_the_activity_without_a_button(cast: Cast, typed: str) -> None:
    hana = cast.hana()
    code = hana.open_session()
    hana.quick_poll("Yes / No")
    ann = cast.student()
    ann.context.add_init_script(COUNT)
    keys = code.lower() if typed == "lower" else " ".join(code)

    ann.page.goto("/")
    expect(ann.page.locator("#code")).to_be_focused()
    ann.page.keyboard.type(keys, delay=20)
    expect(ann.option("A")).to_be_visible()

    assert counted(ann) == {"taps": 0, "keys": len(keys), "forms": 0}


def test_a_second_tap_changes_the_vote(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student()
    ann.context.add_init_script(COUNT)
    ann.join(hana.open_session())
    hana.quick_poll("A–D")

    ann.vote("A")
    ann.is_counted("A")
    ann.vote("D")
    ann.is_counted("D")

    assert counted(ann)["taps"] == 2
    hana.sees_votes({"A": 0, "B": 0, "C": 0, "D": 1})


def test_from_the_idea_to_an_open_vote_is_two_taps_on_a_phone(cast: Cast) -> None:
    hana = cast.hana(is_mobile=True, has_touch=True)
    ann = cast.student().join(hana.open_session())
    hana.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    before = counted(hana)["taps"]
    hana.context.add_init_script(COUNT)
    hana.page.reload()
    hana.page.get_by_role("button", name="A–D", exact=True).tap()
    ann.vote("A")
    ann.is_counted("A")
    assert counted(hana)["taps"] == before + 1, "from a board where nothing runs it is one"

    started_s = time.monotonic()
    hana.page.get_by_role("button", name="Run list", exact=True).tap()
    hana.page.get_by_role("button", name="Yes / No", exact=True).tap()

    expect(ann.page.locator(".words").filter(has_text="Yes")).to_be_visible()
    assert counted(hana)["taps"] == before + 3
    assert time.monotonic() - started_s < 5
