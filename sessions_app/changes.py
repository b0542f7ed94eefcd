"""A change: the one transaction in which a session's state moves, its record grows and its news are prepared."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from django.db import OperationalError, transaction
from django.utils import timezone

from .errors import Rejected
from .models import Room, Session, SessionEvent

Result = TypeVar("Result")
# PostgreSQL's deadlock_detected and serialization_failure: the same transaction succeeds when it is run again.
TRY_AGAIN = ("40P01", "40001")
ATTEMPTS = 3
DatabaseBusy = OperationalError


class Mark(NamedTuple):
    """How much of a change there is: its events, and the ids of the rooms touched and the sessions locked."""

    events: int
    touched: set[int]
    locked: set[int]


class Change:
    """Holds the locked sessions of a transaction and what will be written for them at its end."""

    def __init__(self) -> None:
        self._sessions: dict[int, Session] = {}
        self._rooms: dict[tuple[int, str, str], Room] = {}
        self._touched: dict[int, Room] = {}
        self._events: list[SessionEvent] = []

    def lock(self, session_id: int) -> Session:
        """The session, locked until the transaction ends: changes of one session happen one after another."""
        if session_id not in self._sessions:
            self._sessions[session_id] = Session.objects.select_for_update(of=("self",)).get(pk=session_id)
        return self._sessions[session_id]

    def lock_live(self, code: str) -> Session | None:
        """The live session of this code, locked; None when there is none."""
        for session in self._sessions.values():
            if session.code == code and session.is_live:
                return session
        found = Session.objects.select_for_update(of=("self",)).filter(code=code, ended_at=None).first()
        return self._sessions.setdefault(found.pk, found) if found else None

    def room(self, session: Session, kind: str, widget_id: str) -> Room:
        """The open room. Raises ROOM_NOT_FOUND."""
        key = (session.pk, kind, widget_id)
        if key not in self._rooms:
            room = session.rooms.filter(kind=kind, widget_id=widget_id, closed_at=None).first()
            if room is None:
                raise Rejected("ROOM_NOT_FOUND", widgetId="no open room has this id")
            room.session = session
            self._rooms[key] = room
        return self._rooms[key]

    def forget_rooms(self) -> None:
        """Read rooms again when next asked: one was opened, closed or written elsewhere."""
        self._rooms.clear()

    def record(self, session: Session, kind: str, actor: str, /, **data: Any) -> int:
        """Append to the session's record; returns the event's sequence."""
        session = self.lock(session.pk)
        session.sequence += 1
        self._events.append(SessionEvent(session=session, sequence=session.sequence, kind=kind, actor=actor, data=data))
        return session.sequence

    def touch(self, room: Room) -> None:
        """Raise the room's revision once for this transaction."""
        self._touched[room.pk] = room

    def mark(self) -> Mark:
        return Mark(len(self._events), set(self._touched), set(self._sessions))

    def rewind(self, mark: Mark) -> None:
        """Drop what was prepared since the mark: its savepoint was rolled back, and the locks taken since are gone."""
        count, touched, locked = mark
        for event in self._events[count:]:
            event.session.sequence -= 1
        del self._events[count:]
        self._touched = {pk: room for pk, room in self._touched.items() if pk in touched}
        self._sessions = {pk: session for pk, session in self._sessions.items() if pk in locked}
        self._rooms.clear()

    def flush(self) -> None:
        now = timezone.now()
        for room in self._touched.values():
            room.revision += 1
            room.last_activity_at = now
        Room.objects.bulk_update(self._touched.values(), ["revision", "last_activity_at"])
        SessionEvent.objects.bulk_create(self._events)
        for session_id in {event.session_id for event in self._events}:
            session = self._sessions[session_id]
            session.last_activity_at = now
            session.save(update_fields=["sequence", "last_activity_at"])


_local = threading.local()


@contextmanager
def change() -> Iterator[Change]:
    """Open the transaction, or take part in the one under way; what was prepared is written at its end."""
    outer: Change | None = getattr(_local, "change", None)
    if outer is not None:
        yield outer
        return
    inner = _local.change = Change()
    try:
        with transaction.atomic():
            yield inner
            inner.flush()
    finally:
        _local.change = None


@contextmanager
def part_of(whole: Change) -> Iterator[None]:
    """One of several calls that share a transaction: when it raises, it alone is undone."""
    mark = whole.mark()
    try:
        with transaction.atomic():
            yield
    except BaseException:
        whole.rewind(mark)
        raise


def patiently(run: Callable[[], Result]) -> Result:
    """Run a whole change; again, a few times, when the database asks for that."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return run()
        except DatabaseBusy as fault:
            if attempt == ATTEMPTS or getattr(fault.__cause__, "sqlstate", "") not in TRY_AGAIN:
                raise
    raise AssertionError("the loop returns or raises")
