"""Background work ends what is over: in the server's own process, or in a Celery worker and beat of their own."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .client import Phones
from .conftest import Start
from .lesson import open_lesson, take_seats
from .server import ROOT, Process, Server, clean_environment
from .stores import rows, write

# Beat runs the task once a minute.
WITHIN_S = 75.0
LONG_AGO = "2026-01-01 00:00:00+00:00"
MADE_OLD = "UPDATE sessions_app_session SET created_at = %s WHERE code = %s"
MADE_QUIET = "UPDATE sessions_app_session SET last_activity_at = %s WHERE code = %s"
LIVE = "SELECT code FROM sessions_app_session WHERE ended_at IS NULL"
CONNECTED = """
    SELECT DISTINCT s.code FROM sessions_app_session s JOIN sessions_app_connection c ON c.session_id = s.id
"""
# An hour has passed since beat last ran, as far as its file knows.
REWIND = """
import datetime
from celery.beat import PersistentScheduler
from config.celery import app
app.loader.import_default_modules()
beat = PersistentScheduler(app, schedule_filename=app.conf.beat_schedule_filename)
for entry in beat.schedule.values():
    entry.last_run_at -= datetime.timedelta(hours=1)
beat.close()
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


def rewind_beat(server: Server) -> None:
    environment = clean_environment() | server.environment
    subprocess.run([sys.executable, "-c", REWIND], cwd=ROOT, env=environment, check=True, timeout=60)


async def lesson_ends(server: Server, backdated: asyncio.Event) -> None:
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
        backdated.set()
        await asyncio.gather(*(client.until("session:closed", patience_s=WITHIN_S) for client in (old.host, ann)))
        assert ann.of("session:closed") == [None]
        async with asyncio.timeout(10):
            while rows(server.environment, LIVE) != [(young.code,)]:
                await asyncio.sleep(0.05)
        answer = await old.host.call("session:close", {"sessionCode": old.code})
        assert answer["error"]["code"] in ("SESSION_CLOSED", "INVALID_SESSION")


@pytest.mark.embedded_only
@pytest.mark.xdist_group("faults-background")
@pytest.mark.asyncio
async def test_the_one_process_ends_what_is_over(start: Start) -> None:
    await lesson_ends(start(), asyncio.Event())


@pytest.mark.services_only
@pytest.mark.asyncio
async def test_worker_and_beat_of_their_own_end_what_is_over(
    start: Start, start_celery: Callable[..., Process]
) -> None:
    server, backdated = start(), asyncio.Event()
    rewind_beat(server)
    worker = start_celery(server, "worker", "--concurrency", "1", "--loglevel", "info")
    async with asyncio.timeout(WITHIN_S):
        lesson = asyncio.create_task(lesson_ends(server, backdated))
        await backdated.wait()
        beat = start_celery(server, "beat")
        await lesson
    assert (beat.stop(), worker.stop(within_s=20)) == (0, 0)
