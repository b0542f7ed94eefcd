"""Clients that do not behave: they are dropped or refused, memory stays bounded, and the lesson goes on."""

import asyncio
import contextlib
import io
import json
import socket
from collections.abc import Iterator

import aiohttp
import pytest

from .client import Json, Phones
from .conftest import Start
from .lesson import Lesson, open_lesson, take_seats, vote
from .server import Server
from .stores import rows

HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
MOST_GROWTH_MIB = 100


def masked(text: str) -> bytes:
    """One WebSocket frame of a client, with the mask 0."""
    data = text.encode()
    assert len(data) < 126
    return bytes((0x81, 0x80 | len(data), 0, 0, 0, 0)) + data


@contextlib.contextmanager
def deaf_websocket(server: Server, code: str) -> Iterator[socket.socket]:
    """Joins, and never reads again."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(("127.0.0.1", server.port))
        line.settimeout(10)
        line.sendall(HANDSHAKE.encode())
        while b"pingInterval" not in line.recv(4096):
            pass
        join = "42" + json.dumps(["session:join", {"code": code, "name": "Zoe"}])
        line.sendall(masked("40") + masked(join))
        yield line


async def deaf_polling(phones: Phones, server: Server, code: str) -> None:
    """Joins by POST, and never asks for an answer."""
    url = f"{server.base}/socket.io/?EIO=4&transport=polling"
    async with phones.http.get(url) as response:
        url += "&sid=" + json.loads((await response.text())[1:])["sid"]
    for packet in ("40", "42" + json.dumps(["session:join", {"code": code, "name": "Zoe"}])):
        async with phones.http.post(url, data=packet) as response:
            assert response.status == 200


def sockets_in(server: Server) -> int:
    return int(rows(server.environment, "SELECT COUNT(*) FROM sessions_app_connection")[0][0])


async def put_patiently(lesson: Lesson, poll: Json) -> None:
    """Set the poll, again after a while when the host was too fast."""
    while not (answer := await lesson.host.call("session:poll:update", lesson.about(pollData=poll)))["success"]:
        await asyncio.sleep(answer["error"]["retryAfter"] / 1000)


async def broadcast_until_dropped(server: Server, lesson: Lesson, left: int, *, most: int) -> int:
    """The longest polls there are, as fast as a host may, until only so many sockets are left; how many it took."""
    for number in range(most):
        options = [f"{number} {option} " + "😀" * 190 for option in range(10)]
        poll = {"question": "😀" * 500, "options": options}
        await put_patiently(lesson, poll)
        if number % 20 == 0 and sockets_in(server) <= left:
            return number
    raise AssertionError(f"still there after {most} broadcasts")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.asyncio
async def test_who_never_reads_is_dropped_and_the_others_hear_everything(start: Start, transport: str) -> None:
    server = start(LECTERN_STATE_INTERVAL_MS="1")
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        (ann,) = await take_seats(phones, server.base, lesson.code, 1)
        before = server.rss_mib
        with contextlib.ExitStack() as deaf:
            if transport == "websocket":
                deaf.enter_context(deaf_websocket(server, lesson.code))
            else:
                await deaf_polling(phones, server, lesson.code)
            await lesson.host.until("session:participantUpdate", lambda people: people["count"] == 2)
            await broadcast_until_dropped(server, lesson, 2, most=1500)

        await put_patiently(lesson, {"question": "Still here?", "options": ["yes", "no"]})
        await ann.until("poll:stateUpdate", lambda state: state["pollData"]["question"] == "Still here?")
        assert (await vote(ann, lesson, 1))["success"] is True
        assert server.rss_mib - before < MOST_GROWTH_MIB


@pytest.mark.asyncio
async def test_a_thousand_lines_without_connect_do_not_disturb_a_lesson(start: Start) -> None:
    server = start()
    before = server.rss_mib
    with contextlib.ExitStack() as idle:
        for _ in range(1000):
            line = idle.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            line.sendall(HANDSHAKE.encode())
        async with Phones() as phones:
            lesson = await open_lesson(phones, server.base)
            (ann,) = await take_seats(phones, server.base, lesson.code, 1)
            assert (await vote(ann, lesson, 0))["success"] is True
            assert server.rss_mib - before < MOST_GROWTH_MIB
    assert server.get("/healthz")[0] == 200


@pytest.mark.parametrize("largest", [10_000, 1_500_000])
@pytest.mark.parametrize("kind", ["uvicorn", "daphne"])
@pytest.mark.asyncio
async def test_one_byte_more_than_the_largest_payload_ends_only_its_sender(
    start: Start, kind: str, largest: int
) -> None:
    server = start(kind=kind, LECTERN_MAX_PAYLOAD_BYTES=str(largest))
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        ann, ben, zoe = await take_seats(phones, server.base, lesson.code, 3)
        frame = "42" + json.dumps(["nobody:knows", ""])
        fits = frame.replace('""', f'"{"x" * (largest - len(frame))}"')

        await ann.send(fits)
        assert (await vote(ann, lesson, 0))["success"] is True
        await zoe.send(fits.replace("x", "xx", 1))
        await asyncio.wait_for(zoe.lost.wait(), 10)
        assert zoe.close_code in (1009, 4009)
        assert (await vote(ben, lesson, 0))["success"] is True
        assert await post_too_much(phones, server, largest) in (400, 413)


async def post_too_much(phones: Phones, server: Server, largest: int) -> int:
    url = f"{server.base}/socket.io/?EIO=4&transport=polling"
    async with phones.http.get(url) as response:
        url += "&sid=" + json.loads((await response.text())[1:])["sid"]
    try:
        async with phones.http.post(url, data=io.BytesIO(b"4" + b"x" * largest)) as response:
            return response.status
    except aiohttp.ClientConnectionError:
        return 413  # it hung up instead of reading the rest


@pytest.mark.asyncio
async def test_a_flood_of_unknown_events_is_counted_and_nothing_else(start: Start) -> None:
    server = start()
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        ann, zoe = await take_seats(phones, server.base, lesson.code, 2)
        before = server.rss_mib

        flood = asyncio.gather(*(zoe.emit("no:such:event", {"number": number}) for number in range(5000)))
        assert (await vote(ann, lesson, 0))["success"] is True
        await flood
        answer = await zoe.call("no:such:event")
        assert (answer["success"], answer["error"]["code"]) == (False, "UNKNOWN_EVENT")
        assert (await vote(zoe, lesson, 1))["success"] is True
        assert zoe.of("lectern:error") == []
        assert server.rss_mib - before < MOST_GROWTH_MIB


@pytest.mark.asyncio
async def test_frames_that_are_no_socket_io_end_only_their_sender(start: Start) -> None:
    server = start()
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base)
        (ann,) = await take_seats(phones, server.base, lesson.code, 1)
        nonsense = [
            "9",
            "4",
            "42",
            "42[",
            "42{}",
            "42[]",
            "42[7]",
            '42["a"',
            "451-",
            "4" + "[" * 5000,
            "\x00",
            "40/,,{",
        ]
        for packet in nonsense:
            zoe = await phones.open(server.base)
            await zoe.send(packet)
            await zoe.close()
        assert (await vote(ann, lesson, 0))["success"] is True
