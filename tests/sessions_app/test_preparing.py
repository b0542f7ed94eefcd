"""Editing a prepared lesson, and taking back what was deleted."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from sessions_app import preparing
from sessions_app.errors import Rejected
from sessions_app.lessons import Activity
from sessions_app.models import Lesson, Step

from ..factories import everything, make_lesson, make_session, make_user, poll_config

pytestmark = pytest.mark.django_db

A, B, C = (poll_config(name, "yes", "no") for name in "ABC")


@pytest.fixture
def hana() -> User:
    return make_user("Hana")


@pytest.fixture
def lesson(hana: User) -> Lesson:
    lesson = make_lesson(hana, "Letters", A, B, C)
    Lesson.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    lesson.refresh_from_db()
    return lesson


def order(lesson: Lesson) -> list[tuple[int, str]]:
    return [(step.position, step.config["question"]) for step in lesson.steps.all()]


@pytest.mark.parametrize(
    ("place", "by", "now", "wanted"), [(1, -1, 1, "ABC"), (1, 1, 2, "BAC"), (3, -1, 2, "ACB"), (2, 9, 3, "ACB")]
)
def test_a_step_moves_as_far_as_there_is_room(lesson: Lesson, place: int, by: int, now: int, wanted: str) -> None:
    step = lesson.steps.get(position=place)

    assert preparing.move_step(step, by=by) == now
    assert order(lesson) == list(enumerate(wanted, 1))


def test_every_change_makes_the_lesson_the_newest(lesson: Lesson) -> None:
    before = lesson.updated_at

    preparing.change_step(lesson.steps.get(position=2), config=poll_config("Z", "yes", "no"))

    lesson.refresh_from_db()
    assert lesson.updated_at > before
    assert order(lesson) == list(enumerate("AZC", 1))


def test_a_step_is_added_at_the_end_and_once_by_a_double_tap(lesson: Lesson) -> None:
    activity = Activity("poll", poll_config("D", "yes", "no"))

    assert preparing.add_step(lesson, activity) == preparing.add_step(lesson, activity)
    assert order(lesson) == list(enumerate("ABCD", 1))


def test_the_same_step_is_added_again_a_moment_later(lesson: Lesson) -> None:
    preparing.add_step(lesson, Activity("poll", C))

    assert order(lesson) == list(enumerate("ABCC", 1))


def test_a_copy_of_a_step_follows_it(lesson: Lesson) -> None:
    preparing.duplicate_step(lesson.steps.get(position=1))

    assert order(lesson) == list(enumerate("AABC", 1))


def test_a_lesson_that_is_full_takes_no_more(lesson: Lesson) -> None:
    Step.objects.bulk_create(Step(lesson=lesson, position=n, kind="poll", config=C) for n in range(4, 101))
    first = lesson.steps.get(position=1)

    for add in (lambda: preparing.duplicate_step(first), lambda: preparing.add_step(lesson, Activity("poll", A))):
        with pytest.raises(Rejected) as refused:
            add()
        assert refused.value.code == "LESSON_FULL"
    assert lesson.steps.count() == 100


def test_a_deleted_step_comes_back_where_it_was(lesson: Lesson) -> None:
    before = list(lesson.steps.values())
    kept = json.loads(json.dumps(preparing.delete_step(lesson.steps.get(position=2))))
    assert order(lesson) == list(enumerate("AC", 1))

    preparing.restore_step(lesson, kept)
    preparing.restore_step(lesson, kept)

    assert list(lesson.steps.values()) == before


def test_a_deleted_lesson_comes_back_as_it_was(hana: User, lesson: Lesson) -> None:
    make_session(hana, lesson=lesson)
    make_session(hana)
    other = make_lesson(hana, "Numbers", A)
    before = everything()
    kept = json.loads(json.dumps(preparing.delete_lesson(lesson)))
    assert list(Lesson.objects.all()) == [other]

    preparing.restore_lesson(kept, owner_id=hana.pk)
    preparing.restore_lesson(kept, owner_id=hana.pk)

    assert everything() == before


def test_a_copy_of_a_lesson_has_its_steps_and_a_name_that_fits(lesson: Lesson) -> None:
    preparing.rename_lesson(lesson, title="x" * 120)

    copy = preparing.duplicate_lesson(lesson)

    assert (copy.title, copy.owner, order(copy)) == ("Copy of " + "x" * 112, lesson.owner, order(lesson))


def test_a_lesson_is_replaced_as_a_whole_or_not_at_all(lesson: Lesson) -> None:
    preparing.replace_lesson(lesson, title="New", activities=[Activity("poll", C), Activity("poll", A)])
    with pytest.raises(Rejected):
        preparing.replace_lesson(lesson, title="Too long", activities=[Activity("poll", C)] * 101)

    lesson.refresh_from_db()
    assert (lesson.title, order(lesson)) == ("New", [(1, "C"), (2, "A")])
