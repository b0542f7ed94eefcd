"""Background work ends what is over: in the server's own process, or in a Celery worker and beat of their own."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from .client import Phones
from .conftest import Start
from .lesson import open_lesson, take_seats
from .server import Process, Server
from .stores import rows, write

HURRIED = {"DJANGO_SETTINGS_MODULE": "tests.faults.hurried"}
WITHIN_S = 30.0
LONG_AGO = "2026-01-01 00:00:00+00:00"
MADE_OLD = "UPDATE sessions_app_session SET created_at = %s WHERE code = %s"
MADE_QUIET = "UPDATE sessions_app_session SET last_activity_at = %s WHERE code = %s"
LIVE = "SELECT code FROM sessions_app_session WHERE ended_at IS NULL"
CONNECTED = """
    SELECT DISTINCT s.code FROM sessions_app_session s JOIN sessions_app_connection c ON c.session_id = s.id
"""


@pytest.fixture
def start_celery(processes: list[Process]) -> Callable[[Server, str], Process]:
    def start_part(server: Server, *arguments: str) -> Process:
        log = Path(server.environment["LECTERN_DATA_DIR"], f"{arguments[0]}.log")
        process = Process(server.environment, ["-m", "celery", "-A", "config", *arguments], log)
        processes.append(process)
        process.start()
        return process

    return start_part


async def lesson_ends(server: Server) -> None:
    """Two lessons: one with sockets, older than any lesson; one where nobody is and nothing has happened for long."""
    async with Phones() as phones:
        old, idle, young = [await open_lesson(phones, server.base) for _ in range(3)]
        (ann,) = await take_seats(phones, server.base, old.code, 1)
        await idle.host.close()
        await young.host.close()
        async with asyncio.timeout(10):
            while rows(server.environment, CONNECTED) != [(old.code,)]:
                await asyncio.sleep(0.05)
        write(server.environment, MADE_OLD, LONG_AGO, old.code)
        write(server.environment, MADE_QUIET, LONG_AGO, idle.code)
        await asyncio.gather(*(client.until("session:closed", patience_s=WITHIN_S) for client in (old.host, ann)))
        assert ann.of("session:closed") == [None]
        async with asyncio.timeout(10):
            while rows(server.environment, LIVE) != [(young.code,)]:
                await asyncio.sleep(0.05)
        answer = await old.host.call("session:close", {"sessionCode": old.code})
        assert answer["error"]["code"] in ("SESSION_CLOSED", "INVALID_SESSION")


@pytest.mark.embedded_only
@pytest.mark.asyncio
async def test_the_one_process_ends_what_is_over(start: Start) -> None:
    await lesson_ends(start(**HURRIED))


@pytest.mark.services_only
@pytest.mark.asyncio
async def test_worker_and_beat_of_their_own_end_what_is_over(
    start: Start, start_celery: Callable[..., Process]
) -> None:
    server = start(**HURRIED)
    worker = start_celery(server, "worker", "--concurrency", "1", "--loglevel", "info")
    beat = start_celery(server, "beat")
    await lesson_ends(server)
    assert (beat.stop(), worker.stop(within_s=20)) == (0, 0)
