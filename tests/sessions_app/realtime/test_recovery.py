"""Recovery of a lost line, on the wire: who gets it, what is resent, and when it is too late."""

import json
from typing import Any

import pytest

from .wire import Line, Peer

pytestmark = [pytest.mark.asyncio, pytest.mark.profile_free]

PATH = "/roomy/"


async def lose_line(peer: Peer, auth: dict[str, Any]) -> dict[str, Any]:
    """The handshake of a client whose line broke after the `auth` event, with the offset of that event."""
    lost = (await peer.counters()).get("lost", 0)
    async with peer.engine(PATH) as line:
        await line.send("40" + json.dumps(auth))
        handshake = json.loads(str(await line.next_packet())[2:])
        event = json.loads(str(await line.next_packet())[2:])
    if "pid" in handshake:
        await peer.wait_for(lambda counters: counters.get("lost", 0) > lost)
        handshake["offset"] = event[-1]
    return dict(handshake)


async def come_back(line: Line, auth: dict[str, Any]) -> dict[str, Any]:
    await line.send("40" + json.dumps(auth))
    return dict(json.loads(str(await line.next_packet())[2:]))


def without_offset(packet: object) -> list[Any]:
    *event, offset = json.loads(str(packet).removeprefix("42"))
    assert isinstance(offset, str)
    return event


async def test_recovered_client_gets_what_it_missed(peer: Peer) -> None:
    before = await lose_line(peer, {"recovery": True})

    async with peer.engine(PATH) as line:
        after = await come_back(line, {"pid": before["pid"], "offset": before["offset"]})
        events = [without_offset(packet) for packet in await line.next_packets(4)]

    assert after == {"sid": before["sid"], "pid": before["pid"]}
    assert events == [["missed", 0], ["missed", 1], ["missed", 2], ["welcome-back"]]


async def test_recovered_client_that_saw_nothing_gets_everything(peer: Peer) -> None:
    before = await lose_line(peer, {"recovery": True})

    async with peer.engine(PATH) as line:
        await come_back(line, {"pid": before["pid"]})
        events = [without_offset(packet)[0] for packet in await line.next_packets(5)]

    assert events == ["auth", "missed", "missed", "missed", "welcome-back"]


async def test_recovery_takes_over_a_line_that_only_seems_alive(peer: Peer) -> None:
    async with peer.engine(PATH) as old, peer.engine(PATH) as new:
        before = await come_back(old, {"recovery": True})

        after = await come_back(new, {"pid": before["pid"]})

        assert after == before
        await old.wait_closed()
        await new.send('421["message-with-ack","here"]')
        packets = await new.next_packets(6)
        assert packets[-1] == '431["here"]'


@pytest.mark.parametrize("claim", [{"pid": "stolen"}, {"pid": 7, "offset": []}])
async def test_unknown_pid_makes_a_new_connection(peer: Peer, claim: dict[str, Any]) -> None:
    async with peer.engine(PATH) as line:
        handshake = await come_back(line, claim)

        assert without_offset(await line.next_packet()) == ["auth", claim]
    assert {*handshake} == {"sid", "pid"}
    assert handshake["pid"] != claim["pid"]


async def test_unknown_offset_makes_a_new_connection(peer: Peer) -> None:
    before = await lose_line(peer, {"recovery": True})

    async with peer.engine(PATH) as line:
        after = await come_back(line, {"pid": before["pid"], "offset": "never"})

    assert after["sid"] != before["sid"]


async def test_late_client_makes_a_new_connection(peer: Peer) -> None:
    gone = (await peer.counters()).get("disconnect", 0)
    async with peer.engine(PATH) as line:
        await line.send('40/brief,{"recovery":true}')
        before = json.loads(str(await line.next_packet()).removeprefix("40/brief,"))
    await peer.wait_for(lambda counters: counters.get("disconnect", 0) > gone)

    async with peer.engine(PATH) as line:
        await line.send(f'40/brief,{{"pid":"{before["pid"]}"}}')
        after = json.loads(str(await line.next_packet()).removeprefix("40/brief,"))

    assert after["sid"] != before["sid"]


async def test_client_that_does_not_ask_gets_no_recovery(peer: Peer) -> None:
    gone = (await peer.counters()).get("disconnect", 0)

    handshake = await lose_line(peer, {})

    assert list(handshake) == ["sid"]
    await peer.wait_for(lambda counters: counters.get("disconnect", 0) > gone)


async def test_client_that_leaves_is_not_waited_for(peer: Peer) -> None:
    async with peer.engine(PATH) as line:
        before = await come_back(line, {"recovery": True})
        assert without_offset(await line.next_packet())[0] == "auth"
        await line.send("41")

        after = await come_back(line, {"pid": before["pid"]})

    assert after["sid"] != before["sid"]
