"""What a page must stand: axe in both themes, large targets, 400 % zoom, text spaced out."""

from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Page

from ..project.files import ROOT
from .cast import Person

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The rule for targets of WCAG 2.2 is off by default.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# The same page in its other theme differs in nothing else.
COLOURS = {"runOnly": ["color-contrast"]}
# What is seen of a page, without its words: two pages alike in this look the same to axe.
SHAPE = """
() => [...document.body.querySelectorAll("*")].filter((part) => part.checkVisibility())
  .map((part) => [part.tagName, part.className, part.getAttributeNames()])
  .join("; ")
"""
known_shapes: set[int] = set()
# Our own measure; WCAG 2.2 AA asks for 24.
LEAST_TARGET_PX = 44
# 1280 px at 400 %.
ZOOMED = {"width": 320, "height": 256}
# Inline links in a sentence are exempt, as in WCAG 2.5.8.
SMALL_TARGETS = """
(least) => [...document.querySelectorAll("button, a, input:not([type=hidden]), summary")]
  .filter((target) => target.checkVisibility() && !target.closest("p a") && !target.matches(".skip"))
  .map((target) => [target.closest("label") ?? target, target.outerHTML.slice(0, 120)])
  .filter(([target]) => target.getBoundingClientRect().height < least)
  .map(([, html]) => html)
"""
# What sticks out at the side, unless its box scrolls, as that of a table does.
STICKING_OUT = """
() => {
  const isScroller = (part) => /auto|scroll/.test(getComputedStyle(part).overflowX);
  const scrolls = (part) => part && (isScroller(part) || scrolls(part.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((part) => part.checkVisibility() && !part.closest(".visually-hidden, .skip, svg"))
    .filter((part) => {
      const { left, right, width } = part.getBoundingClientRect();
      return width > 0 && (right > innerWidth + 1 || left < -1) && !scrolls(part.parentElement);
    })
    .map((part) => part.outerHTML.slice(0, 120));
}
"""
# Text that its own box cuts off, without an ellipsis to say so.
CUT_OFF = """
() => [...document.body.querySelectorAll("*")]
  .filter((part) => part.innerText?.trim() && part.checkVisibility() && !part.closest(".visually-hidden, svg"))
  .filter((part) => {
    const { overflowX, overflowY, textOverflow } = getComputedStyle(part);
    const hides = (overflow) => overflow === "hidden" || overflow === "clip";
    return (hides(overflowX) && textOverflow !== "ellipsis" && part.scrollWidth > part.clientWidth + 1)
      || (hides(overflowY) && part.scrollHeight > part.clientHeight + 1);
  })
  .map((part) => part.outerHTML.slice(0, 120))
"""
# Plots follow the width of their frame in the frame after; colours in transition are nobody's colours.
SETTLE = """
async () => {
  for (const _ of [1, 2]) await new Promise((resolve) => requestAnimationFrame(resolve));
  for (const animation of document.getAnimations()) animation.cancel();
}
"""
# What has the focus, when another part lies on most of it (WCAG 2.4.11).
COVERED = """
() => {
  const part = document.activeElement;
  if (part === document.body) return [];
  const { left, top, width, height } = part.getBoundingClientRect();
  const places = [0.1, 0.3, 0.5, 0.7, 0.9];
  const seen = places.flatMap((x) => places.map((y) => document.elementFromPoint(left + x * width, top + y * height)))
    .filter((found) => found && (part.contains(found) || found.contains(part)));
  return seen.length * 2 < places.length ** 2 ? [part.outerHTML.slice(0, 120)] : [];
}
"""
# WCAG 1.4.12. A sheet made by script, because the pages' policy refuses a style element.
SPACED = """
(isOn) => {
  const sheet = new CSSStyleSheet();
  if (isOn) sheet.replaceSync(
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } "
    + "p { margin-block-end: 2em !important }");
  document.adoptedStyleSheets = [sheet];
}
"""


def issues(page: Page, options: dict[str, Any] = OPTIONS) -> list[str]:
    """Every issue that axe finds, of whatever impact, in words."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate("(options) => axe.run(options)", options)
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html'][:150]} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def last_issues(people: Iterable[Person]) -> list[str]:
    """On the pages as they stand at the end: those of one student, of one teacher and of one other person."""
    one_each = {type(person): person for person in people if _can_be_looked_at(person)}
    return [f"{person.page.url}: {issue}" for person in one_each.values() for issue in _last_issues(person.page)]


def _can_be_looked_at(person: Person) -> bool:
    page = person.page
    is_ours = not page.is_closed() and page.url.startswith(person.base_url)
    return is_ours and person.has_scripts and bool(page.evaluate("navigator.onLine"))


def _last_issues(page: Page) -> list[str]:
    """Of a shape that this run has not seen yet: most tests end where another one did."""
    page.evaluate(SETTLE)
    shape = hash((bool(page.title()), page.evaluate(SHAPE)))
    if shape in known_shapes:
        return []
    known_shapes.add(shape)
    return issues(page)


def is_fine(page: Page, *, small: dict[str, int] | None = None, least_px: int = LEAST_TARGET_PX) -> None:
    """At its size in light; at `small`, where that is given, in dark; then zoomed, and with its text spaced out."""
    usual, was_dark = page.viewport_size, page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert usual is not None
    page.emulate_media(color_scheme="light")
    looks_fine(page, least_px)
    page.emulate_media(color_scheme="dark")
    if small:
        page.set_viewport_size(small)
        looks_fine(page, least_px)
    else:
        page.evaluate(SETTLE)
        nothing_found(page, "axe", issues(page, COLOURS))
    stands_zoom(page)
    page.set_viewport_size(usual)
    page.emulate_media(color_scheme="dark" if was_dark else "light")


def looks_fine(page: Page, least_px: int) -> None:
    page.evaluate(SETTLE)
    nothing_found(page, "axe", issues(page))
    nothing_found(page, "small targets", page.evaluate(SMALL_TARGETS, least_px))
    nothing_found(page, "sticks out", page.evaluate(STICKING_OUT))


def stands_zoom(page: Page) -> None:
    """400 %, as it is and with its text spaced out as far as readers may want it."""
    page.set_viewport_size(ZOOMED)
    page.evaluate(SETTLE)
    nothing_found(page, "sticks out at 400 %", page.evaluate(STICKING_OUT))
    page.evaluate(SPACED, True)
    nothing_found(page, "sticks out, spaced out", page.evaluate(STICKING_OUT))
    nothing_found(page, "cut off, spaced out", page.evaluate(CUT_OFF))
    page.evaluate(SPACED, False)


def focus_is_in_sight(page: Page, tabs: int) -> None:
    """Wherever the next so many presses of Tab lead."""
    for _ in range(tabs):
        page.keyboard.press("Tab")
        nothing_found(page, "covered", page.evaluate(COVERED))


def nothing_found(page: Page, what: str, found: list[str]) -> None:
    # With its findings in the message, because pytest shows them only for asserts in test files.
    assert not found, f"{page.url}, {page.viewport_size}: {what}: {found}"
