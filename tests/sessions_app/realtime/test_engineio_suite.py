"""The demands of the official Engine.IO 4 test suite, on every server that we support.

The suite: https://github.com/socketio/engine.io-protocol/blob/main/test-suite/test-suite.js
"""

import asyncio
import json
import time

import aiohttp
import pytest

from .wire import Line, Peer

pytestmark = [pytest.mark.asyncio, pytest.mark.profile_free]

PATH = "/engine.io/"
HANDSHAKE = {"pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


# Handshake


async def test_polling_opens_a_session(peer: Peer) -> None:
    status, body = await peer.get(peer.url(PATH))

    facts = json.loads(body.removeprefix("0"))
    assert isinstance(facts.pop("sid"), str)
    assert (status, body[0], facts) == (200, "0", {"upgrades": ["websocket"], **HANDSHAKE})


@pytest.mark.parametrize("query", ["transport=polling", "EIO=abc&transport=polling"])
async def test_polling_refuses_a_wrong_version(peer: Peer, query: str) -> None:
    answer = await peer.get(f"{peer.base}{PATH}?{query}")

    assert answer == (400, '{"code": 5, "message": "Unsupported protocol version"}')


@pytest.mark.parametrize("query", ["EIO=4", "EIO=4&transport=abc"])
async def test_polling_refuses_a_wrong_transport(peer: Peer, query: str) -> None:
    answer = await peer.get(f"{peer.base}{PATH}?{query}")

    assert answer == (400, '{"code": 0, "message": "Transport unknown"}')


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_polling_refuses_a_wrong_method(peer: Peer, method: str) -> None:
    async with peer.http.request(method, peer.url(PATH)) as response:
        assert (response.status, await response.json()) == (400, {"code": 2, "message": "Bad handshake method"})


async def test_websocket_opens_a_session(peer: Peer) -> None:
    async with peer.websocket(peer.url(PATH, "websocket")) as line:
        message = await line.next_message()

    facts = json.loads(str(message).removeprefix("0"))
    assert isinstance(facts.pop("sid"), str)
    assert (str(message)[0], facts) == ("0", {"upgrades": [], **HANDSHAKE})


@pytest.mark.parametrize(
    "query", ["transport=websocket", "EIO=abc&transport=websocket", "EIO=4", "EIO=4&transport=abc"]
)
async def test_websocket_refuses_a_wrong_handshake(peer: Peer, query: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        async with peer.websocket(f"{peer.base}{PATH}?{query}"):
            pass

    # daphne can only refuse with 403.
    assert refusal.value.status in (400, 403)


# Messages


@pytest.mark.parametrize("payload", ["4hello", "4test1\x1e4test2\x1e4test3", "4hello\x1ebAQIDBA=="])
async def test_polling_carries_packets(peer: Peer, payload: str) -> None:
    url = await peer.open_polling(PATH)

    assert await peer.post(url, payload) == (200, "ok")
    assert await peer.get(url) == (200, payload)


async def test_polling_closes_on_an_invalid_packet(peer: Peer) -> None:
    url = await peer.open_polling(PATH)

    assert (await peer.post(url, "abc"))[0] == 400
    assert await peer.get(url) == (400, '{"code": 1, "message": "Session ID unknown"}')


async def test_polling_closes_on_duplicate_polls(peer: Peer) -> None:
    url = await peer.open_polling(PATH)

    answers = sorted(await asyncio.gather(peer.get(url), peer.get(url)))

    assert answers == [(200, "1"), (400, '{"code": 3, "message": "Bad request"}')]
    assert (await peer.get(url))[0] == 400


async def test_polling_closes_on_an_aborted_poll(peer: Peer) -> None:
    url = await peer.open_polling(PATH)
    sessions = (await peer.counters())["sessions"]
    with pytest.raises(TimeoutError):
        await peer.get(url, timeout=aiohttp.ClientTimeout(total=0.05))

    await peer.wait_for(lambda counters: counters["sessions"] < sessions)
    assert (await peer.get(url))[0] == 400


@pytest.mark.parametrize("packet", ["4hello", b"\x01\x02\x03\x04"])
async def test_websocket_carries_packets(peer: Peer, packet: str | bytes) -> None:
    async with peer.engine(PATH) as line:
        await line.send(packet)

        assert await line.next_packet() == packet


async def test_websocket_closes_on_an_invalid_packet(peer: Peer) -> None:
    async with peer.engine(PATH) as line:
        await line.send("abc")

        assert await line.wait_closed() in peer.close_codes(1003)


# Heartbeat


async def test_polling_heartbeat_keeps_the_session(peer: Peer) -> None:
    url = await peer.open_polling(PATH)

    for _ in range(3):
        assert await peer.get(url) == (200, "2")
        assert await peer.post(url, "3") == (200, "ok")


async def test_polling_closes_on_ping_timeout(peer: Peer) -> None:
    url = await peer.open_polling(PATH)
    opened_at = time.monotonic()

    assert await peer.get(url) == (200, "2")
    assert await peer.get(url) == (200, "1")

    assert time.monotonic() - opened_at > 0.45
    assert (await peer.post(url, "3"))[0] == 400


async def test_websocket_heartbeat_keeps_the_session(peer: Peer) -> None:
    async with peer.engine(PATH) as line:
        for _ in range(3):
            assert await line.next_message() == "2"
            await line.send("3")

        await line.send("4still here")
        assert await line.next_packet() == "4still here"


async def test_websocket_closes_on_ping_timeout(peer: Peer) -> None:
    async with peer.engine(PATH) as line:
        opened_at = time.monotonic()

        assert [await line.next_message(), await line.next_message()] == ["2", None]

        assert 0.45 < time.monotonic() - opened_at < 5


# Close


async def test_polling_client_closes_the_session(peer: Peer) -> None:
    url = await peer.open_polling(PATH)
    poll = asyncio.create_task(peer.get(url))
    await asyncio.sleep(0.05)

    assert await peer.post(url, "1") == (200, "ok")

    assert await poll == (200, "6")
    assert (await peer.get(url))[0] == 400


async def test_websocket_client_closes_the_session(peer: Peer) -> None:
    async with peer.engine(PATH) as line:
        await line.send("1")

        assert await line.wait_closed() == 1000


# Upgrade


def as_websocket(url: str) -> str:
    return url.replace("transport=polling", "transport=websocket")


async def upgrade(line: Line) -> None:
    await line.send("2probe")
    assert await line.next_message() == "3probe"
    await line.send("5")


async def test_upgrade_moves_the_session(peer: Peer) -> None:
    url = await peer.open_polling(PATH)
    poll = asyncio.create_task(peer.get(url))
    async with peer.websocket(as_websocket(url)) as line:
        await line.send("2probe")
        assert await line.next_message() == "3probe"
        # The pending poll ends, so that nothing is on two lines at once.
        assert await poll == (200, "6")

        await line.send("5", "4hello")

        assert await line.next_packet() == "4hello"


async def test_upgraded_session_refuses_polling(peer: Peer) -> None:
    url = await peer.open_polling(PATH)
    async with peer.websocket(as_websocket(url)) as line:
        await line.send("2probe", "5")

        assert (await peer.get(url))[0] == 400

        await line.send("4hello")
        assert [await line.next_packet(), await line.next_packet()] == ["3probe", "4hello"]


async def test_upgraded_session_closes_a_second_websocket(peer: Peer) -> None:
    url = await peer.open_polling(PATH)
    async with peer.websocket(as_websocket(url)) as line:
        await upgrade(line)
        await line.send("4hello")
        assert await line.next_packet() == "4hello"

        async with peer.websocket(as_websocket(url)) as second:
            assert await second.next_message() is None

        await line.send("4hello again")
        assert await line.next_packet() == "4hello again"
