"""What a teacher has deleted comes back, for a while and for nobody else."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sessions_app.models import Lesson

from ...factories import everything, make_session
from .prepared import PLANETS, TEA, path_of, steps_of

pytestmark = pytest.mark.django_db


def test_steps_are_copied_and_deleted_and_come_back(hanas_browser: Client, lesson: Lesson) -> None:
    hanas_browser.post(path_of(lesson, "duplicate", place=1))
    assert steps_of(lesson) == [(1, TEA), (2, TEA), (3, PLANETS)]
    before = everything()["sessions_app.Step"]

    deleted = hanas_browser.post(path_of(lesson, "delete", place=3), follow=True)
    hanas_browser.post(path_of(lesson, "delete", place=2))
    assert "<bdi>Which planet?</bdi> was deleted." in deleted.content.decode()
    assert steps_of(lesson) == [(1, TEA)]

    for _ in range(2):
        assert hanas_browser.post("/lessons/undo").headers["Location"] == path_of(lesson)
    assert everything()["sessions_app.Step"] == before
    assert "There is nothing left to undo." in hanas_browser.post("/lessons/undo", follow=True).content.decode()


def test_a_second_tap_on_delete_is_no_fault(hanas_browser: Client, lesson: Lesson) -> None:
    for path in (path_of(lesson, "delete", place=1), path_of(lesson, "delete")):
        first, second = hanas_browser.post(path), hanas_browser.post(path)
        assert (first.status_code, second.headers["Location"]) == (302, first.headers["Location"])
    assert not Lesson.objects.exists()


def test_a_lesson_is_deleted_and_comes_back(hanas_browser: Client, lesson: Lesson, hana: User) -> None:
    make_session(hana, lesson=lesson)
    before = everything()

    deleted = hanas_browser.post(path_of(lesson, "delete"), follow=True)
    assert "<bdi>Space</bdi> was deleted." in deleted.content.decode()
    assert not Lesson.objects.exists()
    back = hanas_browser.post("/lessons/undo", follow=True)

    assert "It is back." in back.content.decode()
    assert "was deleted" not in back.content.decode()
    assert everything() == before


def test_what_was_deleted_long_ago_stays_deleted(
    hanas_browser: Client, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanas_browser.post(path_of(lesson, "delete"))
    monkeypatch.setattr("sessions_app.pages.undo.KEPT_S", 0)

    assert "was deleted" not in hanas_browser.get("/sessions/").content.decode()
    hanas_browser.post("/lessons/undo")
    assert not Lesson.objects.exists()


def test_a_step_of_a_lesson_that_is_gone_does_not_come_back(hanas_browser: Client, lesson: Lesson) -> None:
    hanas_browser.post(path_of(lesson, "delete", place=1))
    lesson.delete()

    response = hanas_browser.post("/lessons/undo", follow=True)

    assert "This lesson is not there, or it is not yours." in response.content.decode()


def test_undo_is_for_whoever_deleted(hanas_browser: Client, zoes_browser: Client, lesson: Lesson) -> None:
    hanas_browser.post(path_of(lesson, "delete"))

    zoes_browser.post("/lessons/undo")

    assert not Lesson.objects.exists()
