"""What the projector does: follow the lesson, hold what it shows, or show nothing; and which activity it shows."""

from collections.abc import Mapping
from typing import Any

from .changes import change
from .models import Room, Session
from .realtime.broadcast import Audience, StateView, state_changed


def screen_of(session_id: int) -> dict[str, Any]:
    """`mode`, and `widgetId`: empty for the newest activity that is open."""
    session = Session.objects.only("screen_mode", "screen_widget", "sequence").get(pk=session_id)
    return {"mode": session.screen_mode, "widgetId": session.screen_widget, "revision": session.sequence}


def _screen(session_id: int) -> tuple[int, Mapping[Audience, dict[str, Any]]] | None:
    if not Session.objects.filter(pk=session_id).exists():
        return None
    return session_id, dict.fromkeys((Audience.HOST, Audience.DISPLAY), screen_of(session_id))


SCREEN = StateView("session:screenChanged", _screen)


def set_screen(session: Session, *, mode: str, widget_id: str, actor: str) -> None:
    """Tell the projector what to do. An empty `widget_id` makes it follow the newest open activity."""
    with change() as now:
        session = now.lock(session.pk)
        session.screen_mode, session.screen_widget = mode, widget_id
        session.save(update_fields=["screen_mode", "screen_widget"])
        now.record(session, "session:screen", actor, mode=mode, widgetId=widget_id)
        state_changed(SCREEN, session.pk)


def follow_opened(session: Session, room: Room) -> None:
    """Another activity was opened for answers: the projector stops showing the one that was chosen for it."""
    if session.screen_widget not in ("", room.widget_id):
        session.screen_widget = ""
        session.save(update_fields=["screen_widget"])
        state_changed(SCREEN, session.pk)
