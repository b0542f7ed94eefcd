"""One client in one namespace, and the consumer that serves it."""

import asyncio
import logging
from collections.abc import Sequence
from enum import Enum, auto
from typing import Any, Protocol

from sessions_app.realtime.engineio import ASGIApplication, EngineConfig, Frame, Message, Reason, Session
from sessions_app.realtime.engineio.reasons import FLOOD

from .codec import Kind, encode
from .inbox import Inbox
from .recovery import RecoveryLog

logger = logging.getLogger(__name__)

# A consumer has this long to act on its disconnect before it is cancelled.
APP_CLOSE_TIMEOUT_S = 10.0


class State(Enum):
    CONNECTING = auto()
    CONNECTED = auto()
    LOST = auto()
    CLOSED = auto()


class Owner(Protocol):
    """What a socket needs of the server."""

    config: EngineConfig

    def accepted(self, socket: "Socket", session: Session) -> None: ...
    def closed(self, socket: "Socket", session: Session | None) -> None: ...


class Socket:
    """Given to the consumer as `scope["socket"]`; every method but `call` is synchronous and for the event loop only.

    `pid` is the private id with which a client may recover its state; empty where that is not offered.
    """

    def __init__(self, owner: Owner, session: Session, namespace: str, *, log: RecoveryLog | None, recovery_s: float):
        self.sid = owner.config.new_id()
        self.namespace = namespace
        self.pid = owner.config.new_id() if log is not None else ""
        self.recovered = False
        self.state = State.CONNECTING
        self.inbox = Inbox(owner.config.queue_max_bytes)
        self._owner = owner
        self.session: Session | None = session
        # The session once the consumer has accepted; nothing is written before, or while the line is lost.
        self._line: Session | None = None
        # Events are recorded from the moment the consumer accepts.
        self._offered_log = log
        self._log: RecoveryLog | None = None
        self._recovery_s = recovery_s
        self._expiry: asyncio.TimerHandle | None = None
        self._calls: dict[int, asyncio.Future[list[Any]]] = {}
        self._call_count = 0

    # For the application

    def write(self, frame: Frame) -> None:
        """Queue an event made by `encode_event`: the way of broadcasts."""
        if self._log is not None:
            frame = self._log.add((frame,))[0]
        if self._line is not None:
            self._line.send(frame)

    def emit(self, name: str, *args: Any) -> None:
        frames: Sequence[Frame] = encode(Kind.EVENT, self.namespace, data=[name, *args])
        if self._log is not None:
            frames = self._log.add(frames)
        self._send(frames)

    def post(self, message: Message) -> None:
        """Put a message of the server into the consumer's inbox."""
        self.inbox.put(message)
        if self.inbox.is_stuck():
            logger.error("consumer of %s does not read its inbox", self.namespace)
            self.close(FLOOD.text, notify_peer=True)

    async def call(self, name: str, *args: Any, timeout_s: float) -> list[Any]:
        """Emit and wait for the client's ack; raises TimeoutError, and ConnectionError when the line is lost.

        The consumer that reads the inbox must not wait here while its client floods it: acks come in the same order.
        """
        if self._line is None:
            raise ConnectionResetError("the client is not connected")
        self._call_count += 1
        number = self._call_count
        answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._calls[number] = answer
        self._send(encode(Kind.EVENT, self.namespace, ack=number, data=[name, *args]))
        try:
            async with asyncio.timeout(timeout_s):
                return await answer
        finally:
            self._calls.pop(number, None)

    # For the client's connection

    def start(self, app: ASGIApplication, scope: dict[str, Any]) -> asyncio.Task[None]:
        self.inbox.put({"type": "socketio.connect"})
        return asyncio.get_running_loop().create_task(self._run(app, scope))

    def event(self, data: list[Any], ack: int | None, *, received_at: float, size: int) -> None:
        message = {"type": "socketio.event", "name": data[0], "args": data[1:], "ack": ack, "received_at": received_at}
        self.inbox.put(message, client_bytes=size)

    def answer(self, number: int, args: list[Any]) -> None:
        call = self._calls.pop(number, None)
        if call is not None and not call.done():
            call.set_result(args)

    def lose(self, reason: Reason) -> None:
        """The line is gone; the consumer lives on where the client may come back."""
        if self.state is not State.CONNECTED or self._log is None or not reason.lost:
            self.close(reason.text)
            return
        self.state = State.LOST
        self.session = self._line = None
        self._fail_calls()
        self._expiry = asyncio.get_running_loop().call_later(self._recovery_s, self.close, reason.text)
        self.inbox.put({"type": "socketio.lost"})

    def find_missed(self, offset: str | None) -> list[Sequence[Frame]] | None:
        return None if self._log is None else self._log.find_missed(offset)

    def recover(self, session: Session, missed: list[Sequence[Frame]]) -> None:
        """Go on over another line, beginning with what was missed."""
        if self._expiry is not None:
            self._expiry.cancel()
        self.recovered = True
        self.state = State.CONNECTED
        self.session = self._line = session
        self._send_connect()
        for frames in missed:
            self._send(frames)
        headers = session.scope["headers"]
        self.inbox.put({"type": "socketio.recovered", "headers": headers})

    def close(self, reason: str, *, notify_peer: bool = False) -> None:
        """The end, told to the consumer exactly once."""
        if self.state is State.CLOSED:
            return
        if notify_peer and self._line is not None:
            self._send(encode(Kind.DISCONNECT, self.namespace))
        self.state = State.CLOSED
        session, self.session, self._line, self._log = self.session, None, None, None
        if self._expiry is not None:
            self._expiry.cancel()
        self._fail_calls()
        self.inbox.finish({"type": "socketio.disconnect", "reason": reason})
        self._owner.closed(self, session)

    def _fail_calls(self) -> None:
        for call in self._calls.values():
            if not call.done():
                call.set_exception(ConnectionResetError("the client's line was lost"))
        self._calls.clear()

    def _send(self, frames: Sequence[Frame]) -> None:
        if self._line is not None:
            for frame in frames:
                self._line.send(frame)

    # The consumer

    async def _run(self, app: ASGIApplication, scope: dict[str, Any]) -> None:
        try:
            await app(scope, self.inbox.get, self._handle)
        except Exception:
            # One of the three boundaries: the fault of a consumer ends its own socket and no more.
            logger.exception("consumer of %s failed", self.namespace)
        finally:
            self._refuse_or_close()

    def _refuse_or_close(self) -> None:
        if self.state is State.CONNECTING:
            self._reject({"message": "Connection refused"})
        self.close("server namespace disconnect", notify_peer=True)

    async def _handle(self, message: Message) -> None:
        """The consumer's `send`. What comes after the end of the socket is ignored: the consumer could not know."""
        if self.state is State.CLOSED:
            return
        match message["type"]:
            case "socketio.emit":
                self.emit(message["name"], *message["args"])
            case "socketio.ack":
                self._send(encode(Kind.ACK, self.namespace, ack=message["ack"], data=list(message["args"])))
            case "socketio.accept":
                self._accept()
            case "socketio.reject":
                self._reject({key: message[key] for key in ("message", "data") if key in message})
            case "socketio.close":
                self.close("server namespace disconnect", notify_peer=True)
            case unknown:
                raise ValueError(f"a consumer cannot send {unknown}")

    def _accept(self) -> None:
        if self.state is not State.CONNECTING or self.session is None:
            raise RuntimeError("accepted already")
        self.state = State.CONNECTED
        self._line = self.session
        self._log = self._offered_log
        self._send_connect()
        self._owner.accepted(self, self.session)

    def _send_connect(self) -> None:
        ids = {"sid": self.sid, "pid": self.pid} if self.pid else {"sid": self.sid}
        self._send(encode(Kind.CONNECT, self.namespace, data=ids))

    def _reject(self, error: dict[str, Any]) -> None:
        if self.state is not State.CONNECTING or self.session is None:
            raise RuntimeError("accepted already")
        for frame in encode(Kind.CONNECT_ERROR, self.namespace, data=error):
            self.session.send(frame)
        self.close("connection refused")
