"""What happens to a session: every function is one change, with its record and its news."""

import random
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils import timezone

from .changes import change
from .domain.codes import random_code
from .domain.names import clean_name, friendly_name
from .errors import Rejected
from .models import AccessKey, Connection, Participant, Room, Session
from .queries import OVERVIEW, PEOPLE, WIDGET_STATE, has_host, present, widget_state
from .realtime.broadcast import EVERYBODY, Audience, Outgoing, dispatches, emit, orders, state_changed, tell
from .realtime.events import Caller, Membership
from .screens import follow_opened

rng = random.SystemRandom()
# Sent inside the change that ends a session, with `session`: the apps close what they keep for it.
session_ended = Signal()
CODE_ATTEMPTS = 20
ROLES = {
    Audience.HOST: Connection.Role.HOST,
    Audience.SEAT: Connection.Role.PARTICIPANT,
    Audience.DISPLAY: Connection.Role.DISPLAY,
}


def take_turns(owner_id: int) -> None:
    """Wait until no other device of this owner opens a session: the second one is to find what the first opened."""
    list(User.objects.select_for_update(no_key=True).filter(pk=owner_id))


def open_session(*, owner_id: int | None, guest_device: str = "", names_required: bool = False) -> Session:
    """A new session under a fresh code."""
    for _ in range(CODE_ATTEMPTS):
        try:
            with change() as now, transaction.atomic():
                session = Session.objects.create(
                    code=random_code(rng),
                    owner_id=owner_id,
                    guest_device=guest_device,
                    names_required=names_required,
                )
                now.record(session, "session:created", f"user:{owner_id}" if owner_id else "guest")
                state_changed(OVERVIEW, 0)
                return session
        except IntegrityError:
            continue
    raise RuntimeError(f"No free code in {CODE_ATTEMPTS} attempts: too many sessions are live.")


def take_seat(session: Session, *, seat: Participant | None, device: str, name: str, student_id: str) -> Participant:
    """The seat of a student: the one that was proved, or a new one. Raises SESSION_FULL, NAME_REQUIRED."""
    name = clean_name(name)
    student_id = clean_name(student_id)
    if seat is not None:
        return _rename(seat, name, student_id)
    if session.names_required and not name:
        raise Rejected("NAME_REQUIRED", name="type a name")
    if _is_full(session):
        raise Rejected("SESSION_FULL")
    return Participant.objects.create(
        session=session, device=device or None, name=name or friendly_name(rng), student_id=student_id
    )


def _is_full(session: Session) -> bool:
    """Whether all seats are sat in: those that were left do not fill a class. Sockets are at least as many as seats."""
    sockets = session.connections.exclude(participant=None).count()
    most = settings.LECTERN_MAX_PARTICIPANTS
    return sockets >= most and present(session.pk).count() >= most


def _rename(seat: Participant, name: str, student_id: str) -> Participant:
    if (name and name != seat.name) or (student_id and student_id != seat.student_id):
        seat.name = name or seat.name
        seat.student_id = student_id or seat.student_id
        seat.save(update_fields=["name", "student_id"])
    return seat


def rename_seat(seat: Participant, *, name: str, actor: str) -> None:
    """Give a seat another name; an empty one changes nothing. Tells the host."""
    with change() as now:
        session = now.lock(seat.session_id)
        _rename(Participant.objects.get(pk=seat.pk), clean_name(name), "")
        now.record(session, "session:renamed", actor, seat=str(seat.uid))
        state_changed(PEOPLE, session.pk)


def arrive(
    caller: Caller,
    session: Session,
    audience: Audience,
    *,
    participant: Participant | None = None,
    key: AccessKey | None = None,
) -> Membership:
    """Give a socket its place, instead of the one it had. Tells the host who is here. Raises SESSION_CLOSED."""
    place = Membership(
        session_id=session.pk,
        audience=audience,
        code=session.code,
        participant_id=participant.pk if participant else None,
        key_id=key.pk if key else None,
    )
    with change() as now:
        session = now.lock(session.pk)
        if not session.is_live:
            raise Rejected("SESSION_CLOSED")
        if place != caller.membership or not Connection.objects.filter(sid=caller.sid).exists():
            if caller.membership is not None:
                depart(caller.sid)
            _announce_host(session, audience)
            _sit_down(caller, place)
            now.record(session, "session:arrived", f"seat:{participant.uid}" if participant else audience.value)
        _tell_who_is_here(session)
    return place


def return_to(caller: Caller) -> None:
    """Sit a socket down again where it was: its line had dropped, or its process was given up."""
    place = caller.membership
    if place is None or Connection.objects.filter(sid=caller.sid).exists():
        return
    with change() as now:
        session = now.lock(place.session_id)
        if session.is_live:
            _announce_host(session, place.audience)
            _sit_down(caller, place)
            seat = session.participants.filter(pk=place.participant_id or 0).first()
            now.record(session, "session:returned", f"seat:{seat.uid}" if seat else place.audience.value)
            _tell_who_is_here(session)


