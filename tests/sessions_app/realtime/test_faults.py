"""What goes wrong on real networks: each fault ends one session, once, and costs the server nothing that grows."""

import asyncio
import base64
import json
import os

import aiohttp
import pytest

from .live import FRIEND
from .wire import PATIENCE_S, Peer

pytestmark = [pytest.mark.asyncio, pytest.mark.profile_free]

MAX_PAYLOAD = 1_000_000
MIB = 1_048_576
FOE = "https://foe.example"


def assert_each_was_disconnected_once(peer: Peer) -> dict[str, int]:
    counters = peer.live.stop()
    assert counters["disconnect"] == counters["connect"]
    return counters


async def connect_by_polling(peer: Peer, path: str = "/roomy/") -> str:
    url = await peer.open_polling(path)
    assert await peer.post(url, "40") == (200, "ok")
    status, payload = await peer.get(url)
    assert (status, payload[:2]) == (200, "40")
    return url


async def test_too_large_payload_ends_the_session(own_peer: Peer) -> None:
    url = await connect_by_polling(own_peer)
    filler = "x" * (MAX_PAYLOAD - len('42["unknown",""]'))
    async with own_peer.connected("/roomy/") as line:
        await line.send(f'42["unknown","{filler}"]')
        await own_peer.wait_for(lambda counters: counters.get("unknown event", 0) == 1)
        await line.send(f'42["unknown","{filler}x"]')
        assert await line.wait_closed() in own_peer.close_codes(1009)

    assert (await own_peer.post(url, "x" * (MAX_PAYLOAD + 1)))[0] == 413
    assert (await own_peer.get(url))[0] == 400

    counters = assert_each_was_disconnected_once(own_peer)
    assert (counters["unknown event"], counters["disconnect: payload too large"]) == (1, 2)


async def test_half_open_upgrade_leaves_polling_alive(own_peer: Peer) -> None:
    url = await connect_by_polling(own_peer, "/crowded/")
    async with own_peer.websocket(url.replace("polling", "websocket")) as line:
        await line.send("2probe")
        assert await line.next_message() == "3probe"
        # Never a "5": the server gives up on the WebSocket.
        assert await line.next_message() is None

    await own_peer.post(url, '421["message-with-ack","alive"]')
    polled = ""
    while "431" not in polled:
        polled = (await own_peer.get(url))[1]
    assert polled.endswith('431["alive"]')
    assert_each_was_disconnected_once(own_peer)


def mask(text: str) -> bytes:
    """A client-to-server frame with the mask 0, which leaves the text as it is."""
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text.encode()


async def test_client_that_never_reads_is_dropped(own_peer: Peer) -> None:
    before = await own_peer.counters()
    reader, writer = await asyncio.open_connection("127.0.0.1", own_peer.live.port, limit=1024)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /roomy/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    writer.write(mask("40") + mask('42["flood",400]'))

    after = await own_peer.wait_for(lambda counters: counters.get("disconnect", 0) == 1)

    assert after["disconnect: client too slow"] == 1
    assert after["rss"] - before["rss"] < 16 * MIB
    writer.close()
    assert_each_was_disconnected_once(own_peer)


async def test_client_that_polls_no_more_is_dropped(own_peer: Peer) -> None:
    url = await connect_by_polling(own_peer)

    await own_peer.post(url, '42["flood",400]')

    after = await own_peer.wait_for(lambda counters: counters.get("disconnect", 0) == 1)
    assert after["disconnect: client too slow"] == 1
    assert (await own_peer.get(url))[0] == 400
    assert_each_was_disconnected_once(own_peer)


async def test_flood_waits_for_a_busy_consumer_or_is_dropped(own_peer: Peer) -> None:
    before = await own_peer.counters()
    async with own_peer.connected("/roomy/") as line:
        await line.send('42["sleep",0.5]')
        packet = "42" + json.dumps(["unknown", "x" * 20_000])
        try:
            for _ in range(1000):
                await line.send(packet)
            await line.send('421["message-with-ack"]')
            outcome = await line.next_packet()
        except ConnectionError:
            outcome = None

    after = await own_peer.wait_for(lambda counters: counters.get("disconnect", 0) == 1)
    assert after["rss"] - before["rss"] < 16 * MIB
    if own_peer.live.kind == "uvicorn":
        # Here not reading slows the client down, so that nothing is lost.
        assert (outcome, after["unknown event"]) == ("431[]", 1000)
    else:
        assert (outcome, after["disconnect: client too fast"]) == (None, 1)
    assert_each_was_disconnected_once(own_peer)


async def test_flood_by_polling_is_answered_when_there_is_room(own_peer: Peer) -> None:
    url = await connect_by_polling(own_peer)
    events = "\x1e".join(['42["unknown"]'] * 300)

    assert await own_peer.post(url, '42["sleep",0.3]\x1e' + events) == (200, "ok")

    after = await own_peer.wait_for(lambda counters: counters.get("unknown event", 0) == 300)
    assert after["event"] == 301


