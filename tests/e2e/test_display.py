"""The projector: it follows the board, holds or hides what it shows, and speaks the language of the board."""

import re

import pytest
from playwright.sync_api import Page, expect

from .accessibility import issues
from .cast import LAPTOP, PHONE, PROJECTOR, Student, Teacher
from .conftest import Cast

pytestmark = pytest.mark.browser

CAP_HEIGHT = 0.7
OLD_PROJECTOR = {"width": 1024, "height": 768}
FITS = """
(({ scrollWidth, scrollHeight }) => scrollWidth <= innerWidth && scrollHeight <= innerHeight)(document.documentElement)
"""
SHIFTS = """
new PerformanceObserver((list) => {
  for (const { value } of list.getEntries()) window.shifted = (window.shifted ?? 0) + value;
}).observe({ type: "layout-shift" });
"""


def a_poll(cast: Cast) -> tuple[Teacher, Student, Page]:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    screen = cast.projector(hana.display_url).page
    hana.quick_poll("A–D")
    expect(screen.locator(".option:visible")).to_have_count(4)
    return hana, ann, screen


def test_lobby_shows_the_code_large(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    screen = cast.projector(hana.display_url).page
    code = screen.locator(".code-huge")

    expect(code).to_have_text(hana.code)
    expect(screen.locator("#lobby .count")).to_have_text("0 here")
    for size in (PROJECTOR, LAPTOP, OLD_PROJECTOR):
        screen.set_viewport_size(size)
        size_px = float(code.evaluate("(code) => parseFloat(getComputedStyle(code).fontSize)"))
        assert size_px * CAP_HEIGHT >= size["height"] / 8
        assert screen.evaluate(FITS)


def test_lobby_gives_a_wide_code_the_room_it_needs(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    screen = cast.projector(hana.display_url).page
    screen.locator(".code-huge").evaluate("(code) => { code.textContent = 'WQWNH'; }")
    for size in (PROJECTOR, LAPTOP, OLD_PROJECTOR):
        screen.set_viewport_size(size)
        assert screen.evaluate(FITS)
        code, qr = screen.locator(".code-huge").bounding_box(), screen.locator("#lobby .qr").bounding_box()
        assert code is not None
        assert qr is not None
        assert code["x"] + code["width"] <= qr["x"]
        assert qr["width"] >= size["height"] / 5


def test_f_freezes_and_escape_goes_on(cast: Cast) -> None:
    hana, ann, screen = a_poll(cast)
    screen.keyboard.press("f")
    expect(screen.locator("#mode")).to_have_text("Frozen")

    ann.vote("B")
    ann.is_counted("B")
    hana.press("Reveal the results")
    expect(screen.locator("#rooms .votes").nth(1)).to_have_text("1 vote, 100%")

    expect(screen.locator(".held .answered")).to_contain_text("0 of 1 answered")
    expect(screen.locator(".option:visible")).to_have_count(4)
    expect(screen.locator(".held .votes").nth(1)).to_have_text("")
    assert issues(screen) == []
    screen.keyboard.press("Escape")
    expect(screen.locator(".votes:visible").nth(1)).to_have_text("1 vote, 100%")
    expect(screen.locator("#mode")).to_have_text("")


def test_b_blacks_out_and_any_key_brings_it_back(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    screen = cast.projector(hana.display_url).page
    black = screen.locator("#black")

    screen.keyboard.press("B")
    expect(black).to_be_visible()
    assert black.evaluate("(black) => black.offsetHeight === innerHeight && black.offsetWidth === innerWidth")
    assert issues(screen) == []
    screen.keyboard.press("x")
    expect(black).to_be_hidden()

    screen.keyboard.press("f")
    screen.keyboard.press("b")
    screen.keyboard.press("b")
    expect(black).to_be_hidden()
    expect(screen.locator("#mode")).to_have_text("Frozen")


def test_a_reload_while_frozen_holds_what_was_held(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    screen = cast.projector(hana.display_url).page
    expect(screen.locator("#lobby")).to_be_visible()
    hana.press("Freeze")
    expect(screen.locator("#mode")).to_have_text("Frozen")
    hana.quick_poll("A–D")
    screen.reload()
    expect(screen.locator("#mode")).to_have_text("Frozen")
    expect(screen.locator(".held .code-huge")).to_be_visible()
    expect(screen.locator(".option:visible")).to_have_count(0)

    hana.press("Freeze")
    expect(screen.locator(".option:visible")).to_have_count(4)
    hana.press("Freeze")
    expect(screen.locator("#mode")).to_have_text("Frozen")
    hana.quick_poll("1–5")
    for _ in range(2):
        screen.reload()
        expect(screen.locator("#mode")).to_have_text("Frozen")
        expect(screen.locator(".option:visible")).to_have_count(4)

    hana.press("Freeze")
    expect(screen.locator(".option:visible")).to_have_count(5)
    screen.reload()
    expect(screen.locator(".option:visible")).to_have_count(5)


def test_projector_speaks_the_language_of_the_board(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.context.add_cookies([{"name": "django_language", "value": "de", "url": hana.page.url}])
    hana.page.reload()
    screen = cast.projector(hana.display_url, locale="fr").page

    expect(screen.locator("html")).to_have_attribute("lang", "de")
    assert re.search(r"\?language=de$", hana.display_url)


def test_nothing_moves_while_votes_come_in(cast: Cast) -> None:
    hana, ann, screen = a_poll(cast)
    ben = cast.student().join(hana.code)
    hana.press("Reveal the results")
    screen.evaluate(SHIFTS)
    expect(screen.locator(".answered")).to_contain_text("0 of 2 answered")

    for student in (ann, ben):
        student.vote("A")
        student.is_counted("A")
    expect(screen.locator(".votes:visible").first).to_have_text("2 votes, 100%")

    assert screen.evaluate("window.shifted ?? 0") < 0.01


def test_arabic_page_runs_from_the_right_and_nothing_scrolls_sideways(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.own_poll("Was ist " + "Donaudampfschifffahrt" * 5, ["🪐" * 200, "ماذا " * 20, "\u202eevil\u202c" * 20])
    ann = cast.student(locale="ar")
    for path in ("/", f"/j/{hana.code}"):
        ann.page.goto(path)
        expect(ann.page.locator("html")).to_have_attribute("dir", "rtl")
        if path != "/":
            ann.vote("B")
            expect(ann.option("B")).to_have_attribute("aria-pressed", "true")
            assert "\u202e" not in ann.text(".options")
        assert ann.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
