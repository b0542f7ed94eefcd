"""Long texts: on the projector nothing is cut or covered, on a phone nothing scrolls sideways."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .cast import LAPTOP, PHONE, PROJECTOR, Teacher
from .conftest import Cast

pytestmark = pytest.mark.browser

HD = {"width": 1920, "height": 1080}
WORDS = "A planet with a long name and a longer story is what the whole class is asked about here today "
WORD = "Donaudampfschifffahrt" * 5 + "kette"
MEASURES = """
() => {
  const seen = [...document.querySelectorAll("#bar, .question, .option, .answered")].filter((e) => e.offsetHeight);
  const boxes = seen.map((e) => [e.className || e.id, e.getBoundingClientRect()]);
  const isCut = (e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1;
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const spills = (e) => [...e.querySelectorAll(".letter, .words, .votes")].some((part) => {
    const [inner, outer, bar] = [part, e, e.querySelector(".bar")].map((box) => box.getBoundingClientRect());
    return inner.height && (inner.top < outer.top || inner.bottom > bar.top + 1 || inner.right > outer.right);
  });
  const page = document.documentElement;
  return {
    options: seen.filter((e) => e.matches(".option")).length,
    cut: seen.filter((e) => e.id !== "bar" && isCut(e)).map((e) => e.className),
    spilt: seen.filter((e) => e.matches(".option") && spills(e)).length,
    met: boxes.flatMap(([a, one], i) => boxes.slice(i + 1).filter(([, two]) => meet(one, two)).map(([b]) => [a, b])),
    type: Math.min(...seen.filter((e) => e.matches(".option")).map((e) => parseFloat(getComputedStyle(e).fontSize))),
    sideways: page.scrollWidth - innerWidth,
    below: page.scrollHeight - innerHeight,
    isClipped: [page, document.body].some((e) => getComputedStyle(e).overflowY === "hidden"),
  };
}
"""


def text(length: int) -> str:
    return (WORDS * 6)[:length].strip().ljust(length, "e")


def readable(page: Page, *, options: int, least_px: float) -> dict[str, Any]:
    """The measures of a projector on which nothing is cut, covered or too small; said of both sizes of screen."""
    found: dict[str, Any] = {}
    for size in (PROJECTOR, HD):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50, true)))")
        found = page.evaluate(MEASURES)
        faults = {name: found[name] for name in ("cut", "spilt", "met") if found[name]}
        assert faults == {}
        assert found["options"] == options
        assert found["sideways"] <= 0
        assert found["type"] >= least_px * size["height"] / PROJECTOR["height"]
        assert found["below"] <= 0 or not found["isClipped"]
    return found


def test_long_texts_step_down_on_the_projector_until_they_fit(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    screen = cast.projector(hana.display_url).page
    hana.own_poll(text(115), [text(length) for length in (85, 60, 40, 72, 20, 85)])
    expect(screen.locator(".question")).to_have_text(text(115))

    assert readable(screen, options=6, least_px=24)["below"] <= 0

    ann.vote("A")
    hana.press("Reveal the results")
    expect(screen.locator(".votes").first).to_have_text("1 vote, 100%")
    assert readable(screen, options=6, least_px=24)["below"] <= 0

    hana.own_poll(text(500), [text(200)] * 10)
    expect(screen.locator(".question:visible")).to_have_text(text(500))
    readable(screen, options=10, least_px=18)

    hana.press("Close")
    expect(screen.locator(".question:visible")).to_have_text(text(115), timeout=8000)
    readable(screen, options=6, least_px=24)


def test_short_texts_stay_large_on_the_projector(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    screen = cast.projector(hana.display_url).page

    for preset, count in (("A–D", 4), ("1–5", 5)):
        hana.page.get_by_role("button", name=preset, exact=True).click()
        expect(screen.locator(".option:visible")).to_have_count(count)
        assert readable(screen, options=count, least_px=31)["below"] <= 0


def test_one_long_word_scrolls_no_page_sideways(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    screen = cast.projector(hana.display_url).page
    assert len(WORD) == 110
    hana.own_poll(WORD, [WORD, "Ship"])
    ann.vote("A")
    ann.is_counted("A")
    hana.press("Reveal the results")
    expect(ann.option("A").locator(".votes")).to_have_text("1 vote, 100%")
    expect(screen.locator(".votes").first).to_have_text("1 vote, 100%")

    assert ann.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    board_is_no_wider_than_its_window(hana)
    readable(screen, options=2, least_px=18)


def board_is_no_wider_than_its_window(hana: Teacher) -> None:
    for size in (PHONE, LAPTOP):
        hana.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert hana.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
