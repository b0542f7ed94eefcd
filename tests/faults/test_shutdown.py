"""A server that is asked to end says goodbye to every socket, and ends well and soon."""

import asyncio
import signal

import pytest

from .client import Client, Phones
from .conftest import Start
from .lesson import host_again, open_lesson, seats_again, take_seats
from .ports import PATIENCE_S
from .server import Server
from .stores import rows

SERVERS = ("uvicorn", "daphne")
WITHIN_S = 10.0


async def stop(server: Server, number: signal.Signals) -> int:
    assert server.process is not None
    server.process.send_signal(number)
    return await asyncio.to_thread(server.wait, within_s=WITHIN_S)


async def wait_lost(clients: list[Client]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(client.lost.wait() for client in clients))


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.asyncio
async def test_a_server_asked_to_end_closes_every_socket_and_ends_well(start: Start, kind: str) -> None:
    server = start(kind=kind)
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        seats = await take_seats(phones, server.base, lesson.code, 20)
        polling = await take_seats(phones, server.base, lesson.code, 3, polling=True)

        assert await stop(server, signal.SIGTERM) == 0
        await wait_lost([lesson.host, *seats, *polling])
        # A polling client learns it by its next answer, or by finding nobody there.
        assert {seat.close_code for seat in (lesson.host, *seats)} == {1001 if kind == "uvicorn" else 4001}
    assert rows(server.environment, "SELECT COUNT(*) FROM sessions_app_serverprocess") == [(0,)]


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.asyncio
async def test_ctrl_c_ends_it_without_a_traceback(start: Start, kind: str) -> None:
    server = start(kind=kind)
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)

        assert await stop(server, signal.SIGINT) == 0
        await wait_lost([lesson.host])
    assert server.troubles == []


@pytest.mark.asyncio
async def test_after_an_orderly_restart_everybody_is_back(start: Start) -> None:
    server = start()
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        seats = await take_seats(phones, server.base, lesson.code, 5)
        assert await stop(server, signal.SIGTERM) == 0

        server.start()
        assert (await host_again(phones, server.base, lesson))["isExisting"] is True
        returned = await seats_again(phones, server.base, lesson.code, seats)
        assert [joined["participantId"] for _, joined in returned] == [seat.seat for seat in seats]
        await lesson.host.until("session:participantUpdate", lambda people: people["count"] == len(seats))