def _tell_who_is_here(session: Session) -> None:
    state_changed(PEOPLE, session.pk)
    state_changed(OVERVIEW, 0)


def _announce_host(session: Session, audience: Audience) -> None:
    """Say that the host is back: one was here before, and none is now."""
    if audience is not Audience.HOST:
        return
    was_here = session.keys.filter(role=AccessKey.Role.HOST, used_at__isnull=False)
    if was_here.exists() and not has_host(session):
        emit(session.pk, "session:hostReconnected", to=(Audience.SEAT, Audience.DISPLAY))


def _sit_down(caller: Caller, place: Membership) -> None:
    if place.key_id is not None:
        AccessKey.objects.filter(pk=place.key_id, used_at=None).update(used_at=timezone.now())
    Connection.objects.create(
        server_id=caller.server_id,
        session_id=place.session_id,
        participant_id=place.participant_id,
        key_id=place.key_id,
        role=ROLES[place.audience],
        sid=caller.sid,
    )


def depart(sid: str) -> None:
    """Take a socket's place away; nothing else of the session changes. Safe to repeat."""
    connection = Connection.objects.filter(sid=sid).select_related("participant").first()
    if connection is None:
        return
    with change() as now:
        session = now.lock(connection.session_id)
        connection.delete()
        if connection.participant is not None:
            Participant.objects.filter(pk=connection.participant.pk).update(last_seen_at=timezone.now())
        actor = f"seat:{connection.participant.uid}" if connection.participant else connection.role
        now.record(session, "session:left", actor)
        _tell_who_is_here(session)
        if connection.role == Connection.Role.HOST and session.is_live and not has_host(session):
            emit(session.pk, "session:hostDisconnected", to=(Audience.SEAT, Audience.DISPLAY))


def open_room(
    session: Session, *, kind: str, widget_id: str, config: dict[str, Any], is_active: bool, actor: str
) -> tuple[Room, bool]:
    """The open room of that widget, and whether it was there already. Raises MAX_ROOMS_REACHED."""
    with change() as now:
        session = now.lock(session.pk)
        open_rooms = session.rooms.filter(closed_at=None)
        existing = open_rooms.filter(kind=kind, widget_id=widget_id).first()
        if existing is not None:
            return existing, True
        if open_rooms.count() >= settings.LECTERN_MAX_ROOMS:
            raise Rejected("MAX_ROOMS_REACHED")
        room = Room.objects.create(
            session=session, kind=kind, widget_id=widget_id, config=config, is_active=is_active, revision=1
        )
        room.memo["sequence"] = now.record(
            session, "session:roomCreated", actor, room=room.pk, roomType=kind, widgetId=widget_id
        )
        state_changed(WIDGET_STATE, room.pk)
        state_changed(OVERVIEW, 0)
        if is_active:
            follow_opened(session, room)
    return room, False


def close_room(room: Room, *, actor: str) -> None:
    with change() as now:
        session = now.lock(room.session_id)
        now.forget_rooms()
        if not Room.objects.filter(pk=room.pk, closed_at=None).update(closed_at=timezone.now()):
            return
        news = {"roomType": room.kind, "widgetId": room.widget_id}
        sequence = now.record(session, "session:roomClosed", actor, room=room.pk, **news)
        emit(session.pk, "session:roomClosed", news, sequence=sequence)
        state_changed(OVERVIEW, 0)


def set_room_active(room: Room, *, is_active: bool, actor: str) -> None:
    """Open or pause a room; students are told in words by their pages."""
    with change() as now:
        session = now.lock(room.session_id)
        room.is_active = is_active
        room.save(update_fields=["is_active"])
        if is_active:
            follow_opened(session, room)
        now.touch(room)
        state = widget_state(room) | {"room": room.pk}
        now.record(session, "session:widgetStateChanged", actor, **state)
        state_changed(WIDGET_STATE, room.pk)


def end_session(session: Session, *, actor: str) -> None:
    """The session is over and its code free again; the record stays. Safe to repeat."""
    with change() as now:
        session = now.lock(session.pk)
        if not session.is_live:
            return
        session.ended_at = timezone.now()
        session.save(update_fields=["ended_at"])
        session.rooms.filter(closed_at=None).update(closed_at=session.ended_at)
        session.keys.filter(revoked_at=None).update(revoked_at=session.ended_at)
        session_ended.send(Session, session=session)
        tell(farewell(session.pk, now.record(session, "session:closed", actor)))
        state_changed(OVERVIEW, 0)


def farewell(session_id: int, sequence: int) -> list[Outgoing]:
    """What the sockets of a session hear when it ends: the event, and the order to leave."""
    dismiss = {"type": "lectern.dismiss", "session_id": session_id}
    return [
        *dispatches(session_id, "session:closed", sequence=sequence),
        *orders(session_id, dismiss, to=EVERYBODY, sequence=sequence),
    ]
