"""The lesson: a class joins, votes, loses its line and its server, and every vote counts once."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .cast import Person, Student, Teacher, shows_votes
from .conftest import Cast
from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.both_profiles, pytest.mark.timeout(300)]

NAMES = ("Ann", "Ben", "Cleo", "Dan", "Eve")
OFFLINE_S = 20


def has_results(frame: str) -> bool:
    return '"votes":{"' in frame


def test_a_lesson_survives_what_happens_to_it(own_server: Server, make_cast: Callable[[Server], Cast]) -> None:
    cast = make_cast(own_server)
    hana = cast.teacher().sign_in(own_server.first_sign_in)
    code = hana.open_session()
    screen = open_screen(cast, hana, code)

    ann, ben, cleo, dan, eve = students = join_all(cast, code)
    names = [student.name for student in students]
    expect(screen.page.locator(".lobby .here")).to_have_text("5 here")
    expect(hana.page.locator("#people li")).to_have_text(names)

    hana.quick_poll("A–D")
    vote_one_by_one((ann, "A"), (ben, "B"), (cleo, "B"))
    reload(cleo, "B")
    hana.sees_votes({"A": 1, "B": 2, "C": 0, "D": 0})
    vote_offline(dan, "C")
    expect(screen.page.locator(".answered")).to_contain_text("4 of 5 answered")
    hana.sees_votes({"A": 1, "B": 2, "C": 1, "D": 0})

    kill_and_restart(own_server, [hana, screen, *students], voter=eve)
    are_counted(students, "ABBCD")
    assert [student.name for student in students] == names
    hana.sees_votes({"A": 1, "B": 2, "C": 1, "D": 1})
    expect(screen.page.locator(".answered")).to_contain_text("5 of 5 answered")
    nothing_leaked([screen, *students], total=5)
    assert [name for name in names if any(name in frame for frame in screen.frames)] == []

    hana.press("Reveal the results")
    shows_votes(screen.page, {"A": 1, "B": 2, "C": 1, "D": 1})
    expect(ann.option("B").locator(".votes")).to_have_text("2 votes, 40%")


def join_all(cast: Cast, code: str) -> list[Student]:
    """The first types the code as people do; the others have the address."""
    first, *others = students = [cast.student() for _ in NAMES]
    first.type_code(f"{code[:2].lower()} {code[2:].lower()}")
    for student in others:
        student.join(code)
    return students


def open_screen(cast: Cast, hana: Teacher, code: str) -> Person:
    screen = cast.projector(hana.display_url)
    expect(screen.page.locator(".code-huge")).to_have_text(code)
    return screen


def vote_one_by_one(*votes: tuple[Student, str]) -> None:
    for student, answer in votes:
        student.vote(answer)
        student.is_counted(answer)


def reload(student: Student, answer: str) -> None:
    student.page.reload()
    student.is_counted(answer)


def are_counted(students: list[Student], answers: str) -> None:
    for student, answer in zip(students, answers, strict=True):
        student.is_counted(answer)


def nothing_leaked(people: list[Person], *, total: int) -> None:
    """How many have voted was told to everybody here, and how they voted to nobody."""
    for person in people:
        assert any(f'"totalVotes":{total}' in frame for frame in person.frames)
        assert [frame for frame in person.frames if has_results(frame)] == []


def vote_offline(student: Student, answer: str) -> None:
    """Away for 20 seconds: said in words within 5, the answer kept on the phone and counted on return."""
    student.may_be_cut = True
    student.context.set_offline(True)
    expect(student.page.locator("#line")).to_contain_text("Offline", timeout=5000)
    cut_at = time.monotonic()
    student.vote(answer)
    student.says(f"Offline. Your answer {answer} is saved on this phone")
    expect(student.page.locator("#line")).to_have_text("Offline. Your answer is saved on this phone.")
    student.page.wait_for_timeout(max(0, OFFLINE_S - (time.monotonic() - cut_at)) * 1000)
    student.context.set_offline(False)
    student.is_counted(answer)


def kill_and_restart(server: Server, people: list[Person], *, voter: Student) -> None:
    """The server dies without a word and comes back; nobody is asked anything."""
    for person in people:
        person.may_be_cut = True
    server.kill()
    for person in people:
        expect(person.page.locator("#line")).to_contain_text("Offline", timeout=5000)
    voter.vote("D")
    voter.says("Offline. Your answer D is saved on this phone")
    server.start()
    for person in people:
        expect(person.page.locator("#line")).not_to_contain_text("Offline", timeout=30_000)
        assert person.page.locator("input:visible").count() == 0
