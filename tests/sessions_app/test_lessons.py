"""Lessons become run lists; what ran becomes a lesson or a session again."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from sessions_app import lessons, services
from sessions_app.lessons import Activity
from sessions_app.models import Lesson, Room, RunStep, Session, SessionEvent, Step

from ..factories import age, make_lesson, make_room, make_session, make_user, poll_config

pytestmark = pytest.mark.django_db

PLANETS = poll_config("Which planet?", "Mars", "Venus")
TEA = poll_config("Tea?", "yes", "no")
MOONS = poll_config("Which moon?", "Io", "Europa")


@pytest.fixture
def hana() -> User:
    return make_user("Hana")


def run_list(session: Session) -> list[tuple[int, str, Any]]:
    return list(session.run_steps.values_list("position", "kind", "config"))


def run(session: Session, step: RunStep | None = None, **config: Any) -> Room:
    """An activity of the session, as a step of its run list or beside it."""
    room = make_room(session, f"w{session.rooms.count()}", **(step.config if step else config))
    if step is not None:
        step.room = room
        step.save()
    return room


def test_a_lesson_is_copied_to_the_run_list(hana: User) -> None:
    lesson = make_lesson(hana, "Space", PLANETS, TEA)
    session = make_session(hana)

    lessons.open_on(session, lesson)

    session.refresh_from_db()
    assert (session.title, session.lesson) == ("Space", lesson)
    assert run_list(session) == [(1, "poll", PLANETS), (2, "poll", TEA)]
    event = SessionEvent.objects.get(kind="session:lessonOpened")
    assert (event.actor, event.data) == (f"user:{hana.pk}", {"lesson": lesson.pk})


def test_a_second_lesson_follows_the_first_and_the_title_stays(hana: User) -> None:
    session = make_session(hana, title="Monday")
    lessons.open_on(session, make_lesson(hana, "Space", PLANETS))

    lessons.open_on(session, make_lesson(hana, "Drinks", TEA))

    session.refresh_from_db()
    assert (session.title, run_list(session)) == ("Monday", [(1, "poll", PLANETS), (2, "poll", TEA)])


def test_a_copy_does_not_follow_its_lesson(hana: User) -> None:
    lesson = make_lesson(hana, "Space", PLANETS)
    session = lessons.run_lesson(lesson)

    lesson.steps.all().delete()
    lesson.delete()

    session.refresh_from_db()
    assert (session.title, session.lesson, run_list(session)) == ("Space", None, [(1, "poll", PLANETS)])


def test_a_step_of_an_unknown_kind_is_left_out(hana: User) -> None:
    lesson = make_lesson(hana, "Space", PLANETS)
    Step.objects.create(lesson=lesson, position=2, kind="gone", config={})

    assert run_list(lessons.run_lesson(lesson)) == [(1, "poll", PLANETS)]


def test_a_double_tap_runs_a_lesson_once(hana: User) -> None:
    lesson = make_lesson(hana, "Space", PLANETS)

    first, second = lessons.run_lesson(lesson), lessons.run_lesson(lesson)

    assert first == second
    assert run_list(first) == [(1, "poll", PLANETS)]
    assert Session.objects.count() == 1


def test_what_is_no_double_tap_opens_another_session(hana: User) -> None:
    lesson = make_lesson(hana, "Space", PLANETS)
    plain = lessons.open_new(owner_id=hana.pk)
    first = lessons.run_lesson(lesson)
    others = [
        lessons.open_new(owner_id=hana.pk, names_required=True),
        lessons.open_new(owner_id=hana.pk, title="Tuesday"),
        lessons.open_new(owner_id=make_user("Zoe").pk),
    ]
    services.end_session(plain, actor="test")
    age(first, seconds=10)

    again = [lessons.open_new(owner_id=hana.pk), lessons.run_lesson(lesson)]

    assert len({session.pk for session in [plain, first, *others, *again]}) == 7


def test_a_session_runs_again_in_the_order_it_ran(hana: User) -> None:
    session = lessons.run_lesson(make_lesson(hana, "Space", PLANETS, TEA, MOONS))
    first, _, third = session.run_steps.all()
    run(session, third)
    run(session, first)
    own = run(session, **poll_config("Really?", "yes", "no"), revealed=True, round=3)
    services.end_session(session, actor="test")

    again = lessons.run_again(session, owner_id=hana.pk)

    asked = [step.config["question"] for step in again.run_steps.all()]
    assert asked == ["Which moon?", "Which planet?", "Tea?", "Really?"]
    assert (again.title, again.lesson, again.owner, again.is_live) == ("Space", session.lesson, hana, True)
    assert own.config["round"] == 3
    assert "round" not in again.run_steps.last().config
    assert set(again.run_steps.values_list("room", flat=True)) == {None}


def test_names_are_asked_again_where_they_were_asked(hana: User) -> None:
    session = make_session(hana, names_required=True, title="Monday")

    again = lessons.run_again(session, owner_id=hana.pk)

    assert (again.names_required, again.title, again.pk != session.pk) == (True, "Monday", False)


def test_an_activity_that_was_never_filled_does_not_run_again(hana: User) -> None:
    session = make_session(hana)
    run(session, question="", options=[])
    run(session, **TEA)

    assert lessons.activities_run(session) == [Activity("poll", TEA)]


def test_a_session_is_kept_as_a_lesson(hana: User) -> None:
    session = make_session(hana, code="K7PQ2")
    run(session, **TEA)

    kept = lessons.keep_as_lesson(session, owner_id=hana.pk)
    twice = lessons.keep_as_lesson(session, owner_id=hana.pk)

    assert (kept.owner, kept.title, twice) == (hana, "Lesson of session K7PQ2", kept)
    assert list(kept.steps.values_list("position", "kind", "config")) == [(1, "poll", TEA)]


def test_a_lesson_made_twice_by_a_double_tap_is_one(hana: User) -> None:
    first = lessons.create_lesson(owner_id=hana.pk, title="Space")
    second = lessons.create_lesson(owner_id=hana.pk, title="Space")
    lessons.create_lesson(owner_id=make_user("Zoe").pk, title="Space")

    assert first == second
    assert Lesson.objects.count() == 2
