"""The numbers on the admin's first page; other apps register theirs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Connection, ServerProcess, Session
from ..queries import server_stats
from ..servers import SILENCE_S
from .base import address_of


@dataclass(frozen=True)
class Figure:
    label: str
    number: int
    address: str


Source = Callable[[], tuple[int, str]]
_sources: list[tuple[Any, Source]] = []


def figure(label: Any) -> Callable[[Source], Source]:
    """Register a number: the function returns it, and the address of the rows that it counts."""

    def add(source: Source) -> Source:
        _sources.append((label, source))
        return source

    return add


def figures() -> Iterator[Figure]:
    for label, source in _sources:
        number, address = source()
        yield Figure(str(label), number, address)


def rows_since(model: type[Model], field: str, since: datetime) -> str:
    return f"{address_of(model, 'changelist')}?{urlencode({f'{field}__gte': since})}"


def start_of_today() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


@figure(_("Live sessions"))
def live_sessions() -> tuple[int, str]:
    return Session.objects.filter(ended_at=None).count(), address_of(Session, "changelist") + "?state=live"


@figure(_("Students here now"))
def students_here() -> tuple[int, str]:
    people = server_stats()["totalParticipants"]
    return people, address_of(Connection, "changelist") + "?role__exact=participant"


@figure(_("Open connections"))
def open_connections() -> tuple[int, str]:
    return Connection.objects.count(), address_of(Connection, "changelist")


@figure(_("Sessions in the last seven days"))
def sessions_this_week() -> tuple[int, str]:
    since = start_of_today() - timedelta(days=7)
    sessions = Session.objects.filter(created_at__gte=since)
    return sessions.count(), rows_since(Session, "created_at", since)


@figure(_("Servers that answer"))
def servers_alive() -> tuple[int, str]:
    since = timezone.now() - timedelta(seconds=SILENCE_S)
    return ServerProcess.objects.filter(beat_at__gte=since).count(), address_of(ServerProcess, "changelist")


@dataclass(frozen=True)
class Health:
    """How the server is set up, and which processes have fallen silent."""

    version: str
    database: str
    broadcasts: str
    silent: list[ServerProcess]

    @property
    def is_well(self) -> bool:
        return not self.silent


def health() -> Health:
    since = timezone.now() - timedelta(seconds=SILENCE_S)
    return Health(
        version=settings.VERSION,
        database=connection.display_name,
        broadcasts="Redis" if settings.LECTERN_REDIS_URL else str(_("in this process")),
        silent=list(ServerProcess.objects.filter(beat_at__lt=since).order_by("host", "pid")),
    )
