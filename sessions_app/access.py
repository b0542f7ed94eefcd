"""How a handler or view obtains a session, seat or key: only through a permission."""

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from .changes import Change
from .errors import DEVICE_RELEASED, DISPLAY_REPLACED, DISPLAY_SENDS_NOTHING, HANDOVER_OVER, Rejected
from .models import AccessKey, Lesson, Participant, Session
from .realtime.broadcast import Audience
from .realtime.events import Call, Caller, Membership, SessionPayload, Who, code_in
from .tokens import Purpose, read_token

REFUSAL = {Who.HOST: "NOT_HOST", Who.PARTICIPANT: "NOT_PARTICIPANT", Who.MEMBER: "NOT_PARTICIPANT"}
ROLE = {Who.HOST: Audience.HOST, Who.PARTICIPANT: Audience.SEAT}


def authorise(call: Call, who: Who, change: Change) -> None:
    """Fill in the call's session and participant, or raise: the one gate of every socket event."""
    membership = call.caller.membership
    if membership is not None and membership.audience is Audience.DISPLAY:
        raise Rejected("NOT_ALLOWED", DISPLAY_SENDS_NOTHING)
    if who is Who.STAFF and not call.caller.is_staff:
        raise Rejected("NOT_ALLOWED")
    if who is Who.ANYONE or who is Who.STAFF:
        return
    call.session, membership = _session_as(call, who, change)
    if not call.session.is_live:
        raise Rejected("SESSION_CLOSED")
    if membership.audience is Audience.SEAT:
        call.participant = _seat(call, membership)
    elif who is Who.HOST:
        refuse_revoked(call, membership)


def _session_as(call: Call, who: Who, change: Change) -> tuple[Session, Membership]:
    """The session that the payload names, locked, when the caller is in it as `who` asks; else says what is wrong."""
    assert isinstance(call.payload, SessionPayload), "an event for members names its session"
    membership = call.caller.membership
    session = change.lock(membership.session_id) if membership else None
    if session is None or membership is None or session.code != call.payload.session_code:
        known = live_session(call.payload.session_code) is not None
        raise Rejected(REFUSAL[who] if known else "INVALID_SESSION")
    if who is not Who.MEMBER and membership.audience is not ROLE[who]:
        raise Rejected(REFUSAL[who])
    return session, membership


def _seat(call: Call, membership: Membership) -> Participant:
    """The seat of a membership; a batch asks the database once for all its seats (see dispatch)."""
    seats: dict[int, Participant] = call.memo.get("seats", {})
    seat = seats.get(membership.participant_id or 0)
    if seat is None:
        seat = Participant.objects.filter(pk=membership.participant_id or 0, session_id=membership.session_id).first()
    if seat is None:
        raise Rejected("NOT_PARTICIPANT")
    return seat


def refuse_revoked(call: Call, membership: Membership) -> None:
    """Raises NOT_HOST when the key by which the socket became host was revoked."""
    key_id = membership.key_id
    if call.memo.get(("key", key_id)) is None:
        call.memo["key", key_id] = AccessKey.objects.filter(pk=key_id or 0, revoked_at=None).exists()
    if not call.memo["key", key_id]:
        raise Rejected("NOT_HOST", DEVICE_RELEASED)


def live_session(code: str) -> Session | None:
    return Session.objects.filter(code=code, ended_at=None).first()


def key_for(purpose: Purpose, token: Any) -> AccessKey | None:
    """The key that a token stands for, revoked or expired ones too: the caller looks."""
    uid = read_token(purpose, token) if isinstance(token, str) else None
    if uid is None:
        return None
    return AccessKey.objects.select_related("session").filter(uid=uid, role=purpose).first()


def host_key(caller: Caller, session: Session, token: str) -> AccessKey | None:
    """The host key that this caller shows for the session. Raises NOT_HOST when it was revoked."""
    key = key_for("host", token or caller.auth.get("hostToken"))
    if key is None or key.session_id != session.pk:
        return None
    if key.revoked_at is not None:
        raise Rejected("NOT_HOST", DEVICE_RELEASED)
    return key


def owns(caller: Caller, session: Session) -> bool:
    """Whether the login of this caller, or a guest host's browser, is the session's owner."""
    if caller.user_id is not None and caller.user_id == session.owner_id:
        return True
    is_guest = settings.LECTERN_GUEST_HOSTS and session.owner_id is None
    return bool(is_guest and caller.device and caller.device == session.guest_device)


def recorded_session(user: AbstractBaseUser | AnonymousUser, pk: int, *, to_change: bool = False) -> Session:
    """A session whose record this person may read: the owner, or staff who may look at sessions in the admin.

    Raises INVALID_SESSION.
    """
    session = Session.objects.select_related("owner").filter(pk=pk).first()
    may = may_change_record if to_change else may_read_record
    if session is None or not may(user, session):
        raise Rejected("INVALID_SESSION")
    return session


def may_read_record(user: Any, session: Session) -> bool:
    is_owner = user.is_authenticated and session.owner_id == user.pk
    return bool(is_owner or (user.is_staff and user.has_perm("sessions_app.view_session")))


def may_change_record(user: Any, session: Session) -> bool:
    """The owner alone; where there is none any more, staff who may change sessions."""
    if session.owner_id is not None:
        return bool(session.owner_id == user.pk)
    return bool(user.is_staff and user.has_perm("sessions_app.change_session"))


def display_key(token: Any) -> AccessKey:
    """The key of a projector that may show. Raises NOT_ALLOWED."""
    key = key_for("display", token)
    if key is None or key.revoked_at is not None or not key.session.is_live:
        raise Rejected("NOT_ALLOWED", DISPLAY_REPLACED)
    return key


def handover_key(token: Any) -> tuple[AccessKey, bool]:
    """An unused, unexpired key for another device, and whether that is to be a remote. Raises NOT_ALLOWED."""
    is_remote = isinstance(token, str) and read_token("remote", token) is not None
    uid = read_token("remote" if is_remote else "handover", token) if isinstance(token, str) else None
    tickets = AccessKey.objects.select_related("session", "issued_by")
    key = tickets.filter(uid=uid, role=AccessKey.Role.HANDOVER).first() if uid else None
    now = timezone.now()
    if key is None or key.used_at or key.revoked_at or not key.session.is_live or (key.expires_at or now) <= now:
        raise Rejected("NOT_ALLOWED", HANDOVER_OVER)
    return key, is_remote


def seat_for_token(session: Session, token: Any) -> Participant | None:
    uid = read_token("participant", token) if isinstance(token, str) else None
    return session.participants.filter(uid=uid).first() if uid else None


def is_known(call: Call) -> bool:
    """Whether the caller proves a seat in the session that the payload names, or that it is its host."""
    session = live_session(code_in(call.payload))
    if session is None:
        return False
    caller = call.caller
    token = getattr(call.payload, "participant_token", None) or caller.auth.get("participantToken")
    if seat_for_token(session, token) is not None or owns(caller, session):
        return True
    if caller.device and session.participants.filter(device=caller.device).exists():
        return True
    key = key_for("host", getattr(call.payload, "host_token", None) or caller.auth.get("hostToken"))
    return key is not None and key.session_id == session.pk and key.revoked_at is None


def lesson_of(user_id: int, pk: int) -> Lesson:
    """A lesson of this teacher. Raises LESSON_NOT_FOUND for another's too: nobody learns that it is there."""
    lesson = Lesson.objects.filter(pk=pk, owner_id=user_id).first()
    if lesson is None:
        raise Rejected("LESSON_NOT_FOUND")
    return lesson
