"""The Engine.IO 4 wire format: packets, polling payloads, and frames encoded once for all recipients.

Format: https://github.com/socketio/engine.io-protocol
"""

import binascii
import itertools
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator

from .errors import MalformedPacket

SEPARATOR = "\x1e"
_FIN_TEXT, _FIN_BINARY = 0x81, 0x82
_offsets = itertools.count(1)


class Frame:
    """One Engine.IO packet, encoded once and shared by every session it goes to.

    `packet` is what a WebSocket message holds: text with its type digit, or the bytes of a binary message.
    """

    __slots__ = ("_recoverable", "offset", "packet", "size", "ws_bytes")

    def __init__(self, packet: str | bytes, offset: str = "") -> None:
        self.packet = packet
        self.offset = offset
        # Made at once, not on demand: nearly every frame goes to a WebSocket, and the size is needed anyway.
        self.ws_bytes = _encode_ws_frame(packet)
        self.size = len(self.ws_bytes)
        self._recoverable: Frame | None = None

    @property
    def text(self) -> str:
        """The packet as polling sends it, where binary is base64."""
        if isinstance(self.packet, str):
            return self.packet
        return "b" + b64encode(self.packet).decode()

    def with_offset(self) -> "Frame":
        """The same Socket.IO event with an offset as its last argument: one variant for all recipients."""
        if self._recoverable is None:
            if not isinstance(self.packet, str) or not self.packet.endswith("]"):
                raise ValueError("only an event can carry an offset")
            offset = f"{next(_offsets):x}"
            self._recoverable = Frame(f'{self.packet[:-1]},"{offset}"]', offset)
        return self._recoverable


def _encode_ws_frame(packet: str | bytes) -> bytes:
    """An unmasked, unfragmented WebSocket frame (RFC 6455, section 5.2)."""
    opcode, body = (_FIN_TEXT, packet.encode()) if isinstance(packet, str) else (_FIN_BINARY, packet)
    length = len(body)
    if length < 126:
        return struct.pack("!BB", opcode, length) + body
    if length < 65_536:
        return struct.pack("!BBH", opcode, 126, length) + body
    return struct.pack("!BBQ", opcode, 127, length) + body


CLOSE = Frame("1")
PING = Frame("2")
PROBE_ANSWER = Frame("3probe")
NOOP = Frame("6")


def encode_payload(frames: Iterable[Frame]) -> str:
    return SEPARATOR.join([frame.text for frame in frames])


def decode_payload(body: bytes) -> Iterator[str | bytes]:
    """The packets of a polling request, one at a time: a megabyte can hold half a million of them."""
    try:
        payload = body.decode()
    except UnicodeDecodeError as fault:
        raise MalformedPacket("payload is not UTF-8") from fault
    start = 0
    while start <= len(payload):
        end = payload.find(SEPARATOR, start)
        end = len(payload) if end < 0 else end
        yield _decode_polled(payload[start:end])
        start = end + 1


def _decode_polled(packet: str) -> str | bytes:
    if not packet.startswith("b"):
        return packet
    try:
        return b64decode(packet[1:], validate=True)
    except (binascii.Error, ValueError) as fault:
        raise MalformedPacket("packet is not base64") from fault
