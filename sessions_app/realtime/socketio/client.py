"""What one Engine.IO session carries: the sockets of a client, one per namespace."""

from collections.abc import Awaitable
from typing import Any, NamedTuple, Protocol

from sessions_app.realtime.engineio import MalformedPacket, Reason, Session

from .codec import Kind, Packet, attach, decode, encode
from .socket import Socket


class Doorman(Protocol):
    """The server, as a client's packets see it."""

    def connect(self, client: "Client", namespace: str, auth: dict[str, Any]) -> Socket | None:
        """A new or recovered socket; None for an unknown namespace."""

    def left(self, client: "Client") -> None: ...


class _Assembly(NamedTuple):
    """A packet whose attachments have not all come."""

    packet: Packet
    size: int
    attachments: list[bytes]


class Client:
    """The listener of one session."""

    def __init__(self, session: Session, doorman: Doorman) -> None:
        self.session = session
        self.sockets: dict[str, Socket] = {}
        self._doorman = doorman
        self._assembly: _Assembly | None = None
        self._was_connected = False

    def received(self, data: str | bytes, received_at: float) -> None:
        if isinstance(data, bytes):
            self._receive_attachment(data, received_at)
            return
        if self._assembly is not None:
            raise MalformedPacket("an attachment was due")
        packet = decode(data)
        if packet.attachments:
            self._assembly = _Assembly(packet, len(data), [])
        else:
            self._dispatch(packet, len(data), received_at)

    def wait_for_room(self) -> Awaitable[None] | None:
        for socket in self.sockets.values():
            room = socket.inbox.wait_for_room()
            if room is not None:
                return room
        return None

    def closed(self, reason: Reason) -> None:
        self._doorman.left(self)
        for socket in list(self.sockets.values()):
            socket.lose(reason)
        self.sockets.clear()

    def _receive_attachment(self, data: bytes, received_at: float) -> None:
        if self._assembly is None:
            raise MalformedPacket("no attachment was due")
        packet, size, attachments = self._assembly
        attachments.append(data)
        size += len(data)
        if len(attachments) < packet.attachments:
            self._assembly = _Assembly(packet, size, attachments)
            return
        self._assembly = None
        self._dispatch(attach(packet, attachments), size, received_at)

    def _dispatch(self, packet: Packet, size: int, received_at: float) -> None:
        if packet.kind is Kind.CONNECT:
            self._connect(packet.namespace, packet.data or {})
            return
        socket = self.sockets.get(packet.namespace)
        if socket is None:
            # After a disconnect by the server the client's last packets may still be on their way.
            if not self._was_connected:
                raise MalformedPacket("nothing is connected yet")
        elif packet.kind is Kind.EVENT:
            socket.event(packet.data, packet.ack, received_at=received_at, size=size)
        elif packet.kind is Kind.ACK and packet.ack is not None:
            socket.answer(packet.ack, packet.data)
        else:
            socket.close("client namespace disconnect")

    def _connect(self, namespace: str, auth: dict[str, Any]) -> None:
        if namespace in self.sockets:
            raise MalformedPacket("connected already")
        socket = self._doorman.connect(self, namespace, auth)
        if socket is None:
            for frame in encode(Kind.CONNECT_ERROR, namespace, data={"message": "Invalid namespace"}):
                self.session.send(frame)
        else:
            self._was_connected = True
            self.sockets[namespace] = socket
