"""Finding sessions and lessons again: every word in a title, a code or a question."""

import re
from collections.abc import Callable

from django.db.models import Count, Exists, IntegerField, Max, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from .domain.texts import clean_line
from .kinds import KINDS
from .models import Lesson, Participant, Room, RunStep, Session, Step

LONGEST = 100
MOST_WORDS = 6


def words_of(typed: str) -> list[str]:
    return clean_line(typed[:LONGEST]).split()[:MOST_WORDS]


def sessions_with(words: list[str], owner_id: int) -> QuerySet[Session]:
    """A teacher's sessions, newest first, with `people` (seats taken) and `activities` counted."""
    found = Session.objects.filter(_all(words, _in_session), owner_id=owner_id)
    return found.order_by("-created_at", "-pk").annotate(
        people=_count(Participant, "session"),
        activities=_count(Room, "session"),
    )


def lessons_with(words: list[str], owner_id: int) -> QuerySet[Lesson]:
    """A teacher's lessons, last changed first, with their `length` in steps and when they were last run."""
    found = Lesson.objects.filter(_all(words, _in_lesson), owner_id=owner_id)
    return found.order_by("-updated_at", "-pk").annotate(
        length=_count(Step, "lesson"), last_run_at=Max("sessions__created_at")
    )


def _all(words: list[str], where: Callable[[str], Q]) -> Q:
    """Without a word everything is found."""
    return Q(*(where(re.escape(word)) for word in words))


def _in_session(pattern: str) -> Q:
    # iregex, because SQLite's LIKE tells Ä from ä.
    here = {"session": OuterRef("pk")}
    return (
        Q(title__iregex=pattern)
        | Q(code__iregex=pattern)
        | Q(Exists(Room.objects.filter(_asks(pattern), **here)))
        | Q(Exists(RunStep.objects.filter(_asks(pattern), **here)))
    )


def _in_lesson(pattern: str) -> Q:
    return Q(title__iregex=pattern) | Q(Exists(Step.objects.filter(_asks(pattern), lesson=OuterRef("pk"))))


def _asks(pattern: str) -> Q:
    headlines = {kind.headline for kind in KINDS.values()}
    return Q(*((f"config__{name}__iregex", pattern) for name in sorted(headlines)), _connector=Q.OR)


def _count(model: type[Model], of: str) -> Coalesce:
    """How many rows belong to it, each counted by itself: joined, they would multiply."""
    rows = model._default_manager.filter(**{of: OuterRef("pk")}).order_by()
    counted = rows.values(of).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
