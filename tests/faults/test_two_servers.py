"""Two server processes on one PostgreSQL and one Redis: one lesson on both, and what is left when one is killed."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from .client import Client, Phones
from .conftest import Start
from .lesson import Lesson, open_lesson, seats_again, take_seats, vote
from .server import ROOT, Process, Server, Stores, clean_environment, forget_redis
from .stores import rows

pytestmark = pytest.mark.services_only
SEATS = 20


@pytest.fixture
def celery_worker(processes: list[Process]) -> Callable[[Server], Process]:
    def start_worker(server: Server) -> Process:
        arguments = ["-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--pool", "solo"]
        log = Path(server.environment["LECTERN_DATA_DIR"], "worker.log")
        worker = Process(server.environment, arguments, log)
        processes.append(worker)
        worker.start()
        return worker

    return start_worker


def ask_worker(server: Server, task: str) -> None:
    command = [sys.executable, "-m", "celery", "-A", "config", "call", task]
    environment = clean_environment() | server.environment
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=60)


async def all_hear_total(phones: list[Client], total: int) -> None:
    heard = (p.until("poll:voteUpdate", lambda state: state["totalVotes"] == total) for p in phones)
    await asyncio.gather(*heard)


def sequence_gaps(server: Server) -> list[tuple[int, int, int]]:
    """Sessions whose record is not numbered 1, 2, … up to the session's own number: (newest, highest, events)."""
    statement = """
        SELECT s.sequence, MAX(e.sequence), COUNT(*) FROM sessions_app_session s
        JOIN sessions_app_sessionevent e ON e.session_id = s.id GROUP BY s.id, s.sequence
    """
    return [row for row in rows(server.environment, statement) if not row[0] == row[1] == row[2]]


async def host_on(phones: Phones, server: Server, lesson: Lesson) -> None:
    lesson.host = await phones.open(server.base, auth={"hostToken": lesson.host_token})
    assert (await lesson.host.call("session:create", {"existingCode": lesson.code}))["isExisting"] is True


async def pause_and_resume(lesson: Lesson, everyone: list[Client]) -> None:
    """Everyone, on either server, hears of it in the same words."""
    for is_active in (False, True):
        after = len(lesson.host.events)
        await lesson.ask("session:updateWidgetState", roomType="poll", isActive=is_active)
        room = await lesson.host.until("session:widgetStateChanged", after=after)
        assert room["isActive"] is is_active
        await asyncio.gather(*(client.until("session:widgetStateChanged", room.__eq__) for client in everyone))


@pytest.mark.asyncio
async def test_a_lesson_on_two_servers_goes_on_when_one_is_killed(
    start: Start, celery_worker: Callable[[Server], Process]
) -> None:
    one = start()
    two = start(one.environment)
    celery_worker(two)
    async with Phones() as phones:
        lesson = await open_lesson(phones, one.base)
        await host_on(phones, two, lesson)
        first = await take_seats(phones, one.base, lesson.code, SEATS)
        second = await take_seats(phones, two.base, lesson.code, SEATS)
        everyone = [lesson.host, *first, *second]
        await lesson.host.until("session:participantUpdate", lambda people: people["count"] == 2 * SEATS)

        await asyncio.gather(*(vote(seat, lesson, 0) for seat in (*first[:10], *second[:10])))
        await all_hear_total(everyone, 20)
        await pause_and_resume(lesson, everyone)

        after = len(lesson.host.events)
        one.kill()
        ask_worker(two, "sessions_app.tasks.sweep_dead_servers")
        await lesson.host.until("session:participantUpdate", lambda people: people["count"] == SEATS, after=after)

        moved = [client for client, _ in await seats_again(phones, two.base, lesson.code, first)]
        assert [client.seat for client in moved] == [client.seat for client in first]
        await lesson.host.until("session:participantUpdate", lambda people: people["count"] == 2 * SEATS, after=after)
        await asyncio.gather(*(vote(seat, lesson, 1) for seat in (*moved[10:], *second[10:])))
        await all_hear_total([lesson.host, *moved, *second], 2 * SEATS)
        assert await lesson.counts() == {"0": SEATS, "1": SEATS, "2": 0}
    assert sequence_gaps(two) == []


@pytest.mark.asyncio
async def test_two_installations_on_one_redis_do_not_hear_each_other(start: Start, stores: Stores) -> None:
    """Redis publishes to all of its databases, and both installations have a session number 1."""
    ours = start()
    url = urlsplit(ours.environment["LECTERN_REDIS_URL"])
    other_redis = urlunsplit(url._replace(path=f"/{(int(url.path.strip('/')) + 8) % 16}"))
    forget_redis(other_redis)
    theirs = start(stores.fresh(LECTERN_REDIS_URL=other_redis))
    async with Phones() as phones:
        here, there = await open_lesson(phones, ours.base), await open_lesson(phones, theirs.base)
        (ann,) = await take_seats(phones, ours.base, here.code, 1)
        (zoe,) = await take_seats(phones, theirs.base, there.code, 1)

        await here.set_poll("Only for Ann?")
        await there.set_poll("Only for Zoe?")
        await ann.until("poll:stateUpdate", lambda state: state["pollData"]["question"] == "Only for Ann?")
        await zoe.until("poll:stateUpdate", lambda state: state["pollData"]["question"] == "Only for Zoe?")
        heard = {state["pollData"]["question"] for state in ann.of("poll:stateUpdate")}
        assert heard == {"Only for Ann?"}
