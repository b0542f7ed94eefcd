"""The demands of the official Socket.IO 5 test suite, on every server that we support.

The suite: https://github.com/socketio/socket.io-protocol/blob/main/test-suite/test-suite.js
Its first half repeats the Engine.IO suite on the Socket.IO path, briefly here as there.
"""

import asyncio
import json
import time
from typing import Any

import aiohttp
import pytest

from .wire import Peer

pytestmark = [pytest.mark.asyncio, pytest.mark.profile_free]

PATH = "/socket.io/"
HANDSHAKE = {"pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


# Engine.IO, once more


async def test_polling_opens_a_session(peer: Peer) -> None:
    status, body = await peer.get(peer.url(PATH))

    facts = json.loads(body.removeprefix("0"))
    assert isinstance(facts.pop("sid"), str)
    assert (status, facts) == (200, {"upgrades": ["websocket"], **HANDSHAKE})


@pytest.mark.parametrize("query", ["transport=polling", "EIO=abc&transport=polling", "EIO=4", "EIO=4&transport=abc"])
async def test_polling_refuses_a_wrong_handshake(peer: Peer, query: str) -> None:
    assert (await peer.get(f"{peer.base}{PATH}?{query}"))[0] == 400


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_polling_refuses_a_wrong_method(peer: Peer, method: str) -> None:
    async with peer.http.request(method, peer.url(PATH)) as response:
        assert response.status == 400


async def test_websocket_opens_a_session(peer: Peer) -> None:
    async with peer.websocket(peer.url(PATH, "websocket")) as line:
        facts = json.loads(str(await line.next_message()).removeprefix("0"))

    assert isinstance(facts.pop("sid"), str)
    assert facts == {"upgrades": [], **HANDSHAKE}


@pytest.mark.parametrize(
    "query", ["transport=websocket", "EIO=abc&transport=websocket", "EIO=4", "EIO=4&transport=abc"]
)
async def test_websocket_refuses_a_wrong_handshake(peer: Peer, query: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with peer.websocket(f"{peer.base}{PATH}?{query}"):
            pass


async def test_polling_heartbeat_keeps_the_session(peer: Peer) -> None:
    url = await peer.open_polling(PATH)

    for _ in range(3):
        assert await peer.get(url) == (200, "2")
        assert await peer.post(url, "3") == (200, "ok")


async def test_polling_closes_on_ping_timeout(peer: Peer) -> None:
    url = await peer.open_polling(PATH)

    assert [await peer.get(url), await peer.get(url)] == [(200, "2"), (200, "1")]

    assert (await peer.get(url))[0] == 400


async def test_websocket_heartbeat_keeps_the_session(peer: Peer) -> None:
    async with peer.engine(PATH) as line:
        for _ in range(3):
            assert await line.next_message() == "2"
            await line.send("3")


async def test_websocket_closes_on_ping_timeout(peer: Peer) -> None:
    async with peer.engine(PATH) as line:
        assert [await line.next_message(), await line.next_message()] == ["2", None]


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


async def test_upgrade_moves_the_session(peer: Peer) -> None:
    url = await peer.open_polling(PATH)
    async with peer.websocket(url.replace("polling", "websocket")) as line:
        await line.send("2probe")
        assert await line.next_message() == "3probe"

        await line.send("5", "40")

        assert str(await line.next_packet()).startswith('40{"sid":')


async def test_upgraded_session_refuses_polling(peer: Peer) -> None:
    url = await peer.open_polling(PATH)
    async with peer.websocket(url.replace("polling", "websocket")) as line:
        await line.send("2probe", "5")

        assert (await peer.get(url))[0] == 400


async def test_upgraded_session_closes_a_second_websocket(peer: Peer) -> None:
    url = await peer.open_polling(PATH)
    async with peer.websocket(url.replace("polling", "websocket")) as line:
        await line.send("2probe", "5")
        assert await line.next_message() == "3probe"

        async with peer.websocket(url.replace("polling", "websocket")) as second:
            assert await second.next_message() is None


# CONNECT


@pytest.mark.parametrize("namespace", ["", "/custom,"])
@pytest.mark.parametrize("auth", [{}, {"token": "123"}])
async def test_connect_answers_with_a_sid_and_nothing_else(peer: Peer, namespace: str, auth: dict[str, Any]) -> None:
    async with peer.engine(PATH) as line:
        await line.send(f"40{namespace}{json.dumps(auth) if auth else ''}")

        connected, event = await line.next_packets(2)

    handshake = json.loads(str(connected).removeprefix(f"40{namespace}"))
    assert [list(handshake), type(handshake["sid"])] == [["sid"], str]
    assert event == f'42{namespace}["auth",{json.dumps(auth, separators=(",", ":"))}]'


async def test_connect_refuses_an_unknown_namespace(peer: Peer) -> None:
    async with peer.engine(PATH) as line:
        await line.send("40/random")

        assert await line.next_packet() == '44/random,{"message":"Invalid namespace"}'


async def test_connect_closes_on_an_invalid_handshake(peer: Peer) -> None:
    async with peer.engine(PATH) as line:
        await line.send("4abc")

        assert await line.wait_closed() in peer.close_codes(1003)


async def test_connect_must_come_in_time(peer: Peer) -> None:
    async with peer.engine(PATH) as line:
        opened_at = time.monotonic()
        while (message := await line.next_message()) == "2":
            await line.send("3")

    assert (message, 0.9 < time.monotonic() - opened_at < 5) == (None, True)


# DISCONNECT


async def test_disconnect_keeps_the_line(peer: Peer) -> None:
    async with peer.connected(PATH) as line:
        await line.send("41")

        assert await line.next_message() == "2"
        await line.send("3", "40")
        assert str(await line.next_packet()).startswith('40{"sid":')


async def test_disconnect_from_a_namespace_leaves_the_others(peer: Peer) -> None:
    async with peer.connected(PATH) as line:
        await line.send("40/custom")
        await line.next_packets(2)

        await line.send("41/custom", '42["message","message to main namespace"]')

        assert await line.next_packet() == '42["message-back","message to main namespace"]'


# Events and acks

PLACEHOLDERS = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}'
ATTACHMENTS = [b"\x01\x02\x03", b"\x04\x05\x06"]


async def test_event_is_answered(peer: Peer) -> None:
    async with peer.connected(PATH) as line:
        await line.send('42["message",1,"2",{"3":[true]}]')

        assert await line.next_packet() == '42["message-back",1,"2",{"3":[true]}]'


async def test_event_with_attachments_is_answered(peer: Peer) -> None:
    async with peer.connected(PATH) as line:
        await line.send(f'452-["message",{PLACEHOLDERS}]', *ATTACHMENTS)

        assert await line.next_packets(3) == [f'452-["message-back",{PLACEHOLDERS}]', *ATTACHMENTS]


async def test_event_is_acknowledged(peer: Peer) -> None:
    async with peer.connected(PATH) as line:
        await line.send('42456["message-with-ack",1,"2",{"3":[false]}]')

        assert await line.next_packet() == '43456[1,"2",{"3":[false]}]'


async def test_event_with_attachments_is_acknowledged(peer: Peer) -> None:
    async with peer.connected(PATH) as line:
        await line.send(f'452-789["message-with-ack",{PLACEHOLDERS}]', *ATTACHMENTS)

        assert await line.next_packets(3) == [f"462-789[{PLACEHOLDERS}]", *ATTACHMENTS]


@pytest.mark.parametrize(
    "packet", ["4abc", "42{}", '42abc["message-with-ack",1,"2",{"3":[false]}]'], ids=["type", "payload", "ack"]
)
async def test_malformed_packet_closes_the_line(peer: Peer, packet: str) -> None:
    async with peer.connected(PATH) as line:
        await line.send(packet)

        assert await line.wait_closed() in peer.close_codes(1003)
