"""What the pages cost a poor phone: bytes and time to the first answer, to a usable board, work per tally update.

Chromium without a window, its processor slowed four times and its line cut to a slow 4G, as Lighthouse does: 150 ms
there and back, 1.6 Mbit/s down, 0.75 Mbit/s up. The baseline beside every run is the emptiest page that the same server
has, over the same line. (Chromium does not slow a WebSocket; joining and voting take part of a round trip more.)
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
from tests.e2e.cast import LAPTOP, PHONE, PROJECTOR, Teacher, chromium
from tests.e2e.server import Server

SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 768_000 / 8}
SLOWER = 4
STUDENT_READY = "document.querySelector('button.option') && document.querySelector('#line')?.dataset.state === 'online'"
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
    line.send("Network.emulateNetworkConditions", SLOW_4G)
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


def lesson(students: int) -> Iterator[tuple[str, str, Figures]]:
    """One run: variant, title and figures, of the empty page and of Lectern's own."""
    server = Server(LECTERN_LOG_LEVEL="WARNING")
    try:
        server.start()
        with sync_playwright() as playwright, chromium(playwright) as browser:
            blank = visit(browser, f"{server.url}/healthz", "student", PHONE, BLANK_READY)
            board = {"board_ready_ms": blank["student_ready_ms"], "board_kb": blank["student_kb"]}
            yield "blank", "an empty page", {**blank, **board}
            hana = Teacher(browser, server.url, LAPTOP)
            hana.sign_in(server.first_sign_in)
            code = hana.open_session()
            kept = hana.context.storage_state()
            figures = visit(browser, hana.page.url, "board", LAPTOP, BOARD_READY, storage_state=kept)
            hana.quick_poll("A–D")
            figures |= visit(browser, f"{server.url}/j/{code}", "student", PHONE, STUDENT_READY)
            figures |= projector(browser, hana.display_url, server, code, students)
            yield "lectern", "Lectern", figures
    finally:
        server.close()