async def test_overlapping_posts_end_the_session(own_peer: Peer) -> None:
    url = await connect_by_polling(own_peer)
    events = "\x1e".join(['42["unknown"]'] * 300)
    held = asyncio.create_task(own_peer.post(url, '42["sleep",60]\x1e' + events))
    await own_peer.wait_for(lambda counters: counters.get("event", 0) == 1)

    assert (await own_peer.post(url, "3"))[0] == 400

    assert await held == (200, "ok")
    assert (await own_peer.get(url))[0] == 400


async def test_thousand_idle_connections_do_not_lock_others_out(own_peer: Peer) -> None:
    for _ in range(20):
        await asyncio.gather(*[own_peer.open_polling("/crowded/") for _ in range(50)])

    assert (await own_peer.counters())["sessions"] == 10
    async with own_peer.connected("/crowded/") as line:
        await line.send('421["message-with-ack","in"]')
        assert await line.next_packet() == '431["in"]'
    assert_each_was_disconnected_once(own_peer)


async def test_full_server_refuses_new_sessions(own_peer: Peer) -> None:
    for _ in range(20):
        await connect_by_polling(own_peer, "/crowded/")

    assert (await own_peer.get(own_peer.url("/crowded/")))[0] == 503
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with own_peer.engine("/crowded/"):
            pass
    assert assert_each_was_disconnected_once(own_peer)["connect"] == 20


async def test_aborted_poll_ends_the_session(own_peer: Peer) -> None:
    url = await connect_by_polling(own_peer)
    await own_peer.post(url, '421["message-with-ack"]')
    while "431" not in (await own_peer.get(url))[1]:
        pass
    with pytest.raises(TimeoutError):
        await own_peer.get(url, timeout=aiohttp.ClientTimeout(total=0.1))

    counters = await own_peer.wait_for(lambda counters: counters.get("disconnect", 0) == 1)
    assert counters["disconnect: transport close"] == 1
    assert_each_was_disconnected_once(own_peer)


async def test_crashing_consumer_ends_its_socket_only(own_peer: Peer) -> None:
    async with own_peer.connected("/roomy/") as line:
        await line.send('42["crash"]')
        assert await line.next_packet() == "41"

        await line.send("40")
        assert str(await line.next_packet()).startswith('40{"sid":')


async def test_shutdown_says_goodbye(own_peer: Peer) -> None:
    url = await own_peer.open_polling("/roomy/")
    poll = asyncio.create_task(own_peer.get(url))
    async with own_peer.connected("/roomy/") as line, own_peer.connected("/roomy/", {"recovery": True}) as other:
        counters = await asyncio.to_thread(own_peer.live.stop)

        assert await line.wait_closed() in own_peer.close_codes(1001)
        assert await other.wait_closed() in own_peer.close_codes(1001)
    assert await poll == (200, "1")
    assert (counters["connect"], counters["disconnect"], counters["disconnect: server shutting down"]) == (2, 2, 2)


# Origins


async def test_foreign_origin_is_refused(peer: Peer) -> None:
    headers = {"Origin": FOE}

    assert await peer.get(peer.url("/roomy/"), headers=headers) == (403, '{"code": 4, "message": "Forbidden"}')
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        async with peer.engine("/roomy/", headers=headers):
            pass
    assert refusal.value.status == 403


@pytest.mark.parametrize("origin", [FRIEND, ""])
async def test_allowed_origin_is_echoed_with_credentials(peer: Peer, origin: str) -> None:
    headers = {"Origin": origin or peer.base}
    async with peer.http.get(peer.url("/roomy/"), headers=headers) as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == headers["Origin"]
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
        assert response.headers["Vary"] == "Origin"
        assert response.headers["Set-Cookie"] == "seat=7; Path=/; HttpOnly"

    async with peer.engine("/roomy/", headers=headers):
        pass


async def test_preflight_is_answered(peer: Peer) -> None:
    async with peer.http.options(peer.url("/roomy/"), headers={"Origin": FRIEND}) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Methods"] == "GET, POST"
        assert response.headers["Access-Control-Allow-Origin"] == FRIEND

    async with peer.http.options(peer.url("/roomy/"), headers={"Origin": FOE}) as response:
        assert (response.status, response.headers.get("Access-Control-Allow-Origin")) == (403, None)


async def test_handshake_headers_come_with_a_new_websocket(peer: Peer) -> None:
    async with peer.engine("/roomy/") as line:
        cookie = line.socket._response.headers.get("Set-Cookie")

    # daphne ignores the headers of an accept.
    assert cookie == (None if peer.live.kind == "daphne" else "seat=7; Path=/; HttpOnly")


async def test_websocket_that_breaks_off_ends_the_session(own_peer: Peer) -> None:
    async with own_peer.connected("/roomy/") as line:
        transport = line.socket._response.connection
        assert transport is not None
        transport.transport.abort()
        async with asyncio.timeout(PATIENCE_S):
            counters = await own_peer.wait_for(lambda counters: counters.get("disconnect", 0) == 1)

    assert counters["disconnect: transport close"] == 1
    assert_each_was_disconnected_once(own_peer)
