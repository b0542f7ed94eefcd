"""HTTP long-polling: a plain ASGI callable, so that it sees the peer go away while a poll waits."""

import asyncio

from .config import EngineConfig, Headers, Receive, Scope, Send
from .errors import MalformedPacket, PayloadTooLarge, RequestAborted
from .frames import decode_payload
from .http import (
    BAD_METHOD,
    BAD_REQUEST,
    BUSY,
    FORBIDDEN,
    TOO_LARGE_BODY,
    UNKNOWN_HOST,
    UNKNOWN_PATH,
    UNKNOWN_SESSION,
    Refusal,
    Request,
    cors_headers,
    preflight_headers,
    read_body,
    refuse,
    respond,
    wait_for_abort,
)
from .lines import PollingLine
from .reasons import LINE_LOST, MALFORMED, OVERLAP, TOO_LARGE
from .registry import Registry
from .session import Session

_TEXT: Headers = [(b"content-type", b"text/plain; charset=UTF-8")]
_JSON: Headers = [(b"content-type", b"application/json")]
# A payload of tiny packets is handled in slices, so that other sessions get their turn.
_SLICE = 256


class PollingRequest:
    """One HTTP request, from its refusal or routing to its answer."""

    def __init__(self, registry: Registry, scope: Scope, receive: Receive, send: Send) -> None:
        self._registry = registry
        self._config: EngineConfig = registry.config
        self._request = Request.from_scope(scope)
        self._receive = receive
        self._send = send

    async def run(self) -> None:
        refusal = refuse(self._request, self._config)
        method = self._request.scope["method"]
        if refusal in (FORBIDDEN, UNKNOWN_HOST, UNKNOWN_PATH):
            await self._answer_refusal(refusal)
        elif method == "OPTIONS":
            await respond(self._send, 204, b"", cors_headers(self._request) + preflight_headers())
        elif refusal is not None:
            await self._answer_refusal(refusal)
        elif self._request.sid:
            await self._continue(method)
        else:
            await self._open(method)

    async def _open(self, method: str) -> None:
        if method != "GET" or self._registry.is_full():
            await self._answer_refusal(BAD_METHOD if method != "GET" else BUSY)
            return
        headers = self._config.handshake_headers(self._request.scope)
        line = PollingLine()
        poll = line.open_poll()
        self._registry.open_session(self._request.scope, line, upgrades=["websocket"]).flush()
        await self._answer_text(await poll, headers)

    async def _continue(self, method: str) -> None:
        session = self._registry.find(self._request.sid)
        if session is None:
            await self._answer_refusal(UNKNOWN_SESSION)
        elif method == "GET" and isinstance(session.line, PollingLine):
            await self._poll(session, session.line)
        elif method == "POST" and isinstance(session.line, PollingLine):
            await self._post(session)
        else:
            await self._answer_refusal(BAD_REQUEST)

    # Server to client

    async def _poll(self, session: Session, line: PollingLine) -> None:
        if line.writable:
            session.close(OVERLAP)
            await self._answer_refusal(BAD_REQUEST)
            return
        try:
            payload = await self._wait_for_payload(session.open_poll(line))
        except RequestAborted:
            session.close(LINE_LOST)
        except asyncio.CancelledError:
            session.close(LINE_LOST)
            raise
        else:
            await self._answer_text(payload)

    async def _wait_for_payload(self, poll: "asyncio.Future[str | None]") -> str | None:
        if poll.done():
            return poll.result()
        abort = asyncio.get_running_loop().create_task(wait_for_abort(self._receive))
        try:
            await asyncio.wait((poll, abort), return_when=asyncio.FIRST_COMPLETED)
        finally:
            abort.cancel()
        # Both may be done: what the peer did not stay to read is lost, and so is the session.
        if abort.done():
            poll.cancel()
            raise RequestAborted
        return poll.result()

    # Client to server

    async def _post(self, session: Session) -> None:
        if session.posting:
            session.close(OVERLAP)
            await self._answer_refusal(BAD_REQUEST)
            return
        session.posting = True
        try:
            await self._deliver(session)
        except RequestAborted:
            session.close(LINE_LOST)
        except PayloadTooLarge:
            session.close(TOO_LARGE)
            await self._answer_refusal(TOO_LARGE_BODY)
        except MalformedPacket:
            session.close(MALFORMED)
            await self._answer_refusal(BAD_REQUEST)
        else:
            await self._answer_text("ok")
        finally:
            session.posting = False

    async def _deliver(self, session: Session) -> None:
        body = await read_body(self._request.scope, self._receive, self._config.max_payload_bytes)
        received_at = asyncio.get_running_loop().time()
        for number, packet in enumerate(decode_payload(body), 1):
            await session.take(packet, received_at)
            if session.closed:
                return
            if number % _SLICE == 0:
                await asyncio.sleep(0)

    # Answers

    async def _answer_text(self, payload: str | None, headers: Headers | None = None) -> None:
        if payload is None:
            await self._answer_refusal(BAD_REQUEST)
        else:
            await respond(self._send, 200, payload.encode(), _TEXT + cors_headers(self._request) + (headers or []))

    async def _answer_refusal(self, refusal: Refusal) -> None:
        headers = list(_JSON)
        if refusal not in (FORBIDDEN, UNKNOWN_HOST, UNKNOWN_PATH):
            headers += cors_headers(self._request)
        if refusal is TOO_LARGE_BODY:
            # The rest of the body is still coming; nobody is going to read it.
            headers.append((b"connection", b"close"))
        await respond(self._send, refusal.status, refusal.body, headers)
