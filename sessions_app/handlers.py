"""The socket events of a session itself: create, join, rooms, close; names and shapes as in WIRE.md, section 2."""

from django.conf import settings
from pydantic import Field

from . import services
from .access import display_key, host_key, key_for, live_session, owns, refuse_revoked, seat_for_token
from .changes import change
from .domain.clock import epoch_ms
from .domain.codes import normalise_code
from .errors import SIGN_IN_FIRST, Rejected
from .keys import new_key, revoke, token_of
from .kinds import kind_of
from .models import AccessKey, Room, Session
from .queries import has_host, present, reusable
from .realtime.broadcast import Audience
from .realtime.events import (
    Answer,
    Call,
    Code,
    Json,
    Later,
    Payload,
    RoomPayload,
    SessionPayload,
    Who,
    on,
)
from .running import active_rooms, make_place, run_list
from .screens import screen_of
from .tokens import issue_token


class Create(Payload):
    existing_code: str | None = Field(None, max_length=40)
    host_token: str | None = Field(None, max_length=200)


class Join(Payload):
    code: Code
    name: str = Field("", max_length=1000)
    student_id: str | None = Field(None, max_length=100)
    participant_token: str | None = Field(None, max_length=200)


class Show(Payload):
    display_token: str = Field(max_length=200)


class CreateRoom(RoomPayload):
    room_type: str = Field(max_length=40)


class OpenRoom(CreateRoom):
    """All but the first three are Lectern's own: with `config` and `is_active` an activity is set and open at once.

    With `make_place` the oldest that is paused closes where there are as many as there may be.
    """

    config: Json | None = None
    is_active: bool | None = None
    make_place: bool = False


class UpdateWidgetState(CreateRoom):
    is_active: bool


class CleanupRooms(SessionPayload):
    active_widget_ids: list[str] = Field(max_length=1000)


@on("session:create", who=Who.ANYONE, plain_errors=True)
def create(call: Call, payload: Create) -> Answer:
    """Open a session, or take up the one that this host has already."""
    if call.caller.user_id is not None:
        services.take_turns(call.caller.user_id)
    session = _session_of_host(call, payload)
    is_existing = session is not None
    if session is None:
        if call.caller.user_id is None and not settings.LECTERN_GUEST_HOSTS:
            raise Rejected("NOT_ALLOWED", SIGN_IN_FIRST)
        session = services.open_session(owner_id=call.caller.user_id, guest_device=_guest_device(call))
    key = host_key(call.caller, session, payload.host_token or "") or _key_of_socket(call, session)
    key = key or new_key(session, AccessKey.Role.HOST)
    call.enter(services.arrive(call.caller, session, Audience.HOST, key=key))

    def read(call: Call) -> Json:
        return {
            "code": session.code,
            "isExisting": is_existing,
            "activeRooms": active_rooms(session, Audience.HOST, None, call.memo),
            "studentAppUrl": f"{call.caller.origin}/j/{session.code}",
            "hostToken": token_of(key),
            "screen": screen_of(session.pk),
            "runList": run_list(session.pk),
            "createdAt": epoch_ms(session.created_at),
        }

    return Later(read)


def _session_of_host(call: Call, payload: Create) -> Session | None:
    """The session named and proved to be the caller's; else the one that this host may take up again.

    Raises SESSION_CLOSED for a board whose own session is over: it must not open another one unasked; and NOT_HOST for
    a device that was released.
    """
    key = key_for("host", payload.host_token)
    if key is not None and not key.session.is_live:
        raise Rejected("SESSION_CLOSED")
    here = _session_hosted_here(call)
    token = payload.host_token or ""
    named = _named_session(payload.existing_code)
    if named is not None and (host_key(call.caller, named, token) or owns(call.caller, named)):
        return named
    shown = key_for("host", token or call.caller.auth.get("hostToken"))
    if shown is not None and shown.session.is_live and host_key(call.caller, shown.session, token):
        return shown.session
    if here is not None:
        return here
    if call.caller.user_id is not None:
        return reusable(Session.objects.filter(owner_id=call.caller.user_id))
    if _guest_device(call):
        return reusable(Session.objects.filter(owner=None, guest_device=_guest_device(call)))
    return None


def _session_hosted_here(call: Call) -> Session | None:
    """The session that this very socket hosts. Raises NOT_HOST when its key was revoked and it has not left since."""
    membership = call.caller.membership
    if membership is None or membership.audience is not Audience.HOST:
        return None
    session = Session.objects.filter(pk=membership.session_id, ended_at=None).first()
    if session is not None:
        refuse_revoked(call, membership)
    return session


def _named_session(code: str | None) -> Session | None:
    try:
        return live_session(normalise_code(code)) if code else None
    except ValueError:
        return None


def _guest_device(call: Call) -> str:
    return call.caller.device if settings.LECTERN_GUEST_HOSTS and call.caller.user_id is None else ""


def _key_of_socket(call: Call, session: Session) -> AccessKey | None:
    membership = call.caller.membership
    if membership is None or membership.session_id != session.pk or membership.audience is not Audience.HOST:
        return None
    return AccessKey.objects.filter(pk=membership.key_id or 0, revoked_at=None).first()


