"""The ASGI application of the Socket.IO endpoint: sessions below it, a consumer per socket above it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sessions_app.realtime.engineio import ASGIApplication, EngineConfig, EngineServer, Receive, Scope, Send, Session
from sessions_app.realtime.engineio.reasons import CONNECT_TIMEOUT, CROWDED_OUT, REPLACED, SHUTDOWN

from .client import Client
from .recovery import RecoveryLog
from .socket import APP_CLOSE_TIMEOUT_S, Socket, State

_HANDSHAKE_KEYS = ("headers", "path", "query_string", "client", "server", "scheme")


@dataclass(frozen=True)
class NamespaceConfig:
    """`recovery_s`: how long a lost client that asked for recovery may take to come back; 0 means not at all."""

    recovery_s: float = 0.0
    recovery_max_bytes: int = 262_144


class SocketServer:
    """Serves HTTP and WebSocket scopes under `config.path`, and runs `app` with scope type "socketio"."""

    def __init__(self, app: ASGIApplication, config: EngineConfig, namespaces: Mapping[str, NamespaceConfig]) -> None:
        self.config = config
        self._app = app
        self._namespaces = namespaces
        self._engine = EngineServer(config, self._listen)
        # In the order of their arrival, so that the first is the longest idle.
        self._unconnected: dict[Session, tuple[Client, asyncio.TimerHandle]] = {}
        self._recoverable: dict[str, Socket] = {}
        self._clients: dict[Session, Client] = {}
        self._consumers: dict[Socket, asyncio.Task[None]] = {}

    @property
    def session_count(self) -> int:
        return self._engine.session_count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._engine(scope, receive, send)

    async def shutdown(self) -> None:
        """Close every line, tell every consumer, and wait for both within bounds."""
        await self._engine.shutdown()
        for socket in list(self._consumers):
            socket.close(SHUTDOWN.text)
        consumers = list(self._consumers.values())
        if consumers:
            _, late = await asyncio.wait(consumers, timeout=self.config.shutdown_timeout_ms / 1000)
            for consumer in late:
                consumer.cancel()

    # Clients that come and go

    def _listen(self, session: Session) -> Client:
        client = Client(session, self)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self.config.connect_timeout_ms / 1000, session.close, CONNECT_TIMEOUT)
        self._clients[session] = client
        self._unconnected[session] = (client, timer)
        if len(self._unconnected) > self.config.max_unconnected:
            next(iter(self._unconnected)).close(CROWDED_OUT)
        return client

    def left(self, client: Client) -> None:
        self._clients.pop(client.session, None)
        self._stop_waiting(client.session)

    def _stop_waiting(self, session: Session) -> None:
        waiting = self._unconnected.pop(session, None)
        if waiting is not None:
            waiting[1].cancel()

    # Sockets

    def connect(self, client: Client, namespace: str, auth: dict[str, Any]) -> Socket | None:
        config = self._namespaces.get(namespace)
        if config is None:
            return None
        return self._recover(client, namespace, auth) or self._start(client, namespace, auth, config)

    def _start(self, client: Client, namespace: str, auth: dict[str, Any], config: NamespaceConfig) -> Socket:
        is_recoverable = config.recovery_s > 0 and (auth.get("recovery") is True or "pid" in auth)
        log = RecoveryLog(config.recovery_max_bytes) if is_recoverable else None
        socket = Socket(self, client.session, namespace, log=log, recovery_s=config.recovery_s)
        handshake = client.session.scope
        scope = {key: handshake[key] for key in _HANDSHAKE_KEYS if key in handshake}
        scope |= {"type": "socketio", "namespace": namespace, "auth": auth, "socket": socket}
        consumer = socket.start(self._app, scope)
        self._consumers[socket] = consumer
        consumer.add_done_callback(lambda _: self._consumers.pop(socket, None))
        return socket

    def _recover(self, client: Client, namespace: str, auth: dict[str, Any]) -> Socket | None:
        pid, offset = auth.get("pid"), auth.get("offset")
        socket = self._recoverable.get(pid) if isinstance(pid, str) else None
        if socket is None or socket.namespace != namespace:
            return None
        missed = socket.find_missed(offset if isinstance(offset, str) else None)
        if missed is None:
            return None
        self._release(socket)
        socket.recover(client.session, missed)
        self._stop_waiting(client.session)
        return socket

    def _release(self, socket: Socket) -> None:
        """The client noticed before we did that its old line is dead."""
        session = socket.session
        if socket.state is State.CONNECTED and session is not None:
            session.close(REPLACED)

    def accepted(self, socket: Socket, session: Session) -> None:
        self._stop_waiting(session)
        if socket.pid:
            self._recoverable[socket.pid] = socket

    def closed(self, socket: Socket, session: Session | None) -> None:
        self._recoverable.pop(socket.pid, None)
        client = self._clients.get(session) if session is not None else None
        if client is not None:
            client.sockets.pop(socket.namespace, None)
        consumer = self._consumers.get(socket)
        if consumer is not None and not consumer.done():
            timer = asyncio.get_running_loop().call_later(APP_CLOSE_TIMEOUT_S, consumer.cancel)
            consumer.add_done_callback(lambda _: timer.cancel())
