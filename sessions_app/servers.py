"""The processes that serve sockets: each has a row that says it lives; its connections go when it does."""

import os
import socket
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from .changes import change
from .models import Connection, ServerProcess
from .queries import OVERVIEW, PEOPLE
from .realtime.broadcast import state_changed

BEAT_S = 10
SILENCE_S = 60
# What bears our process id and is older was another process: in a container every start has the same id.
IMPORTED_AT = timezone.now()


def register_server() -> int:
    """Add this process, and sweep those that died: after a kill and a restart no ghost is counted."""
    sweep_dead_servers()
    return ServerProcess.objects.create(host=socket.gethostname(), pid=os.getpid()).pk


def beat(server_id: int) -> bool:
    """Say that this process lives. False when it had been given up (a suspended machine); it is back then.

    The time is the database's: the clocks of several hosts may differ by more than the silence allowed.
    """
    if ServerProcess.objects.filter(pk=server_id).update(beat_at=Now()):
        return True
    ServerProcess.objects.create(pk=server_id, host=socket.gethostname(), pid=os.getpid())
    return False


def remove_server(server_id: int) -> None:
    ServerProcess.objects.filter(pk=server_id).delete()


def sweep_dead_servers() -> int:
    """Drop the processes that are gone, with their connections; returns how many."""
    host = socket.gethostname()
    silent = Q(beat_at__lt=Now() - timedelta(seconds=SILENCE_S))
    before_us = Q(host=host, pid=os.getpid(), started_at__lt=IMPORTED_AT)
    dead = list(ServerProcess.objects.filter(silent | before_us).values_list("pk", flat=True))
    here = ServerProcess.objects.filter(host=host).exclude(pk__in=dead)
    dead += [server.pk for server in here if not _is_running(server.pid)]
    touched = set(Connection.objects.filter(server__in=dead).values_list("session_id", flat=True))
    for session_id in touched:
        _drop_connections(session_id, dead)
    ServerProcess.objects.filter(pk__in=dead).delete()
    if touched:
        state_changed(OVERVIEW, 0)
    return len(dead)


def _drop_connections(session_id: int, dead: list[int]) -> None:
    """On record as leaving, since the dead could not say it themselves."""
    with change() as now:
        session = now.lock(session_id)
        lost = Connection.objects.filter(session=session, server__in=dead)
        for seat in list(lost.exclude(participant=None).values_list("participant__uid", flat=True)):
            now.record(session, "session:left", f"seat:{seat}")
        lost.delete()
        state_changed(PEOPLE, session_id)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
