"""What the pages cost a poor phone: bytes and time to the first answer, to a usable board, work per tally update.

Chromium without a window, its processor slowed four times as Lighthouse does; students and boards come over the slow 4G
of `slow_line`: 150 ms there and back, 1.6 Mbit/s down, 0.75 Mbit/s up, WebSockets and the setting up of connections
included. The projector's line is not slowed: there it is the processor that counts. The baseline beside every run is
the emptiest page that the same server has, over the same line.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.load.voters import voting
from bench.slow_line import slow_line
from tests.e2e.cast import LAPTOP, PHONE, PROJECTOR, Teacher, chromium
from tests.e2e.server import Server

SLOWER = 4
STUDENT_READY = (
    "document.querySelector('button.option')?.checkVisibility()"
    " && document.querySelector('#line')?.dataset.state === 'online'"
)
BOARD_READY = "document.querySelector('[data-launch]') && document.querySelector('#line')?.dataset.state === 'online'"
BLANK_READY = "document.readyState === 'complete'"
SETTLE_MS = 1000
# Looks at every frame, so that the time is that of the first frame in which the page can be used.
WATCH = """
  window.shifted = 0; window.tasks = [];
  const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch("layout-shift", ({ value, hadRecentInput }) => { if (!hadRecentInput) window.shifted += value; });
  watch("longtask", ({ duration }) => window.tasks.push(duration));
  const look = () => { if (%s) window.readyAt = performance.now(); else requestAnimationFrame(look); };
  requestAnimationFrame(look);
"""
Figures = dict[str, float]


class Counter:
    """Counts what comes over the line, compressed, headers included."""

    def __init__(self, line: CDPSession) -> None:
        self.bytes = 0.0
        line.on("Network.loadingFinished", self._finished)

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]


@contextmanager
def poor_device(
    browser: Browser, size: dict[str, int], ready: str, **options: Any
) -> Iterator[tuple[Page, CDPSession]]:
    context = browser.new_context(viewport=size, **options)
    context.add_init_script(WATCH % ready)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    try:
        yield page, line
    finally:
        context.close()


def wait_until(page: Page, condition: str, limit_s: float = 60) -> None:
    """Playwright's own waiting evaluates strings in the page, which our content policy forbids."""
    deadline = time.monotonic() + limit_s
    while not page.evaluate(condition):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {limit_s:.0f} s: {condition}")
        page.wait_for_timeout(50)


def seen(place: str, words: str) -> str:
    """The condition that one of these elements is to be seen and says this."""
    return (
        f"[...document.querySelectorAll('{place}')]"
        f".some((one) => one.checkVisibility() && one.textContent.includes('{words}'))"
    )


def visit(browser: Browser, url: str, name: str, size: dict[str, int], ready: str, **options: Any) -> Figures:
    """Milliseconds until it can be used, kB until then, layout shift until a second later."""
    with poor_device(browser, size, ready, **options) as (page, line):
        counted = Counter(line)
        page.goto(url, wait_until="commit")
        wait_until(page, "window.readyAt !== undefined")
        figures = {f"{name}_ready_ms": page.evaluate("window.readyAt"), f"{name}_kb": counted.bytes / 1000}
        page.wait_for_timeout(SETTLE_MS)
        return {**figures, f"{name}_shift": page.evaluate("window.shifted")}


def projector(browser: Browser, url: str, server: Server, code: str, students: int) -> Figures:
    """The longest task of the projector while a full class votes, and what an update costs it."""
    with poor_device(browser, PROJECTOR, "true") as (page, line):
        page.goto(url)
        page.wait_for_timeout(3 * SETTLE_MS)
        asked = threading.Event()
        joined = threading.Event()
        generator = threading.Thread(target=lambda: asyncio.run(voting(server.port, code, students, joined, asked)))
        generator.start()
        joined.wait(60)
        page.wait_for_timeout(2 * SETTLE_MS)
        line.send("Performance.enable")
        page.evaluate("window.tasks.length = 0; window.shifted = 0")
        before = _busy(line)
        asked.set()
        wait_until(page, f"document.body.innerText.includes('{students} of {students} answered')")
        busy = _busy(line) - before
        longest = page.evaluate("Math.max(0, ...window.tasks)")
        generator.join(30)
        return {
            "tally_longest_ms": longest,
            "tally_busy_ms": busy * 1000,
            "tally_shift": page.evaluate("window.shifted"),
        }


def _busy(line: CDPSession) -> float:
    """Seconds that the page's main thread has worked."""
    found = line.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in found if one["name"] == "TaskDuration")


def shift_in_lesson(browser: Browser, url: str, hana: Teacher) -> Figures:
    """Layout shift of a student's page that has come to rest, by all that the teacher does and suffers after that."""
    with poor_device(browser, PHONE, STUDENT_READY) as (page, _):
        page.goto(url, wait_until="commit")
        wait_until(page, "window.readyAt !== undefined")
        page.wait_for_timeout(2 * SETTLE_MS)
        page.evaluate("window.shifted = 0")
        hana.quick_poll("1–5")
        wait_until(page, seen(".letter", "5"))
        page.wait_for_timeout(SETTLE_MS)
        # Results without a vote are not shown to anybody.
        page.locator("button.option:visible").filter(has_text="5").click()
        wait_until(page, seen("[data-ref=answer]", "is counted"))
        page.wait_for_timeout(SETTLE_MS)
        hana.press("Reveal the results")
        wait_until(page, seen(".votes", "100%"))
        page.wait_for_timeout(SETTLE_MS)
        with hana.without_line():
            wait_until(page, seen("#host-away", "teacher"))
            page.wait_for_timeout(SETTLE_MS)
        wait_until(page, f"!({seen('#host-away', 'teacher')})")
        page.wait_for_timeout(SETTLE_MS)
        return {"lesson_shift": page.evaluate("window.shifted")}


def lesson(students: int) -> Iterator[tuple[str, str, Figures]]:
    """One run: variant, title and figures, of the empty page and of Lectern's own."""
    server = Server(LECTERN_LOG_LEVEL="WARNING")
    try:
        server.start()
        with sync_playwright() as playwright, chromium(playwright) as browser, slow_line(server.port) as slow_url:
            blank = visit(browser, f"{slow_url}/healthz", "student", PHONE, BLANK_READY)
            board = {"board_ready_ms": blank["student_ready_ms"], "board_kb": blank["student_kb"]}
            yield "blank", "an empty page", {**blank, **board}
            hana = Teacher(browser, server.url, LAPTOP)
            hana.sign_in(server.first_sign_in)
            yield "lectern", "Lectern", _pages(browser, server, slow_url, hana, students)
    finally:
        server.close()


def _pages(browser: Browser, server: Server, slow_url: str, hana: Teacher, students: int) -> Figures:
    """The board, a student's page, the projector while all vote, and a student's page as the lesson goes on."""
    code = hana.open_session()
    phone_url = f"{slow_url}/j/{code}"
    board_url = hana.page.url.replace(server.url, slow_url)
    kept = hana.context.storage_state()
    figures = visit(browser, board_url, "board", LAPTOP, BOARD_READY, storage_state=kept)
    hana.quick_poll("A–D")
    figures |= visit(browser, phone_url, "student", PHONE, STUDENT_READY)
    figures |= projector(browser, hana.display_url, server, code, students)
    return figures | shift_in_lesson(browser, phone_url, hana)
