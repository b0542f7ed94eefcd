"""Requests and answers of the Engine.IO endpoint, with its error codes and cross-origin headers."""

import json
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from .config import EngineConfig, Headers, Receive, Scope, Send
from .errors import PayloadTooLarge, RequestAborted

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Refusal(NamedTuple):
    """An HTTP status with the code and words of the reference implementation."""

    status: int
    code: int
    message: str

    @property
    def body(self) -> bytes:
        return json.dumps({"code": self.code, "message": self.message}).encode()


UNKNOWN_TRANSPORT = Refusal(400, 0, "Transport unknown")
UNKNOWN_SESSION = Refusal(400, 1, "Session ID unknown")
BAD_METHOD = Refusal(400, 2, "Bad handshake method")
BAD_REQUEST = Refusal(400, 3, "Bad request")
UNKNOWN_HOST = Refusal(400, 3, "Host not allowed")
FORBIDDEN = Refusal(403, 4, "Forbidden")
UNSUPPORTED_VERSION = Refusal(400, 5, "Unsupported protocol version")
UNKNOWN_PATH = Refusal(404, 3, "Not found")
TOO_LARGE_BODY = Refusal(413, 3, "Payload too large")
BUSY = Refusal(503, 3, "Server at capacity")


@dataclass(frozen=True)
class Request:
    """The parts of an HTTP or WebSocket scope that the endpoint looks at."""

    scope: Scope
    path: str
    version: str
    transport: str
    sid: str
    origin: str

    @classmethod
    def from_scope(cls, scope: Scope) -> "Request":
        query = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1"))
        return cls(
            scope=scope,
            path=str(scope["path"]).removeprefix(scope.get("root_path") or ""),
            version=query.get("EIO", [""])[0],
            transport=query.get("transport", [""])[0],
            sid=query.get("sid", [""])[0],
            origin=find_header(scope, b"origin"),
        )


def find_header(scope: Scope, name: bytes) -> str:
    return next((bytes(value).decode("latin-1") for key, value in scope["headers"] if key == name), "")


def refuse(request: Request, config: EngineConfig) -> Refusal | None:
    """What is wrong with a request whatever its transport does next."""
    if request.path.rstrip("/") != config.path.rstrip("/"):
        return UNKNOWN_PATH
    if not config.allow_host(request.scope):
        return UNKNOWN_HOST
    if request.origin and not is_origin_allowed(request, config):
        return FORBIDDEN
    if request.version != "4":
        return UNSUPPORTED_VERSION
    expected = "websocket" if request.scope["type"] == "websocket" else "polling"
    if request.transport != expected:
        return BAD_REQUEST if request.transport == "websocket" else UNKNOWN_TRANSPORT
    return None


def is_origin_allowed(request: Request, config: EngineConfig) -> bool:
    return _is_same_origin(request.scope, request.origin) or config.allow_origin(request.scope, request.origin)


def _is_same_origin(scope: Scope, origin: str) -> bool:
    """A secure request needs a secure origin; a plain one may stand behind a proxy that ends TLS."""
    try:
        page = urlsplit(origin)
        here = urlsplit(f"//{find_header(scope, b'host')}")
        default_port = _DEFAULT_PORTS.get(page.scheme)
        same_port = (page.port or default_port) == (here.port or default_port)
    except ValueError:
        return False
    if default_port is None or (scope.get("scheme") in ("https", "wss") and page.scheme != "https"):
        return False
    return bool(page.hostname) and page.hostname == here.hostname and same_port


def cors_headers(request: Request) -> Headers:
    """Never `*`: the request carries cookies. Only called once the origin is known to be allowed."""
    if not request.origin:
        return []
    return [
        (b"access-control-allow-origin", request.origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


def preflight_headers() -> Headers:
    return [
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", b"Content-Type"),
        (b"access-control-max-age", b"600"),
    ]


async def respond(send: Send, status: int, body: bytes, headers: Headers) -> None:
    fixed = [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *headers]})
    await send({"type": "http.response.body", "body": body})


async def read_body(scope: Scope, receive: Receive, max_bytes: int) -> bytes:
    """Raises PayloadTooLarge as soon as it is known, and RequestAborted when the peer goes away."""
    declared = find_header(scope, b"content-length")
    if declared.isdecimal() and int(declared[:20]) > max_bytes:
        raise PayloadTooLarge
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestAborted
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > max_bytes:
            raise PayloadTooLarge
        if not message.get("more_body", False):
            return b"".join(chunks)


async def wait_for_abort(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
