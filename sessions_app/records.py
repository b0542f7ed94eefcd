"""Reads what is left of a lesson: the record that the page after class shows and every export writes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from .domain.timeline import Slice, Span, count_people, open_spans, slice_up
from .kinds import KINDS, Kind
from .models import Participant, Room, Session, SessionEvent
from .reports import ALL, Answer, Part, Report

AT_ONCE = 2000
MOVES = {"session:arrived": 1, "session:returned": 1, "session:left": -1}


@dataclass(frozen=True)
class Activity:
    """A room that took answers. `number` counts them in the order they were opened."""

    number: int
    room: Room
    kind: Kind | None
    report: Report
    spans: Sequence[Span]

    @property
    def title(self) -> str:
        return self.report.question

    def answers(self, part: Part = ALL) -> Iterator[Answer]:
        return self.kind.report.read_answers([self.room], part) if self.kind else iter(())


@dataclass(frozen=True)
class Record:
    """A session as it was, or as it is by now. `seats` were taken, at most `peak` of them sat in at once."""

    session: Session
    read_at: datetime
    seats: int
    peak: int
    activities: Sequence[Activity]
    slices: Sequence[Slice]

    @property
    def lasted(self) -> timedelta:
        return (self.session.ended_at or self.read_at) - self.session.created_at

    @property
    def answers(self) -> int:
        """One for each seat and activity: what was given before a new round began is gone."""
        return sum(activity.report.answered for activity in self.activities)


def read_record(session: Session) -> Record:
    """As many queries for a large lesson as for a small one."""
    now = timezone.now()
    people = list(count_people(_moves(session)))
    whole = Span(session.created_at, session.ended_at)
    return Record(
        session=session,
        read_at=now,
        seats=session.participants.count(),
        peak=max((here for _, here in people), default=0),
        activities=activities_of(session),
        slices=slice_up(whole, now, people=people, answers=_answer_times(session)),
    )


def activities_of(session: Session) -> list[Activity]:
    """The session's activities in the order they were opened; those that never took answers are left out."""
    rooms = list(session.rooms.order_by("pk"))
    reports = {pk: report for kind, own in _by_kind(rooms) for pk, report in kind.report.read(own).items()}
    changes = _room_changes(session)
    found: list[Activity] = []
    for room in rooms:
        room.session = session
        kind = KINDS.get(room.kind)
        report = reports.get(room.pk) or Report(kind.headline_of(room.config) if kind else "")
        spans = open_spans(Span(room.created_at, room.closed_at), changes[room.pk], is_open=room.is_active)
        if spans or report.answered:
            found.append(Activity(len(found) + 1, room, kind, report, spans))
    return found


def first_answers(activities: Sequence[Activity], most: int) -> dict[int, list[Answer]]:
    """The first answers of every activity, by the id of its room."""
    found: defaultdict[int, list[Answer]] = defaultdict(list)
    for kind, rooms in _by_kind([activity.room for activity in activities]):
        for answer in kind.report.read_answers(rooms, Part(most)):
            found[answer.room_id].append(answer)
    return found


def people_of(session: Session) -> QuerySet[Participant]:
    """The seats in the order they were taken, which numbers them."""
    return session.participants.order_by("joined_at", "pk")


def numbers_of(session: Session) -> dict[int, int]:
    """The number of each seat: two of one name are two people."""
    return {pk: number for number, pk in enumerate(people_of(session).values_list("pk", flat=True), 1)}


def _by_kind(rooms: Sequence[Room]) -> Iterator[tuple[Kind, list[Room]]]:
    for name in dict.fromkeys(room.kind for room in rooms):
        if name in KINDS:
            yield KINDS[name], [room for room in rooms if room.kind == name]


def _moves(session: Session) -> Iterator[tuple[datetime, str, int]]:
    events = session.events.filter(kind__in=MOVES, actor__startswith="seat:").order_by("sequence")
    for at, actor, kind in _read(events, "at", "actor", "kind"):
        yield at, actor, MOVES[kind]


def _answer_times(session: Session) -> Iterator[datetime]:
    kinds = {event for kind in KINDS.values() for event in kind.report.events}
    events = session.events.filter(kind__in=kinds).order_by()
    return (at for (at,) in _read(events, "at"))


def _room_changes(session: Session) -> defaultdict[int, list[tuple[datetime, bool]]]:
    """When each room was opened for answers or paused, in order."""
    changes: defaultdict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    events = session.events.filter(kind="session:widgetStateChanged").order_by("sequence")
    for at, data in _read(events, "at", "data"):
        changes[data.get("room", 0)].append((at, bool(data.get("isActive"))))
    return changes


def _read(events: QuerySet[SessionEvent], *fields: str) -> Iterator[tuple[Any, ...]]:
    return events.values_list(*fields).iterator(chunk_size=AT_ONCE)
