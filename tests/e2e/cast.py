"""The people of a lesson, each with a browser of their own, and what they do on the pages."""

import itertools
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, WebSocket, expect

CLASSES = itertools.count(1)
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}
PROJECTOR = {"width": 1280, "height": 720}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What a browser itself says when the line is cut on purpose.
CUT = re.compile(
    r"ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE"
    r"|CONNECTION_CLOSED|NETWORK_CHANGED|FAILED|ABORTED)|WebSocket connection to|WebSocket is closed"
)
# Polling carries frames too, before and instead of a WebSocket.
RECORD_POLLING = """
(() => {
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (...args) {
    this.addEventListener("load", () => { if (this.responseType === "") window.lecternFrame(this.responseText); });
    return open.apply(this, args);
  };
})();
"""


def chromium_path() -> str:
    named = os.environ.get("LECTERN_TEST_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert found, "Browser tests need Chromium: install it, or set LECTERN_TEST_CHROMIUM to its path."
    return found


@contextmanager
def chromium(playwright: Playwright, *more: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*ARGUMENTS, *more])
    yield browser
    browser.close()


class Person:
    """One browser context. Collects every console error, page error and frame of its pages."""

    def __init__(self, browser: Browser, base_url: str, size: dict[str, int], **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(viewport=size, base_url=base_url, **options)
        self.faults: list[str] = []
        self.frames: list[str] = []
        self.may_be_cut = False
        self.base_url = base_url
        self.has_scripts = bool(options.get("java_script_enabled", True))
        self.context.expose_function("lecternFrame", lambda frame: self.frames.append(frame))
        self.context.add_init_script(RECORD_POLLING)
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("websocket", self._record)
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not (self.may_be_cut and CUT.search(text)):
            self.faults.append(f"console: {text}")

    def _record(self, websocket: WebSocket) -> None:
        def keep(frame: str | bytes) -> None:
            self.frames.append(frame if isinstance(frame, str) else frame.decode(errors="replace"))

        websocket.on("framereceived", keep)

    @contextmanager
    def without_line(self) -> Iterator[None]:
        """The line is cut, and the page has said so within 5 seconds."""
        self.may_be_cut = True
        self.context.set_offline(True)
        expect(self.page.locator("#line")).to_have_text("Offline. Reconnecting …", timeout=5000)
        yield
        self.context.set_offline(False)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def leave(self) -> None:
        """Close the browser, after every page has come to rest.

        Chromium forgets a page that is closed while it commits a navigation, and the closing waits for ever:
        https://github.com/microsoft/playwright/issues/42366
        """
        for page in self.context.pages:
            page.goto("about:blank")
        self.context.close()


class Student(Person):
    def join(self, code: str) -> "Student":
        """By the QR: the address, and nothing else."""
        self.page.goto(f"/j/{code}")
        expect(self.page.locator("#line")).to_have_text("Connected")
        return self

    def type_code(self, typed: str) -> "Student":
        self.page.goto("/")
        expect(self.page.locator("#code")).to_be_focused()
        self.page.keyboard.type(typed)
        self.page.wait_for_url(re.compile(r"/j/"))
        expect(self.page.locator("#line")).to_have_text("Connected")
        return self

    @property
    def name(self) -> str:
        return self.text("#name")

    def option(self, name: str) -> Locator:
        return self.page.locator("button.option:visible").filter(has=self.page.locator(f'.letter:text-is("{name}")'))

    def vote(self, name: str) -> None:
        self.option(name).click()

    def says(self, words: str) -> None:
        expect(self.page.locator("[data-ref=answer]:visible")).to_contain_text(words)

    def is_counted(self, name: str) -> None:
        self.says(f"Your answer {name} is counted.")
        expect(self.option(name)).to_have_attribute("aria-pressed", "true")


class Teacher(Person):
    code = ""

    def sign_in(self, link: str) -> "Teacher":
        self.page.goto(link)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("heading", name="My sessions")).to_be_visible()
        return self

    def open_session(self, *, names: bool = False) -> str:
        self.page.goto("/sessions/")
        # Two alike within seconds are taken for one button that was tapped twice.
        self.page.locator("#session-title").fill(f"Class {next(CLASSES)}")
        if names:
            self.page.get_by_label("Ask every student for a name").check()
        self.page.get_by_role("button", name="Open a session").click()
        self.is_connected()
        self.code = self.text(".board-bar .code")
        return self.code

    def is_connected(self) -> None:
        expect(self.page.locator("#line")).to_have_text("Connected")

    @property
    def display_url(self) -> str:
        return str(self.page.locator("#display-link").get_attribute("href"))

    def quick_poll(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        expect(self.page.locator(".room .state").first).to_have_text("Open: students can answer")

    def own_poll(self, question: str, options: list[str]) -> None:
        """A poll of one's own, open for answers; the newest stands first."""
        rooms = self.page.locator(".room")
        before = rooms.count()
        self.press("Own question …")
        expect(rooms).to_have_count(before + 1)
        room = rooms.first
        room.get_by_label("Question", exact=True).fill(question)
        for _ in options[2:]:
            room.get_by_role("button", name="Add an option").click()
        for field, option in zip(room.locator(".option-field input").all(), options, strict=True):
            field.fill(option)
        room.get_by_role("button", name="Save", exact=True).click()
        self.press("Open for answers")
        expect(room.locator(".state")).to_have_text("Open: students can answer")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def start_over(self) -> None:
        """Without waiting until nobody can undo it any more."""
        self.press("Start over")
        self.press("Do it now")

    def offer_another_device(self, name: str = "Continue on another device") -> tuple[Page, str]:
        """The page with the QR, and the address in it."""
        with self.context.expect_page() as opened:
            self.page.get_by_role("button", name=name).click()
        page = opened.value
        return page, page.locator("#offer-address").inner_text()

    def sees_votes(self, counts: dict[str, int]) -> None:
        shows_votes(self.page, counts)


def shows_votes(page: Page, counts: dict[str, int]) -> None:
    """Whether board or projector shows these counts, and no other option."""
    total = sum(counts.values())
    expect(page.locator(".option:visible")).to_have_count(len(counts))
    for name, count in counts.items():
        row = page.locator(".option:visible").filter(has=page.locator(f'.letter:text-is("{name}")'))
        share = int(100 * count / total + 0.5) if total else 0
        expect(row.locator(".votes")).to_have_text(f"{count} vote{'' if count == 1 else 's'}, {share}%")
