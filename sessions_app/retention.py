"""A session's record: what it is called, how long it is kept after the end, and how it is deleted."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from .changes import change
from .domain.texts import clean_line
from .models import Session

FOR_EVER = 0
# What a page offers; any other number that is set stays as it is.
CHOICES = (7, 30, 90, 365, FOR_EVER)
# Beyond it dates overflow.
MOST_DAYS = 36_500
MOST_AT_ONCE = 500


def days_kept(session: Session) -> int:
    """Days from its end until it is deleted, as the session or else the server is set; FOR_EVER is 0."""
    days = settings.LECTERN_KEEP_DAYS if session.keep_days is None else session.keep_days
    return min(int(days), MOST_DAYS)


def keep_until(session: Session) -> datetime | None:
    """When its record is deleted: for a live session, if it ended now. None: never by itself."""
    days = days_kept(session)
    return (session.ended_at or timezone.now()) + timedelta(days=days) if days else None


def label_record(session: Session, *, title: str, keep_days: int | None, actor: str) -> None:
    """Call the session so, and keep it for so long after its end; None: as the server is set."""
    with change() as now:
        session = now.lock(session.pk)
        session.title, session.keep_days = clean_line(title), keep_days
        session.save(update_fields=["title", "keep_days"])
        now.record(session, "session:labelled", actor, title=session.title, keepDays=keep_days)


def expired_sessions() -> QuerySet[Session]:
    """Ended sessions whose time is over, the oldest first."""
    now = timezone.now()
    ended = Session.objects.exclude(ended_at=None)
    over = Q(pk__in=[])
    for keep_days in ended.order_by().values_list("keep_days", flat=True).distinct():
        days = days_kept(Session(keep_days=keep_days))
        if days != FOR_EVER:
            over |= Q(keep_days=keep_days, ended_at__lte=now - timedelta(days=days))
    return ended.filter(over).order_by("ended_at", "pk")


def erase_session(session: Session) -> bool:
    """Delete an ended session with all that hangs on it; whether it was there. A live one stays."""
    return bool(Session.objects.filter(pk=session.pk).exclude(ended_at=None).delete()[0])


def erase_expired() -> int:
    """Delete what is over, a transaction for each, so that a class that votes never waits for many. Safe to repeat."""
    return sum(erase_session(session) for session in expired_sessions()[:MOST_AT_ONCE])
