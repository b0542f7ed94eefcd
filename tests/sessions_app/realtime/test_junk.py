"""Whatever bytes a peer sends, the server neither raises nor forgets to tell the consumer."""

import asyncio
import contextlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessions_app.realtime.engineio import EngineConfig, MalformedPacket
from sessions_app.realtime.engineio.frames import decode_payload
from sessions_app.realtime.socketio import NamespaceConfig, SocketServer
from sessions_app.realtime.socketio.codec import Kind, attach, decode, encode

pytestmark = pytest.mark.profile_free

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
HEADS = st.sampled_from(
    ["", "4", "40", "41", "42", "43", "44", "451-", "461-", "4599-", "42/x,", "421", "b", "3", "2", "6"]
)
TEXTS = st.builds(
    "{}{}".format, HEADS, st.text(max_size=40) | st.sampled_from(['["e"]', "{}", '["e",{"_placeholder":true}]'])
)
FRAMES = st.lists(TEXTS | st.binary(max_size=40), max_size=6)


class Wire:
    """One ASGI WebSocket without a server, and the consumer's view of it."""

    def __init__(self, frames: list[str | bytes]) -> None:
        self.incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.consumed: list[str] = []
        self.incoming.put_nowait({"type": "websocket.connect"})
        for frame in frames:
            key = "text" if isinstance(frame, str) else "bytes"
            self.incoming.put_nowait({"type": "websocket.receive", key: frame})
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1005})

    async def send(self, message: dict[str, Any]) -> None:
        pass

    async def consume(self, scope: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            self.consumed.append(message["type"])
            if message["type"] == "socketio.disconnect":
                return
            if message["type"] == "socketio.connect":
                await send({"type": "socketio.accept"})
            elif message["ack"] is not None:
                await send({"type": "socketio.ack", "ack": message["ack"], "args": message["args"]})


async def play(frames: list[str | bytes]) -> list[str]:
    """What the consumer of a client that sends these frames was told."""
    wire = Wire(frames)
    server = SocketServer(wire.consume, EngineConfig(), {"/": NamespaceConfig()})
    scope = {
        "type": "websocket",
        "path": "/socket.io/",
        "query_string": b"EIO=4&transport=websocket",
        "headers": [],
    }
    await server(scope, wire.incoming.get, wire.send)
    await server.shutdown()
    assert server.session_count == 0
    return wire.consumed


@given(FRAMES)
@example(["421" + "[" * 100_000])
@example(['42["e",' + "1" * 5000 + "]"])
@example(['421["e","\\ud800"]'])
@example(["0", b""])
@example(['451-["e",{"_placeholder":true,"num":-1}]', b"x"])
@example(['451-["e",{"_placeholder":true,"num":"0"}]', b"x"])
@example(["42[NaN]"])
def test_junk_after_connect_ends_in_one_disconnect(frames: list[str | bytes]) -> None:
    consumed = asyncio.run(play(["40", *frames]))

    connects = consumed.count("socketio.connect")
    assert connects >= 1
    assert (consumed.count("socketio.disconnect"), consumed[-1]) == (connects, "socketio.disconnect")


@given(FRAMES)
def test_junk_before_connect_is_survived(frames: list[str | bytes]) -> None:
    consumed = asyncio.run(play(frames))

    assert consumed.count("socketio.disconnect") == consumed.count("socketio.connect")


@given(st.binary(max_size=60))
def test_junk_payload_is_malformed_at_worst(body: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        list(decode_payload(body))


@given(st.text(min_size=1), st.lists(JSON | st.binary(max_size=5), max_size=4), st.sampled_from(["/", "/custom"]))
def test_event_survives_the_way_there_and_back(name: str, args: list[Any], namespace: str) -> None:
    head, *attachments = encode(Kind.EVENT, namespace, ack=7, data=[name, *args])
    assert isinstance(head.packet, str)

    bodies = [frame.packet for frame in attachments if isinstance(frame.packet, bytes)]
    packet = attach(decode(head.packet[1:]), bodies)

    assert (packet.namespace, packet.ack, packet.data) == (namespace, 7, [name, *args])


@pytest.mark.parametrize("digits", ["1" * 401, "-" + "1" * 5000, "1" * 100_000, "1e999", "-1e999"])
def test_number_that_nothing_can_hold_is_text(digits: str) -> None:
    assert decode(f'2["e",{digits},7,0.5]').data == ["e", digits, 7, 0.5]


def test_number_that_can_be_held_is_one() -> None:
    assert decode(f'2["e",{"9" * 400},-1e308]').data == ["e", 10**400 - 1, -1e308]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "1}")])
def test_deep_nesting_is_malformed(opening: str, closing: str) -> None:
    with pytest.raises(MalformedPacket):
        decode('2["e",' + opening * 400_000 + closing * 400_000 + "]")
