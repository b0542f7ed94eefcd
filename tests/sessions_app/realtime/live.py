"""A server process for the transport's tests: `python -m tests.sessions_app.realtime.live uvicorn|daphne`.

It prints its port, then serves an Engine.IO echo at /engine.io/, the suites' Socket.IO application with the suites'
short times at /socket.io/, the same with ordinary times at /roomy/, with small limits at /crowded/, and /counters.
"""

import asyncio
import json
import socket
import sys
from collections import Counter
from collections.abc import Awaitable
from typing import Any

import psutil
import uvicorn
from daphne.server import Server as DaphneServer
from twisted.internet import defer, reactor

from config.uvicorn_protocol import FrameProtocol, Server
from sessions_app.realtime.engineio import EngineConfig, EngineServer, Frame, Reason, Session
from sessions_app.realtime.socketio import NamespaceConfig, Socket, SocketServer, encode_event

SUITE_TIMES: dict[str, Any] = {"ping_interval_ms": 300, "ping_timeout_ms": 200, "connect_timeout_ms": 1000}
QUEUE_MAX_BYTES = 300_000
FRIEND = "https://friend.example"

counters: Counter[str] = Counter()
background: set[asyncio.Future[Any]] = set()


def in_background(work: Awaitable[Any]) -> None:
    task = asyncio.ensure_future(work)
    background.add(task)
    task.add_done_callback(background.discard)


class Echo:
    """Sends every Engine.IO message back."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def received(self, data: str | bytes, received_at: float) -> None:
        self._session.send(Frame(f"4{data}" if isinstance(data, str) else data))

    def wait_for_room(self) -> None:
        return None

    def closed(self, reason: Reason) -> None:
        counters[f"echo closed: {reason.text}"] += 1


class Consumer:
    """The application that the official suite expects, and the events that the tests of the clients use."""

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.socket: Socket = scope["socket"]

    async def run(self) -> None:
        while True:
            message = await self.receive()
            kind = message["type"].removeprefix("socketio.")
            counters[kind] += 1
            if kind == "disconnect":
                counters[f"disconnect: {message['reason']}"] += 1
                return
            await getattr(self, f"on_{kind}")(message)

    async def on_connect(self, message: Any) -> None:
        if self.scope["auth"].get("refuse"):
            await self.send({"type": "socketio.reject", "message": "Not today", "data": {"code": 7}})
            return
        await self.send({"type": "socketio.accept"})
        await self.send({"type": "socketio.emit", "name": "auth", "args": [self.scope["auth"]]})

    async def on_lost(self, message: Any) -> None:
        for number in range(3):
            self.socket.emit("missed", number)

    async def on_recovered(self, message: Any) -> None:
        self.socket.emit("welcome-back")

    async def on_event(self, message: Any) -> None:
        handler = getattr(self, "event_" + message["name"].replace("-", "_"), None)
        if handler is None:
            counters["unknown event"] += 1
        else:
            await handler(message["args"], message["ack"])

    async def event_message(self, args: Any, ack: Any) -> None:
        await self.send({"type": "socketio.emit", "name": "message-back", "args": args})

    async def event_message_with_ack(self, args: Any, ack: Any) -> None:
        await self.send({"type": "socketio.ack", "ack": ack, "args": args})

    async def event_burst(self, args: Any, ack: Any) -> None:
        for number in range(args[0]):
            self.socket.write(encode_event("tick", [number], self.socket.namespace))

    async def event_ask(self, args: Any, ack: Any) -> None:
        in_background(self.ask(args))

    async def ask(self, args: Any) -> None:
        self.socket.emit("answered", *await self.socket.call("question", *args, timeout_s=5))

    async def event_flood(self, args: Any, ack: Any) -> None:
        """Write until the server drops us, in portions that a reading client would have no trouble with."""
        frame = encode_event("flood", ["x" * 1000], self.socket.namespace)
        for _ in range(args[0]):
            for _ in range(50):
                self.socket.write(frame)
            await asyncio.sleep(0.001)

    async def event_sleep(self, args: Any, ack: Any) -> None:
        await asyncio.sleep(args[0])

    async def event_crash(self, args: Any, ack: Any) -> None:
        raise ZeroDivisionError

    async def event_leave(self, args: Any, ack: Any) -> None:
        await self.send({"type": "socketio.close"})

    async def event_drop_line(self, args: Any, ack: Any) -> None:
        assert self.socket.session is not None
        self.socket.session.line.abort()
        self.socket.session.close(Reason("dropped by the test", 1011))


async def consume(scope: Any, receive: Any, send: Any) -> None:
    await Consumer(scope, receive, send).run()


suite = SocketServer(consume, EngineConfig(**SUITE_TIMES), {"/": NamespaceConfig(), "/custom": NamespaceConfig()})
roomy = SocketServer(
    consume,
    EngineConfig(
        path="/roomy/",
        queue_max_bytes=QUEUE_MAX_BYTES,
        shutdown_timeout_ms=1000,
        allow_origin=lambda scope, origin: origin == FRIEND,
        handshake_headers=lambda scope: [(b"set-cookie", b"seat=7; Path=/; HttpOnly")],
    ),
    {"/": NamespaceConfig(recovery_s=5), "/brief": NamespaceConfig(recovery_s=0.05)},
)
crowded = SocketServer(
    consume,
    EngineConfig(path="/crowded/", max_sessions=20, max_unconnected=10, upgrade_timeout_ms=300),
    {"/": NamespaceConfig()},
)
echo = EngineServer(EngineConfig(path="/engine.io/", **SUITE_TIMES), Echo)
routes = {"engine.io": echo, "socket.io": suite, "roomy": roomy, "crowded": crowded}


async def application(scope: Any, receive: Any, send: Any) -> None:
    route = routes.get(scope["path"].split("/")[1])
    if route is not None:
        await route(scope, receive, send)
        return
    facts = counters | {
        "sessions": sum(server.session_count for server in routes.values()),
        "rss": psutil.Process().memory_info().rss,
    }
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(facts).encode()})


async def shut_down() -> None:
    for server in routes.values():
        await server.shutdown()
    sys.stdout.write(json.dumps(counters))
    sys.stdout.flush()


def announce(port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


def run_uvicorn(**options: Any) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    announce(listener.getsockname()[1])
    config = uvicorn.Config(application, lifespan="off", log_level="warning", **options)
    Server(config, shut_down).run(sockets=[listener])


def run_daphne() -> None:
    server = DaphneServer(
        application,
        endpoints=["tcp:port=0:interface=127.0.0.1"],
        ready_callable=lambda: announce(server.listening_addresses[0][1]),
    )
    reactor.addSystemEventTrigger(
        "before", "shutdown", lambda: defer.Deferred.fromFuture(asyncio.ensure_future(shut_down()))
    )
    server.run()


if __name__ == "__main__":
    match sys.argv[1]:
        case "uvicorn":
            run_uvicorn(ws=FrameProtocol)
        case "uvicorn-plain":
            run_uvicorn(ws="websockets-sansio")
        case "daphne":
            run_daphne()