@on("session:join", who=Who.ANYONE, reply="session:joined", batched=True, plain_errors=True)
def join(call: Call, payload: Join) -> Answer:
    """Take a seat, or sit down again in the one that the token or the browser's cookie proves."""
    with change() as now:
        found = now.lock_live(payload.code)
        if found is None:
            raise Rejected("INVALID_SESSION")
        session = found
        device = call.caller.device
        seat = seat_for_token(session, payload.participant_token or call.caller.auth.get("participantToken"))
        if seat is None and device:
            seat = session.participants.filter(device=device).first()
        seat = services.take_seat(
            session, seat=seat, device=device, name=payload.name, student_id=payload.student_id or ""
        )
        call.enter(services.arrive(call.caller, session, Audience.SEAT, participant=seat))

    def read(call: Call) -> Json:
        return {
            "code": session.code,
            "activeRooms": active_rooms(session, Audience.SEAT, seat, call.memo),
            "participantId": seat.uid.hex,
            "participantToken": issue_token("participant", seat.uid),
            "name": seat.name,
            "hostPresent": has_host(session),
        }

    return Later(read)


@on("session:show", who=Who.ANYONE)
def show(call: Call, payload: Show) -> Answer:
    """A projector shows the session; it hears what the class may see, and can send nothing (Lectern's own)."""
    key = display_key(payload.display_token)
    call.enter(services.arrive(call.caller, key.session, Audience.DISPLAY, key=key))

    def read(call: Call) -> Json:
        return {
            "code": key.session.code,
            "joinUrl": f"{call.caller.origin}/j/{key.session.code}",
            "activeRooms": active_rooms(key.session, Audience.DISPLAY, None, call.memo),
            "count": present(key.session_id).count(),
            "screen": screen_of(key.session_id),
        }

    return Later(read)


@on("session:createRoom", who=Who.HOST, plain_errors=True)
def create_room(call: Call, payload: OpenRoom) -> Answer:
    """Open an activity, or take up the one that is open under this widget id."""
    assert call.session is not None
    kind = kind_of(payload.room_type)
    if payload.make_place:
        make_place(call.session, but=payload.widget_id, actor=call.actor)
    room, is_existing = services.open_room(
        call.session,
        kind=kind.name,
        widget_id=payload.widget_id,
        config=kind.first_config(call.session, payload.widget_id, payload.config),
        is_active=kind.starts_active if payload.is_active is None else payload.is_active,
        actor=call.actor,
    )
    room.session = call.session
    if not is_existing:
        kind.announce(room)
    return {"isExisting": is_existing, "roomData": kind.room_data(room, Audience.HOST, None)}


def _room(call: Call, payload: CreateRoom) -> Room:
    assert call.session is not None
    with change() as now:
        return now.room(call.session, payload.room_type, payload.widget_id)


@on("session:closeRoom", who=Who.HOST)
def close_room(call: Call, payload: CreateRoom) -> None:
    """Close an activity; what was answered is kept."""
    services.close_room(_room(call, payload), actor=call.actor)


@on("session:updateWidgetState", who=Who.HOST)
def update_widget_state(call: Call, payload: UpdateWidgetState) -> None:
    """Open a room for answers, or pause it."""
    services.set_room_active(_room(call, payload), is_active=payload.is_active, actor=call.actor)


@on("session:reset", who=Who.HOST)
def reset(call: Call, payload: RoomPayload) -> None:
    """Empty one activity; it alone, whatever others are called."""
    assert call.session is not None
    room = call.session.rooms.filter(widget_id=payload.widget_id, closed_at=None).first()
    if room is None:
        raise Rejected("ROOM_NOT_FOUND")
    with change() as now:
        room = now.room(call.session, room.kind, room.widget_id)
    kind_of(room.kind).reset_room(call, room)


@on("session:cleanupRooms", who=Who.HOST)
def cleanup_rooms(call: Call, payload: CleanupRooms) -> None:
    """Close the rooms whose widgets are gone from the teacher's board."""
    assert call.session is not None
    for room in call.session.rooms.filter(closed_at=None).exclude(widget_id__in=payload.active_widget_ids):
        services.close_room(room, actor=call.actor)


@on("session:close", who=Who.HOST)
def close(call: Call, payload: SessionPayload) -> None:
    """End the session; its code is free again, its record is kept."""
    assert call.session is not None
    services.end_session(call.session, actor=call.actor)


@on("session:leave", who=Who.MEMBER)
def leave(call: Call, payload: SessionPayload) -> None:
    """Stand up without closing the line (Lectern's own); the seat is kept."""
    services.depart(call.caller.sid)
    call.enter(None)


@on("session:release", who=Who.HOST)
def release(call: Call, payload: SessionPayload) -> None:
    """Make this device read-only and revoke its token (Lectern's own)."""
    assert call.caller.membership is not None
    key = AccessKey.objects.get(pk=call.caller.membership.key_id or 0)
    revoke(key, actor=call.actor)
