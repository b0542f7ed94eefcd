"""Renews the docs: single pictures, one sheet with all sizes and themes of each state, and the page that shows them."""

import base64
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from ...project.files import ROOT
from ..cast import chromium
from .album import SCHEMES, Album, Scheme, State

IMAGES = ROOT / "docs" / "images"
SHEETS = IMAGES / "screens"
SCREENS_MD = ROOT / "docs" / "screens.md"
QUALITY, SHEET_QUALITY = 80, 60
SHEET_PX, LESSON_PX, SETTLED_MS = 1280, 1720, 200
# Chapter: the pages in it, by the first word of their states' names.
CHAPTERS = {
    "Students": ("join", "student"),
    "The board": ("board", "device"),
    "The projector": ("projector",),
    "Before and after class": ("home", "lesson", "record"),
    "Signing in and the account": ("signin", "account"),
    "The people who run the server": ("admin",),
    "When something is wrong": ("error",),
    "From right to left": ("arabic",),
    "The style guide": ("style",),
}
# What README and docs/teachers show: file, state, width.
SINGLES = (
    ("home", "home", 1280),
    ("lesson-editor", "lesson", 1280),
    ("step", "lesson-step", 1280),
    ("board-empty", "board-empty", 1280),
    ("board-lesson", "board-lesson", 1280),
    ("board", "board-revealed", 1280),
    ("board-phone", "board-tab-live", 390),
    ("keys", "board-keys", 1280),
    ("remote", "device-remote", 1280),
    ("ending", "board-ending", 1280),
    ("join", "join", 390),
    ("waiting", "student-waiting", 390),
    ("question", "student-question", 390),
    ("student", "student-results", 390),
    ("offline", "student-saved", 390),
    ("lobby", "projector-here", 1280),
    ("asked", "projector-question", 1280),
    ("projector", "projector-results", 1280),
    ("record", "record", 1280),
    ("account", "account-safe", 1280),
    ("arabic", "arabic-student", 390),
)
STYLE = """
<style>
  body { margin: 0; padding: 20px; box-sizing: border-box; background: #dfe2e8; font: 15px system-ui, sans-serif }
  .row { display: grid; grid-template-columns: var(--columns); gap: 16px; align-items: start; margin-block-end: 16px }
  figure { margin: 0 } figcaption { padding-block-end: 4px; color: #333 }
  figure div { max-height: 500px; overflow: hidden; border-radius: 6px; box-shadow: 0 1px 4px #0004 }
  .whole div { max-height: none }
  img { display: block; width: 100% }
  .lesson { display: grid; grid-template: 360px 480px / 1fr 640px; gap: 28px 32px; padding: 16px }
  .lesson .board { grid-row: 1 / 3; align-self: center; border-radius: 12px }
  .lesson .projector { border-radius: 12px }
  .lesson .student { width: auto; height: 480px; border-radius: 20px; justify-self: center }
</style>
"""


def renew_docs(album: Album) -> None:
    SHEETS.mkdir(parents=True, exist_ok=True)
    for old in (*IMAGES.glob("*.*"), *SHEETS.glob("*.*")):
        old.unlink()
    with sync_playwright() as playwright, chromium(playwright) as browser:
        page = browser.new_page()
        for file, name, width in SINGLES:
            picture(page, img(album.states[name].shot(width)), IMAGES / f"{file}.webp", width, QUALITY, margin=False)
        picture(page, together(album), IMAGES / "lesson.webp", LESSON_PX, QUALITY)
        for state in album.states.values():
            picture(page, sheet(state), SHEETS / f"{state.name}.webp", SHEET_PX, SHEET_QUALITY)
    SCREENS_MD.write_text("\n".join(screens_md(album)))


def img(path: Path, kind: str = "") -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    return f'<img class="{kind}" src="data:image/png;base64,{data}">'


def together(album: Album) -> str:
    """Board, projector and phone in one picture."""
    shown = (
        ("board", "board-revealed", 1280),
        ("projector", "projector-results", 1280),
        ("student", "student-results", 390),
    )
    pictures = (img(album.states[name].shot(width), kind) for kind, name, width in shown)
    return f'<div class="lesson">{"".join(pictures)}</div>'


def sheet(state: State) -> str:
    """A row for each theme; what is longer than the row is high is cut.

    Where there is one size only, both themes share a row: nothing is blown up to fill it, and nothing is cut.
    """
    widths = sorted({shot.width for shot in state.shots})
    if len(widths) == 1:
        cells = [figure(state, widths[0], scheme) for scheme in SCHEMES]
        return row("row whole", [f"minmax(0, {widths[0]}px)"] * len(cells), cells)
    columns = [f"{min(width, 900)}fr" for width in widths]
    return "".join(row("row", columns, [figure(state, width, scheme) for width in widths]) for scheme in SCHEMES)


def figure(state: State, width: int, scheme: Scheme) -> str:
    caption = f"<figcaption>{width} px, {scheme}</figcaption>"
    return f"<figure>{caption}<div>{img(state.shot(width, scheme))}</div></figure>"


def row(kind: str, columns: list[str], cells: list[str]) -> str:
    return f'<div class="{kind}" style="--columns: {" ".join(columns)}">{"".join(cells)}</div>'


def picture(page: Page, body: str, path: Path, width: int, quality: int, *, margin: bool = True) -> None:
    """As WebP, which Playwright's own screenshots cannot be."""
    page.set_viewport_size({"width": width, "height": 200})
    page.set_content(STYLE + body)
    if not margin:
        page.evaluate("document.body.style.padding = 0")
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    page.wait_for_timeout(SETTLED_MS)
    height = page.evaluate("document.body.scrollHeight")
    shot = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    options = {"format": "webp", "quality": quality, "captureBeyondViewport": True, "clip": shot}
    data = page.context.new_cdp_session(page).send("Page.captureScreenshot", options)["data"]
    path.write_bytes(base64.b64decode(data))


def screens_md(album: Album) -> Iterable[str]:
    yield "# Every page and state\n"
    yield "Made by `./dev shots`, which drives a whole lesson. Each picture shows one state at every size, light and"
    yield "dark; what is higher than its row is cut. `./dev shots FOLDER` writes everything in full size.\n"
    for chapter, pages in CHAPTERS.items():
        yield f"## {chapter}\n"
        for state in (state for name in pages for state in album.states.values() if state.page == name):
            yield f"### {state.page.capitalize()}: {state.caption}\n"
            yield f"![{state.caption}](images/screens/{state.name}.webp)\n"
