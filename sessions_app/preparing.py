"""What happens to a prepared lesson before class: every function is one transaction that holds the lesson."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .errors import Rejected
from .lessons import DOUBLE_TAP, Activity, create_lesson, put_steps
from .models import Lesson, Session, Step

MOST_STEPS = 100
LONGEST_TITLE: int = Lesson._meta.get_field("title").max_length or 0
Json = dict[str, Any]


def rename_lesson(lesson: Lesson, *, title: str) -> None:
    with _editing(lesson):
        lesson.title = title
        lesson.save(update_fields=["title"])


def replace_lesson(lesson: Lesson, *, title: str, activities: Sequence[Activity]) -> None:
    """The lesson as somebody else has written it: all steps anew."""
    with _editing(lesson) as steps:
        _refuse_full(len(activities))
        lesson.title = title
        lesson.save(update_fields=["title"])
        Step.objects.filter(pk__in=[step.pk for step in steps]).delete()
        put_steps(lesson, activities)


def duplicate_lesson(lesson: Lesson) -> Lesson:
    title = _("Copy of %(title)s") % {"title": lesson.title}
    activities = [Activity(step.kind, step.config) for step in lesson.steps.all()]
    return create_lesson(owner_id=lesson.owner_id, title=title[:LONGEST_TITLE], activities=activities)


def delete_lesson(lesson: Lesson) -> Json:
    """Returns what `restore_lesson` needs."""
    with transaction.atomic():
        kept = {
            "pk": lesson.pk,
            "title": lesson.title,
            "created_at": lesson.created_at.isoformat(),
            "updated_at": lesson.updated_at.isoformat(),
            "steps": list(lesson.steps.values("pk", "position", "kind", "config")),
            "sessions": list(lesson.sessions.values_list("pk", flat=True)),
        }
        lesson.delete()
    return kept


def restore_lesson(kept: Json, *, owner_id: int) -> Lesson:
    """The lesson as it was, under its old address. Safe to repeat."""
    with transaction.atomic():
        same = {name: kept[name] for name in ("title", "created_at", "updated_at")}
        lesson, is_new = Lesson.objects.get_or_create(pk=kept["pk"], defaults={"owner_id": owner_id, **same})
        if is_new:
            Step.objects.bulk_create(Step(lesson=lesson, **step) for step in kept["steps"])
            Session.objects.filter(pk__in=kept["sessions"], lesson=None).update(lesson=lesson)
    return lesson


def add_step(lesson: Lesson, activity: Activity) -> Step:
    """A step at the end; the one that was added just so a moment ago, when a button was tapped twice."""
    with _editing(lesson) as steps:
        is_young = timezone.now() - lesson.updated_at < DOUBLE_TAP
        if steps and is_young and Activity(steps[-1].kind, steps[-1].config) == activity:
            return steps[-1]
        _refuse_full(len(steps) + 1)
        return _insert(lesson, steps, len(steps), Step(kind=activity.kind, config=activity.config))


def change_step(step: Step, *, config: Json) -> None:
    with _editing(step.lesson):
        step.config = config
        step.save(update_fields=["config"])


def move_step(step: Step, *, by: int) -> int:
    """Move a step up (negative) or down, as far as there is room; returns its place, counted from one."""
    with _editing(step.lesson) as steps:
        place = steps.index(step)
        wanted = min(max(place + by, 0), len(steps) - 1)
        steps.insert(wanted, steps.pop(place))
        _number(steps)
    return wanted + 1


def duplicate_step(step: Step) -> Step:
    """The same step once more, right after it."""
    with _editing(step.lesson) as steps:
        _refuse_full(len(steps) + 1)
        return _insert(step.lesson, steps, steps.index(step) + 1, Step(kind=step.kind, config=step.config))


def delete_step(step: Step) -> Json:
    """Returns what `restore_step` needs."""
    with _editing(step.lesson) as steps:
        place = steps.index(step)
        kept = {"lesson": step.lesson_id, "pk": step.pk, "place": place, "kind": step.kind, "config": step.config}
        del steps[place]
        step.delete()
        _number(steps)
    return kept


def restore_step(lesson: Lesson, kept: Json) -> None:
    """The step as it was and where it was. Safe to repeat."""
    with _editing(lesson) as steps:
        if kept["pk"] not in [step.pk for step in steps]:
            _insert(lesson, steps, kept["place"], Step(pk=kept["pk"], kind=kept["kind"], config=kept["config"]))


@contextmanager
def _editing(lesson: Lesson) -> Iterator[list[Step]]:
    """The lesson's steps in their order, with the lesson locked: two tabs that edit it do so one after the other."""
    with transaction.atomic():
        lesson.updated_at = Lesson.objects.select_for_update(of=("self",)).get(pk=lesson.pk).updated_at
        yield list(lesson.steps.all())
        lesson.updated_at = timezone.now()
        lesson.save(update_fields=["updated_at"])


def _insert(lesson: Lesson, steps: list[Step], place: int, step: Step) -> Step:
    step.lesson, step.position = lesson, place + 1
    step.save(force_insert=True)
    steps.insert(place, step)
    _number(steps)
    return step


def _number(steps: list[Step]) -> None:
    for position, step in enumerate(steps, 1):
        step.position = position
    Step.objects.bulk_update(steps, ["position"])


def _refuse_full(count: int) -> None:
    if count > MOST_STEPS:
        raise Rejected("LESSON_FULL")
