"""The socket events of a teacher's board beyond those of old clients: the run list, what comes back, the projector."""

from typing import Literal

from pydantic import Field

from . import running, screens
from .errors import Rejected
from .handlers import CreateRoom
from .kinds import kind_of
from .realtime.broadcast import Audience
from .realtime.events import Answer, Call, SessionPayload, Who, on


class RunStepPayload(SessionPayload):
    """`leave` is the activity that is paused in the same moment; none when it is empty."""

    step_id: int = Field(ge=1)
    leave: str = Field("", max_length=100)


class Screen(SessionPayload):
    """`widget_id` chooses the activity on the projector; empty: the newest that is open."""

    mode: Literal["live", "frozen", "black"]
    widget_id: str = Field("", max_length=100)


@on("session:runStep", who=Who.HOST)
def run_step(call: Call, payload: RunStepPayload) -> Answer:
    """Open a step of the run list for answers, and pause the activity that it follows (Lectern's own)."""
    assert call.session is not None
    step = running.step_of(call.session, payload.step_id)
    kind = kind_of(step.kind)
    if payload.leave and (step.room is None or payload.leave != step.room.widget_id):
        running.pause_room(call.session, payload.leave, actor=call.actor)
    widget_id = f"step-{step.pk}"
    config = kind.first_config(call.session, widget_id, step.config)
    room, is_new = running.run_step(call.session, step, config=config, actor=call.actor)
    room.session = call.session
    if is_new:
        kind.announce(room)
    return {"isExisting": not is_new, "widgetId": room.widget_id, "roomData": kind.room_data(room, Audience.HOST, None)}


@on("session:reopenRoom", who=Who.HOST)
def reopen_room(call: Call, payload: CreateRoom) -> Answer:
    """Bring back an activity that was closed, as it was and with its answers: undo (Lectern's own)."""
    assert call.session is not None
    kind = kind_of(payload.room_type)
    room = running.last_room(call.session, kind.name, payload.widget_id)
    is_existing = room.closed_at is None
    room.session = call.session
    if not is_existing:
        running.reopen_room(call.session, room, actor=call.actor)
        kind.announce(room)
    return {"isExisting": is_existing, "roomData": kind.room_data(room, Audience.HOST, None)}


@on("session:screen", who=Who.HOST)
def screen(call: Call, payload: Screen) -> None:
    """Freeze the projector, make it black or let it follow again; choose what it shows (Lectern's own)."""
    assert call.session is not None
    rooms = call.session.rooms.filter(widget_id=payload.widget_id, closed_at=None)
    if payload.widget_id and not rooms.exists():
        raise Rejected("ROOM_NOT_FOUND", widgetId="no open room has this id")
    screens.set_screen(call.session, mode=payload.mode, widget_id=payload.widget_id, actor=call.actor)
