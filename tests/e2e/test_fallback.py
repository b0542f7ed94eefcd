"""Bad networks: WebSockets are blocked, or the line is dead and nobody has said so."""

from collections.abc import Callable

import pytest
from playwright.sync_api import WebSocketRoute, expect

from .cast import Person, shows_votes
from .conftest import Cast
from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.both_profiles]


def refuse_websockets(person: Person) -> list[str]:
    """What a filter in between does: the upgrade never succeeds. Returns the addresses that were tried."""
    tried: list[str] = []

    def refuse(route: WebSocketRoute) -> None:
        tried.append(route.url)
        route.close(code=4000)

    person.context.route_web_socket("**/*", refuse)
    person.may_be_cut = True
    return tried


def test_a_class_joins_and_votes_over_polling(cast: Cast) -> None:
    hana = cast.hana()
    tried = refuse_websockets(hana)
    code = hana.open_session()
    students = [cast.student() for _ in range(3)]
    for student in students:
        refuse_websockets(student)
        student.join(code)
    screen = cast.projector("about:blank")
    refuse_websockets(screen)
    screen.page.goto(hana.display_url)
    expect(screen.page.locator(".lobby .here")).to_have_text("3 here")

    hana.quick_poll("A–D")
    for student, answer in zip(students, "ABB", strict=True):
        student.vote(answer)
        student.is_counted(answer)

    hana.sees_votes({"A": 1, "B": 2, "C": 0, "D": 0})
    hana.press("Reveal the results")
    shows_votes(screen.page, {"A": 1, "B": 2, "C": 0, "D": 0})
    assert tried != []


def test_a_line_that_died_in_silence_is_said_within_five_seconds(
    own_server: Server, make_cast: Callable[[Server], Cast]
) -> None:
    cast = make_cast(own_server)
    hana = cast.teacher().sign_in(own_server.first_sign_in)
    ann = cast.student().join(hana.open_session())
    screen = cast.projector(hana.display_url)
    hana.quick_poll("A–D")
    expect(screen.page.locator("#bar")).to_be_visible()
    people = (ann, screen, hana)

    own_server.freeze()
    try:
        for person in people:
            person.may_be_cut = True
            expect(person.page.locator("#line")).to_contain_text("Offline", timeout=5000)
        ann.vote("C")
        ann.says("Offline. Your answer C is saved on this phone")
    finally:
        own_server.thaw()

    ann.is_counted("C")
    hana.sees_votes({"A": 0, "B": 0, "C": 1, "D": 0})
    expect(screen.page.locator(".answered")).to_contain_text("1 of 1 answered")
    expect(screen.page.locator("#line")).to_be_empty()
