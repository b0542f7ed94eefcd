"""Prepared lessons and run lists: a session opens on a lesson, runs again, or is kept as a lesson."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from . import services
from .changes import change
from .kinds import KINDS
from .models import Lesson, Room, RunStep, Session, Step

# A second tap on a button arrives within this time and means the first one.
DOUBLE_TAP = timedelta(seconds=4)


class Activity(NamedTuple):
    """A step as lessons, run lists and files have it: the kind of its room and that kind's Config."""

    kind: str
    config: dict[str, Any]


def open_new(
    *,
    owner_id: int,
    title: str = "",
    names_required: bool = False,
    lesson: Lesson | None = None,
    activities: Sequence[Activity] = (),
) -> Session:
    """A new session with a run list; the one that was opened just so a moment ago, when a button was tapped twice."""
    with change() as now:
        services.take_turns(owner_id)
        wanted = {"owner_id": owner_id, "title": title, "names_required": names_required, "lesson": lesson}
        for young in Session.objects.filter(**wanted, ended_at=None, created_at__gt=timezone.now() - DOUBLE_TAP):
            if activities_of(young.run_steps.all()) == list(activities):
                return young
        session = now.lock(services.open_session(owner_id=owner_id, names_required=names_required).pk)
        session.title, session.lesson = title, lesson
        session.save(update_fields=["title", "lesson"])
        _put_on_list(session, activities)
    return session


def open_on(session: Session, lesson: Lesson) -> None:
    """Put the lesson's steps on the session's run list, and call the session as the lesson is called."""
    with change() as now:
        session = now.lock(session.pk)
        session.title, session.lesson = session.title or lesson.title, lesson
        session.save(update_fields=["title", "lesson"])
        _put_on_list(session, activities_of(lesson.steps.all()))
        now.record(session, "session:lessonOpened", _actor(session.owner_id), lesson=lesson.pk)


def run_lesson(lesson: Lesson, *, names_required: bool = False) -> Session:
    """A new session of the lesson's owner, with its steps on the run list."""
    return open_new(
        owner_id=lesson.owner_id,
        title=lesson.title,
        names_required=names_required,
        lesson=lesson,
        activities=activities_of(lesson.steps.all()),
    )


def run_again(session: Session, *, owner_id: int) -> Session:
    """A new session like this one: what ran, in the order it ran, and what had not run yet, each where it stood."""
    return open_new(
        owner_id=owner_id,
        title=session.title,
        names_required=session.names_required,
        lesson=session.lesson,
        activities=activities_run(session),
    )


def keep_as_lesson(session: Session, *, owner_id: int) -> Lesson:
    """A lesson with what ran in the session and what was still on its run list."""
    title = session.title or _("Lesson of session %(code)s") % {"code": session.code}
    return create_lesson(owner_id=owner_id, title=title, activities=activities_run(session))


def create_lesson(*, owner_id: int, title: str, activities: Sequence[Activity] = ()) -> Lesson:
    """A new lesson; the one that was made just so a moment ago, when a button was tapped twice."""
    with change():
        services.take_turns(owner_id)
        for young in Lesson.objects.filter(owner_id=owner_id, title=title, created_at__gt=timezone.now() - DOUBLE_TAP):
            if activities_of(young.steps.all()) == list(activities):
                return young
        lesson = Lesson.objects.create(owner_id=owner_id, title=title)
        put_steps(lesson, activities)
    return lesson


def put_steps(lesson: Lesson, activities: Sequence[Activity]) -> None:
    """The steps of a lesson that has none."""
    Step.objects.bulk_create(
        Step(lesson=lesson, position=position, kind=kind, config=config)
        for position, (kind, config) in enumerate(activities, 1)
    )


def activities_of(steps: Iterable[Step] | Iterable[RunStep]) -> list[Activity]:
    """The steps of a lesson or of a run list, without those of kinds that this server does not have."""
    return [Activity(step.kind, step.config) for step in steps if step.kind in KINDS]


def activities_run(session: Session) -> list[Activity]:
    """What ran in the session, in the order it ran; a step that did not run follows the one it followed on the list."""
    found: list[Activity] = []
    places: list[int | None] = []
    for room in session.rooms.order_by("created_at", "pk"):
        if activity := _activity_of(room):
            found.append(activity)
            places.append(room.pk)
    after = 0
    for step in session.run_steps.all():
        if step.room_id is not None and step.room_id in places:
            after = places.index(step.room_id) + 1
        elif step.room_id is None and step.kind in KINDS:
            found.insert(after, Activity(step.kind, step.config))
            places.insert(after, None)
            after += 1
    return found


def _activity_of(room: Room) -> Activity | None:
    """The room as a step; None for one that was opened and never filled, or is of a kind this server does not have."""
    try:
        return Activity(room.kind, KINDS[room.kind].checked(room.config)) if room.kind in KINDS else None
    except ValidationError:
        return None


def _put_on_list(session: Session, activities: Sequence[Activity]) -> None:
    last = session.run_steps.order_by("position").last()
    first = last.position + 1 if last else 1
    RunStep.objects.bulk_create(
        RunStep(session=session, position=position, kind=kind, config=config)
        for position, (kind, config) in enumerate(activities, first)
    )


def _actor(owner_id: int | None) -> str:
    return f"user:{owner_id}" if owner_id else "guest"
