"""What the sockets of a session may have missed while the channel layer was away, told again from the record."""

from collections.abc import Callable
from datetime import datetime

from .keys import revocation
from .kinds import KINDS
from .models import Connection, Session, SessionEvent
from .queries import OVERVIEW, PEOPLE, WIDGET_STATE, has_host
from .realtime.broadcast import Audience, Mark, Outgoing, dispatches, tells_missed
from .running import RUN_LIST
from .screens import SCREEN
from .services import farewell

HOST_MOVES = ("session:arrived", "session:returned", "session:left")


@tells_missed
def missed(session_id: int, since: datetime) -> list[Outgoing]:
    """The events since then in their order, under the names they had, and after them every state as it is now."""
    if session_id == 0:
        return [Mark(OVERVIEW, 0)]
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        return []
    events = list(session.events.filter(at__gte=since).order_by("sequence"))
    told = [outgoing for event in events if event.kind in RETOLD for outgoing in RETOLD[event.kind](session, event)]
    if not session.is_live:
        return told
    return [*told, *_presence(session, events), *_states(session)]


def _opened(session: Session, event: SessionEvent) -> list[Outgoing]:
    """The room as it is now; one that has been closed since needs no opening."""
    room = session.rooms.filter(pk=event.data["room"], closed_at=None).first()
    if room is None or room.kind not in KINDS:
        return []
    room.session = session
    return [*KINDS[room.kind].announcement(room, event.sequence)]


def _closed(session: Session, event: SessionEvent) -> list[Outgoing]:
    news = {name: event.data[name] for name in ("roomType", "widgetId")}
    return [*dispatches(session.pk, "session:roomClosed", news, sequence=event.sequence)]


def _revoked(session: Session, event: SessionEvent) -> list[Outgoing]:
    return [*revocation(session.pk, event.sequence, key_id=event.data["key"], reason=event.data["reason"])]


def _ended(session: Session, event: SessionEvent) -> list[Outgoing]:
    return farewell(session.pk, event.sequence)


RETOLD: dict[str, Callable[[Session, SessionEvent], list[Outgoing]]] = {
    "session:roomCreated": _opened,
    "session:roomReopened": _opened,
    "session:roomClosed": _closed,
    "session:keyRevoked": _revoked,
    "session:closed": _ended,
}


def _presence(session: Session, events: list[SessionEvent]) -> list[Outgoing]:
    """Whether a host is there, where one has come or gone."""
    if not any(event.kind in HOST_MOVES and event.actor == Connection.Role.HOST for event in events):
        return []
    event = "session:hostReconnected" if has_host(session) else "session:hostDisconnected"
    return [*dispatches(session.pk, event, to=(Audience.SEAT, Audience.DISPLAY))]


def _states(session: Session) -> list[Outgoing]:
    found: list[Outgoing] = [Mark(view, session.pk) for view in (PEOPLE, SCREEN, RUN_LIST)]
    for room in session.rooms.filter(closed_at=None):
        found.append(Mark(WIDGET_STATE, room.pk))
        if room.kind in KINDS:
            found += KINDS[room.kind].marks(room)
    return found
