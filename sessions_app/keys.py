"""Keys of a session: who else may host or show it, for how long, and how that ends."""

from datetime import timedelta

from django.utils import timezone

from .changes import change
from .errors import HANDOVER_USED, Rejected
from .models import AccessKey, Session
from .realtime.broadcast import Audience, Order, orders, tell
from .tokens import Purpose, issue_token

PURPOSES: dict[str, Purpose] = {
    AccessKey.Role.HOST: "host",
    AccessKey.Role.DISPLAY: "display",
    AccessKey.Role.HANDOVER: "handover",
}
HANDOVER_LIFE = timedelta(seconds=60)
RELEASED = "This device was released."
HANDED_OVER = "The lesson continues on another device."


def new_key(session: Session, role: AccessKey.Role, *, issued_by: AccessKey | None = None) -> AccessKey:
    expires_at = timezone.now() + HANDOVER_LIFE if role is AccessKey.Role.HANDOVER else None
    return AccessKey.objects.create(session=session, role=role, expires_at=expires_at, issued_by=issued_by)


def token_of(key: AccessKey) -> str:
    return issue_token(PURPOSES[key.role], key.uid)


def display_key_of(session: Session) -> AccessKey:
    """The session's projector key; made when there is none that is valid."""
    with change() as now:
        session = now.lock(session.pk)
        key = session.keys.filter(role=AccessKey.Role.DISPLAY, revoked_at=None).first()
        return key or new_key(session, AccessKey.Role.DISPLAY)


def remote_token_of(ticket: AccessKey) -> str:
    """A ticket that makes a second board: the device that offers it stays one too."""
    return issue_token("remote", ticket.uid)


def hand_over(ticket: AccessKey, *, is_remote: bool = False) -> AccessKey:
    """Turn an unused ticket into a host key for the device that shows it. Raises CONFLICT when it was used.

    The device that offered it is read-only from that moment on, unless the other one is to be its remote.
    """
    with change() as now:
        session = now.lock(ticket.session_id)
        if not AccessKey.objects.filter(pk=ticket.pk, used_at=None, revoked_at=None).update(used_at=timezone.now()):
            raise Rejected("CONFLICT", HANDOVER_USED)
        now.record(session, "session:handedOver", "host")
        if ticket.issued_by is not None and not is_remote:
            revoke(ticket.issued_by, actor="host", reason=HANDED_OVER)
        return new_key(session, AccessKey.Role.HOST)


def revoke(key: AccessKey, *, actor: str, reason: str = RELEASED) -> None:
    """End a key: its device becomes read-only, its projector goes dark, its offers are void. Safe to repeat."""
    with change() as now:
        session = now.lock(key.session_id)
        if not AccessKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            return
        key.tickets.filter(used_at=None, revoked_at=None).update(revoked_at=timezone.now())
        sequence = now.record(session, "session:keyRevoked", actor, role=key.role, key=key.pk, reason=reason)
        tell(revocation(session.pk, sequence, key_id=key.pk, reason=reason))


def revocation(session_id: int, sequence: int, *, key_id: int, reason: str) -> list[Order]:
    """What tells a device, among those of a session, that its key has ended."""
    message = {"type": "lectern.revoked", "key_id": key_id, "reason": reason}
    return orders(session_id, message, to=(Audience.HOST, Audience.DISPLAY), sequence=sequence)
