"""The settings of an Engine.IO server, and the ASGI types in which it is written."""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApplication = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


def accept_every_host(scope: Scope) -> bool:
    return True


def refuse_foreign_origins(scope: Scope, origin: str) -> bool:
    return False


def add_no_headers(scope: Scope) -> Headers:
    return []


def new_id() -> str:
    """120 bits: knowing the id is the only proof that a request belongs to its session."""
    return secrets.token_urlsafe(15)


@dataclass(frozen=True)
class EngineConfig:
    """Times and sizes that bound a session; `allow_origin` is asked about foreign origins only."""

    path: str = "/socket.io/"
    ping_interval_ms: int = 25_000
    ping_timeout_ms: int = 20_000
    max_payload_bytes: int = 1_000_000
    upgrade_timeout_ms: int = 10_000
    # What one client may hold back: unread frames on the way out, unhandled messages on the way in.
    queue_max_bytes: int = 1_048_576
    # A client that opens a line and never connects to a namespace is sent away.
    connect_timeout_ms: int = 45_000
    # The server's own limits: beyond the first it refuses, beyond the second the oldest idler goes.
    max_sessions: int = 20_000
    max_unconnected: int = 5_000
    shutdown_timeout_ms: int = 5_000
    allow_host: Callable[[Scope], bool] = accept_every_host
    allow_origin: Callable[[Scope, str], bool] = refuse_foreign_origins
    handshake_headers: Callable[[Scope], Headers] = add_no_headers
    new_id: Callable[[], str] = new_id
