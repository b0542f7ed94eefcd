"""Reads used by more than one caller."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from redis.exceptions import RedisError

from .domain.clock import epoch_ms
from .models import Connection, Participant, Room, Session, SessionEvent
from .realtime.broadcast import EVERYBODY, Audience, StateView

WATCHED = "lectern.overview"
WATCHED_S = 12 * 3600


def present(session_id: int) -> QuerySet[Participant]:
    """The seats that somebody sits in right now, in the order of joining."""
    sockets = Connection.objects.filter(participant=OuterRef("pk"))
    return Participant.objects.filter(Exists(sockets), session_id=session_id).order_by("joined_at", "pk")


def has_host(session: Session) -> bool:
    return session.connections.filter(role=Connection.Role.HOST).exists()


def _people(session_id: int) -> tuple[int, Mapping[Audience, dict[str, Any]]] | None:
    """`session:participantUpdate`: names for the host, the number alone for the projector."""
    session = Session.objects.filter(pk=session_id).only("sequence").first()
    if session is None:
        return None
    participants = [
        {
            "name": seat.name,
            "studentId": seat.student_id or seat.uid.hex,
            "joinedAt": epoch_ms(seat.joined_at),
            "socketId": seat.uid.hex,
        }
        for seat in present(session_id)
    ]
    count = {"count": len(participants), "revision": session.sequence}
    return session_id, {Audience.HOST: {**count, "participants": participants}, Audience.DISPLAY: count}


def _widget_state(room_id: int) -> tuple[int, Mapping[Audience, dict[str, Any]]] | None:
    room = Room.objects.filter(pk=room_id, closed_at=None).first()
    if room is None:
        return None
    return room.session_id, dict.fromkeys(EVERYBODY, widget_state(room))


def widget_state(room: Room) -> dict[str, Any]:
    """`session:widgetStateChanged`: open or paused."""
    return {
        "roomType": room.kind,
        "widgetId": room.widget_id,
        "isActive": room.is_active,
        "revision": room.revision,
    }


PEOPLE = StateView("session:participantUpdate", _people)
WIDGET_STATE = StateView("session:widgetStateChanged", _widget_state)


def reusable(sessions: QuerySet[Session]) -> Session | None:
    """The newest live session that its host takes up again instead of opening another one (seed 1).

    Within the reuse time of its creation, and beyond that while anyone is connected, up to the longest time.
    """
    now = timezone.now()
    young = Q(created_at__gt=now - timedelta(hours=settings.LECTERN_REUSE_HOURS))
    in_use = Q(created_at__gt=now - timedelta(hours=settings.LECTERN_LONGEST_HOURS)) & Exists(
        Connection.objects.filter(session=OuterRef("pk"))
    )
    return sessions.filter(young | in_use, ended_at=None).order_by("-created_at").first()


def idle_sessions() -> QuerySet[Session]:
    """Live sessions where nobody is connected and nothing has happened for long, or that are older than any lesson."""
    now = timezone.now()
    quiet = Q(last_activity_at__lt=now - timedelta(minutes=settings.LECTERN_IDLE_MINUTES))
    deserted = ~Exists(Connection.objects.filter(session=OuterRef("pk")))
    old = Q(created_at__lt=now - timedelta(hours=settings.LECTERN_LONGEST_HOURS))
    return Session.objects.filter(quiet & deserted | old, ended_at=None)


def server_stats() -> dict[str, int]:
    return {
        "activeSessions": Session.objects.filter(ended_at=None).count(),
        "totalParticipants": Connection.objects.filter(session__ended_at=None)
        .exclude(participant=None)
        .values("participant")
        .distinct()
        .count(),
        "totalRooms": Room.objects.filter(closed_at=None, session__ended_at=None).count(),
    }


def overview() -> dict[str, Any]:
    """The live sessions, newest first, and counts of all."""
    sessions = Session.objects.filter(ended_at=None).order_by("-created_at", "-pk")[:1000]
    counted = sessions.annotate(
        people=Count("connections__participant", distinct=True),
        open_rooms=Count("rooms", filter=Q(rooms__closed_at=None), distinct=True),
    )
    return {
        "sessions": [
            {
                "code": session.code,
                "createdAt": epoch_ms(session.created_at),
                "lastActivity": epoch_ms(session.last_activity_at),
                "participantCount": session.people,
                "roomCount": session.open_rooms,
            }
            for session in counted
        ],
        "stats": server_stats(),
        "revision": SessionEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0,
    }


def watch_overview() -> None:
    """Have the overview sent when it changes: it is costly, so only while staff has asked for it lately."""
    cache.set(WATCHED, True, WATCHED_S)


def _overview(_: int) -> tuple[int, Mapping[Audience, dict[str, Any]]] | None:
    try:
        is_watched = cache.get(WATCHED)
    except RedisError:
        return None
    return (0, {Audience.STAFF: overview()}) if is_watched else None


OVERVIEW = StateView("admin:sessionsUpdate", _overview)
