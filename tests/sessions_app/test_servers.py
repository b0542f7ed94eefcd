"""Processes that serve sockets: who is dead is swept with his connections, also where a process id is used again."""

import os
import socket
from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_app import servers
from sessions_app.models import Connection, ServerProcess
from sessions_app.queries import present

from ..factories import make_seat, make_session

pytestmark = pytest.mark.django_db
NEVER_A_PID = 2**22 + 1


def make_process(*, host: str = "", pid: int = 1, silent_s: float = 0) -> ServerProcess:
    """A process with one student on it."""
    now = timezone.now()
    process = ServerProcess.objects.create(
        host=host or socket.gethostname(),
        pid=pid,
        started_at=now - timedelta(hours=1),
        beat_at=now - timedelta(seconds=silent_s),
    )
    session = make_session()
    Connection.objects.create(
        server=process, session=session, participant=make_seat(session), role="participant", sid=f"sid-{process.pk}"
    )
    return process


def ghosts() -> int:
    return sum(present(connection.session_id).count() for connection in Connection.objects.all())


@pytest.mark.parametrize(
    ("host", "pid", "silent_s"),
    [
        pytest.param("", NEVER_A_PID, 0, id="ended here a moment ago"),
        pytest.param("", os.getppid(), servers.SILENCE_S + 1, id="its process id belongs to another program now"),
        pytest.param("", os.getpid(), 0, id="its process id is ours now, as in every container"),
        pytest.param("elsewhere", 1, servers.SILENCE_S + 1, id="elsewhere and silent"),
    ],
)
def test_registering_sweeps_a_dead_process_with_its_connections(host: str, pid: int, silent_s: float) -> None:
    make_process(host=host, pid=pid, silent_s=silent_s)

    ours = servers.register_server()

    assert list(ServerProcess.objects.values_list("pk", flat=True)) == [ours]
    assert ghosts() == 0


@pytest.mark.parametrize(
    ("host", "pid"), [pytest.param("", os.getppid(), id="here"), pytest.param("elsewhere", NEVER_A_PID, id="elsewhere")]
)
def test_sweeping_leaves_a_process_that_lives(host: str, pid: int) -> None:
    make_process(host=host, pid=pid, silent_s=servers.SILENCE_S / 2)

    assert servers.sweep_dead_servers() == 0
    assert ghosts() == 1


def test_who_was_on_a_dead_process_is_on_record_as_leaving_once() -> None:
    process = make_process(host="elsewhere", silent_s=servers.SILENCE_S + 1)
    connection = Connection.objects.get(server=process)
    assert connection.participant is not None

    assert (servers.sweep_dead_servers(), servers.sweep_dead_servers()) == (1, 0)

    left = connection.session.events.filter(kind="session:left")
    assert list(left.values_list("actor", flat=True)) == [f"seat:{connection.participant.uid}"]


def test_a_process_that_was_given_up_learns_it_at_its_next_beat() -> None:
    ours = servers.register_server()
    assert servers.beat(ours) is True

    servers.remove_server(ours)

    assert servers.beat(ours) is False
    assert servers.beat(ours) is True
