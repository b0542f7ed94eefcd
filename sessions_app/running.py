"""What runs in a session: its activities, the prepared steps of its run list, and activities that come back."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from .changes import change
from .errors import Rejected
from .kinds import KINDS, Memo
from .models import Participant, Room, RunStep, Session
from .queries import OVERVIEW, WIDGET_STATE
from .realtime.broadcast import Audience, StateView, state_changed
from .realtime.events import Json
from .services import close_room, open_room, set_room_active


def active_rooms(session: Session, viewer: Audience, seat: Participant | None, memo: Memo | None = None) -> list[Json]:
    """The `activeRooms` of the wire for one viewer."""
    return list(_describe(session, viewer, seat, {} if memo is None else memo))


def _describe(session: Session, viewer: Audience, seat: Participant | None, memo: Memo) -> Iterator[Json]:
    key = ("rooms", session.pk)
    if key not in memo:
        memo[key] = list(session.rooms.filter(closed_at=None).order_by("created_at", "pk"))
    for room in memo[key]:
        room.session = session
        data = KINDS[room.kind].room_data(room, viewer, seat, memo)
        yield {"roomType": room.kind, "widgetId": room.widget_id, "room": data}


def run_list(session_id: int) -> dict[str, Any]:
    """The steps in their order; `widgetId` is that of the step's room, closed or not, and null before it was run."""
    revision = Session.objects.only("sequence").get(pk=session_id).sequence
    steps = RunStep.objects.filter(session_id=session_id).select_related("room")
    return {"steps": [_described(step) for step in steps], "revision": revision}


def _described(step: RunStep) -> dict[str, Any]:
    widget_id = step.room.widget_id if step.room else None
    return {"id": step.pk, "kind": step.kind, "title": _title_of(step), "widgetId": widget_id}


def _title_of(step: RunStep) -> str:
    """What names it; of a step without a headline its options."""
    headline = KINDS[step.kind].headline_of(step.config) if step.kind in KINDS else step.kind
    options = step.config.get("options")
    return headline or (" / ".join(map(str, options)) if isinstance(options, list) else "")


def _run_list(session_id: int) -> tuple[int, Mapping[Audience, dict[str, Any]]] | None:
    if not Session.objects.filter(pk=session_id).exists():
        return None
    return session_id, {Audience.HOST: run_list(session_id)}


RUN_LIST = StateView("session:runList", _run_list)


def step_of(session: Session, step_id: int) -> RunStep:
    """Raises INVALID_INPUT when the session's run list has no such step."""
    step = session.run_steps.select_related("room").filter(pk=step_id).first()
    if step is None:
        raise Rejected("INVALID_INPUT", stepId="the run list has no such step")
    return step


def run_step(session: Session, step: RunStep, *, config: dict[str, Any], actor: str) -> tuple[Room, bool]:
    """Open the step for answers. A step has one room: it comes back when it was closed. Says if it is new to pages."""
    with change() as now:
        session = now.lock(session.pk)
        if step.room is not None:
            was_closed = step.room.closed_at is not None
            room = reopen_room(session, step.room, actor=actor) if was_closed else step.room
            set_room_active(room, is_active=True, actor=actor)
            return room, was_closed
        make_place(session, actor=actor)
        room, existed = open_room(
            session, kind=step.kind, widget_id=f"step-{step.pk}", config=config, is_active=False, actor=actor
        )
        set_room_active(room, is_active=True, actor=actor)
        RunStep.objects.filter(pk=step.pk).update(room=room)
        now.record(session, "session:stepRun", actor, step=step.pk, room=room.pk)
        state_changed(RUN_LIST, session.pk)
        return room, not existed


def make_place(session: Session, *, actor: str, but: str = "") -> None:
    """A long lesson never stops at the most rooms a session may have: the oldest that is paused makes place.

    Not the one called `but`, which is about to be opened.
    """
    with change() as now:
        open_rooms = now.lock(session.pk).rooms.filter(closed_at=None)
        if open_rooms.count() < settings.LECTERN_MAX_ROOMS or open_rooms.filter(widget_id=but).exists():
            return
        oldest = open_rooms.filter(is_active=False).order_by("created_at", "pk").first()
        if oldest is not None:
            close_room(oldest, actor=actor)


def pause_room(session: Session, widget_id: str, *, actor: str) -> None:
    """Take no more answers in this activity, if it is open at all."""
    for room in session.rooms.filter(widget_id=widget_id, closed_at=None, is_active=True):
        set_room_active(room, is_active=False, actor=actor)


def last_room(session: Session, kind: str, widget_id: str) -> Room:
    """The widget's open room, or else the one that was closed last. Raises ROOM_NOT_FOUND."""
    rooms = session.rooms.filter(kind=kind, widget_id=widget_id)
    room = rooms.filter(closed_at=None).first() or rooms.order_by("-closed_at", "-pk").first()
    if room is None:
        raise Rejected("ROOM_NOT_FOUND", widgetId="no room has had this id")
    return room


def reopen_room(session: Session, room: Room, *, actor: str) -> Room:
    """Bring a closed activity back as it was, with all that was answered. Raises MAX_ROOMS_REACHED."""
    with change() as now:
        session = now.lock(session.pk)
        make_place(session, actor=actor)
        now.forget_rooms()
        if session.rooms.filter(closed_at=None).count() >= settings.LECTERN_MAX_ROOMS:
            raise Rejected("MAX_ROOMS_REACHED")
        room.session = session
        room.closed_at = None
        room.save(update_fields=["closed_at"])
        now.touch(room)
        room.memo["sequence"] = now.record(
            session, "session:roomReopened", actor, room=room.pk, roomType=room.kind, widgetId=room.widget_id
        )
        state_changed(WIDGET_STATE, room.pk)
        state_changed(OVERVIEW, 0)
    return room
