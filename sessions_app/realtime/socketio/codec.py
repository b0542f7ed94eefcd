"""The Socket.IO 5 wire format, strict in what it reads.

Format: https://github.com/socketio/socket.io-protocol. Written here and not taken from python-socketio, whose decoder
lets attachments be unbounded, placeholders point anywhere, and `NaN` pass as JSON.
"""

import json
import math
import re
from collections.abc import Sequence
from enum import Enum
from typing import Any, NamedTuple, NoReturn

from sessions_app.realtime.engineio.errors import MalformedPacket
from sessions_app.realtime.engineio.frames import Frame

# The reference parser's limit; each attachment is bounded by the size of a message.
MAX_ATTACHMENTS = 10
# What lies beyond a float's range anyway; Python itself refuses to read more than some 4300.
MAX_DIGITS = 400
_PACKET = re.compile(r"([0-6])(?:([0-9]{1,2})-)?(?:(/[^,]*),?)?([0-9]{1,15})?(.*)", re.DOTALL)


class Kind(Enum):
    """Packet types; those with attachments are folded into the plain ones once decoded."""

    CONNECT = "0"
    DISCONNECT = "1"
    EVENT = "2"
    ACK = "3"
    CONNECT_ERROR = "4"


_WITH_ATTACHMENTS = {"5": Kind.EVENT, "6": Kind.ACK}
_ATTACHED_DIGIT = {kind: digit for digit, kind in _WITH_ATTACHMENTS.items()}


class Packet(NamedTuple):
    """`data` is None, an object or a list, as the kind demands; `attachments` says how many are still to come."""

    kind: Kind
    namespace: str
    ack: int | None
    data: Any
    attachments: int = 0


def decode(text: str) -> Packet:
    """Raises MalformedPacket."""
    match = _PACKET.fullmatch(text)
    if match is None:
        raise MalformedPacket("not a Socket.IO packet")
    digit, attachments, namespace, ack, body = match.groups()
    kind = _WITH_ATTACHMENTS.get(digit) or Kind(digit)
    if (attachments is None) == (digit in _WITH_ATTACHMENTS) or int(attachments or 0) > MAX_ATTACHMENTS:
        raise MalformedPacket("wrong number of attachments")
    packet = Packet(
        kind=kind,
        namespace=(namespace or "/").partition("?")[0],
        ack=int(ack) if ack else None,
        data=_load(body) if body else None,
        attachments=int(attachments or 0),
    )
    _check(packet)
    return packet


def attach(packet: Packet, attachments: Sequence[bytes]) -> Packet:
    """The packet with its placeholders filled; raises MalformedPacket."""
    try:
        return packet._replace(data=_fill(packet.data, attachments), attachments=0)
    except RecursionError as fault:
        raise MalformedPacket("nested too deeply") from fault


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedPacket(f"{name} is not JSON")


def _read_int(digits: str) -> int | str:
    """JSON bounds no number: one that nothing can hold stays text, for whoever expects a number to refuse."""
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def _read_float(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


_decoder = json.JSONDecoder(parse_int=_read_int, parse_float=_read_float, parse_constant=_refuse_constant)


def _load(body: str) -> Any:
    try:
        return _decoder.decode(body)
    except (ValueError, RecursionError) as fault:
        raise MalformedPacket("payload is not JSON") from fault


def _check(packet: Packet) -> None:
    """The shape each kind demands. What an event's arguments are is the application's business."""
    data = packet.data
    fits = {
        Kind.CONNECT: data is None or isinstance(data, dict),
        Kind.DISCONNECT: data is None,
        Kind.EVENT: isinstance(data, list) and bool(data) and isinstance(data[0], str),
        Kind.ACK: isinstance(data, list) and packet.ack is not None,
        Kind.CONNECT_ERROR: False,
    }
    if not fits[packet.kind]:
        raise MalformedPacket(f"wrong shape for {packet.kind.name}")


def _fill(value: Any, attachments: Sequence[bytes]) -> Any:
    if isinstance(value, list):
        return [_fill(item, attachments) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("_placeholder") is not True:
        return {key: _fill(item, attachments) for key, item in value.items()}
    number = value.get("num")
    if type(number) is not int or not 0 <= number < len(attachments):
        raise MalformedPacket("placeholder without an attachment")
    return attachments[number]


def encode_event(name: str, args: Sequence[Any], namespace: str = "/") -> Frame:
    """An event without attachments, ready to be written to any number of sockets."""
    return _frame(f"2{_prefix(namespace, None)}", [name, *args])


def encode(kind: Kind, namespace: str, *, ack: int | None = None, data: Any = None) -> list[Frame]:
    """A packet, followed by its attachments where `data` holds bytes."""
    prefix = _prefix(namespace, ack)
    if data is None:
        return [Frame(f"4{kind.value}{prefix}")]
    if kind not in _ATTACHED_DIGIT or not _holds_bytes(data):
        return [_frame(f"{kind.value}{prefix}", data)]
    attachments: list[bytes] = []
    data = _take_out(data, attachments)
    head = _frame(f"{_ATTACHED_DIGIT[kind]}{len(attachments)}-{prefix}", data)
    return [head, *map(Frame, attachments)]


def _prefix(namespace: str, ack: int | None) -> str:
    return ("" if namespace == "/" else f"{namespace},") + ("" if ack is None else str(ack))


_encode_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_encode_ascii_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def _frame(head: str, data: Any) -> Frame:
    try:
        return Frame(f"4{head}{_encode_json(data)}")
    except UnicodeEncodeError:
        # Half a surrogate pair, which JSON can escape and UTF-8 cannot hold.
        return Frame(f"4{head}{_encode_ascii_json(data)}")


def _holds_bytes(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_holds_bytes, value))
    if isinstance(value, dict):
        return any(map(_holds_bytes, value.values()))
    return isinstance(value, (bytes, bytearray, memoryview))


def _take_out(value: Any, attachments: list[bytes]) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        attachments.append(bytes(value))
        return {"_placeholder": True, "num": len(attachments) - 1}
    if isinstance(value, (list, tuple)):
        return [_take_out(item, attachments) for item in value]
    if isinstance(value, dict):
        return {key: _take_out(item, attachments) for key, item in value.items()}
    return value
