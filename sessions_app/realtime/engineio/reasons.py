"""Why a session ended: the words told to the application, and the WebSocket close code."""

from typing import NamedTuple


class Reason(NamedTuple):
    """`lost` marks the ends that the peer may not have wanted, after which it may come back."""

    text: str
    code: int = 1000
    lost: bool = False


LINE_LOST = Reason("transport close", lost=True)
PEER_CLOSED = Reason("transport close", lost=True)
PING_TIMEOUT = Reason("ping timeout", lost=True)
REPLACED = Reason("transport close", lost=True)
MALFORMED = Reason("parse error", 1003)
TOO_LARGE = Reason("payload too large", 1009)
OVERLAP = Reason("overlapping requests", 1008)
TOO_SLOW = Reason("client too slow", 1008)
FLOOD = Reason("client too fast", 1008)
CROWDED_OUT = Reason("too many idle connections", 1013)
CONNECT_TIMEOUT = Reason("connect timeout", 1008)
SHUTDOWN = Reason("server shutting down", 1001)
