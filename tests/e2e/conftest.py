"""A server and a browser for all tests, people for each; whoever saw an error on a page fails the test."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, sync_playwright

from .accessibility import last_issues
from .cast import LAPTOP, PHONE, PROJECTOR, Person, Student, Teacher, chromium
from .server import Server

AnyPerson = TypeVar("AnyPerson", bound=Person)
PASSWORD = "hana's own long pass phrase"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        yield browser


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    server = Server()
    try:
        server.start()
        server.make_user("Hana", PASSWORD)
        yield server
    finally:
        server.close()


@pytest.fixture
def own_server() -> Iterator[Server]:
    """One that the test may kill or freeze."""
    server = Server()
    try:
        yield server.start()
    finally:
        server.close()


class Cast:
    """Makes the people of one test."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser = browser
        self.server = server
        self.people: list[Person] = []

    def student(self, **options: Any) -> Student:
        return self._add(Student(self.browser, self.server.url, PHONE, **options))

    def teacher(self, **options: Any) -> Teacher:
        return self._add(Teacher(self.browser, self.server.url, LAPTOP, **options))

    def hana(self, **options: Any) -> Teacher:
        """Hana, signed in with her password."""
        hana = self.teacher(**options)
        hana.page.goto("/accounts/login/")
        hana.page.get_by_label("Username or e-mail").fill("Hana")
        hana.page.get_by_label("Password").fill(PASSWORD)
        hana.page.get_by_role("button", name="Sign in", exact=True).click()
        hana.page.wait_for_url("**/sessions/")
        return hana

    def projector(self, url: str, **options: Any) -> Person:
        screen = self._add(Person(self.browser, self.server.url, PROJECTOR, **options))
        screen.page.goto(url)
        return screen

    def stranger(self, **options: Any) -> Person:
        return self._add(Person(self.browser, self.server.url, LAPTOP, **options))

    def leave(self) -> None:
        """Everybody closes the browser. Fails on any error that a page, a console, the server or axe reported."""
        faults = [fault for person in self.people for fault in person.faults]
        try:
            faults += last_issues(self.people)
        finally:
            for person in self.people:
                person.leave()
        assert faults == []
        assert "Traceback" not in self.server.log, self.server.log

    def _add(self, person: AnyPerson) -> AnyPerson:
        self.people.append(person)
        return person


@pytest.fixture
def make_cast(browser: Browser) -> Iterator[Callable[[Server], Cast]]:
    casts: list[Cast] = []

    def make(server: Server) -> Cast:
        casts.append(Cast(browser, server))
        return casts[-1]

    yield make
    for cast in casts:
        cast.leave()


@pytest.fixture
def cast(make_cast: Callable[[Server], Cast], server: Server) -> Cast:
    return make_cast(server)
