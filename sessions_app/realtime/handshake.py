"""What a handshake says of a socket: address, browser, login, and where our pages are."""

import uuid
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from channels.auth import get_user
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from ..tokens import issue_token, read_token
from .events import Caller

DEVICE_COOKIE = "lectern_device"
DEVICE_COOKIE_DAYS = 180
Scope = Mapping[str, Any]


def caller_of(scope: Scope, server_id: int) -> Caller:
    user = scope["user"]
    return Caller(
        sid=scope["socket"].sid,
        server_id=server_id,
        address=(scope.get("client") or ("", 0))[0] or "",
        origin=origin_for_others(origin_of(scope)),
        device=device_in(scope.get("cookies", {})),
        user_id=user.pk,
        is_staff=bool(user.is_staff),
        auth=scope["auth"] if isinstance(scope["auth"], dict) else {},
    )


async def login_holds(scope: Scope, caller: Caller) -> bool:
    """Whether the login of the handshake still stands, and its user may still do what it might; read afresh."""
    user = await get_user({"session": SessionStore(scope["session"].session_key)})
    return bool((user.pk, user.is_staff) == (caller.user_id, caller.is_staff))


def device_in(cookies: Mapping[str, str]) -> str:
    """The browser that our signed cookie names, as 32 hex digits; empty without a valid one."""
    uid = read_token("device", cookies.get(DEVICE_COOKIE, ""))
    return uid.hex if uid else ""


def new_device_token() -> str:
    return issue_token("device", uuid.uuid4())


def device_cookie_headers(scope: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Set-Cookie for a browser that has no device cookie yet; it lets an old client find its seat again.

    The handshake itself then counts as bearing the cookie: the seat taken now is the one to be found.
    """
    sent = _header(scope, b"cookie")
    if device_in(parse_cookie(sent)):
        return []
    device = f"{DEVICE_COOKIE}={new_device_token()}"
    others = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    scope["headers"] = [*others, (b"cookie", "; ".join(filter(None, [sent, device])).encode("latin-1"))]
    cookie = f"{device}; Path=/; Max-Age={DEVICE_COOKIE_DAYS * 86400}; HttpOnly; "
    # An old client's page may live elsewhere: only SameSite=None reaches us from there, and only over TLS.
    cookie += "SameSite=None; Secure" if settings.LECTERN_HTTPS else "SameSite=Lax"
    return [(b"set-cookie", cookie.encode())]


def origin_of(scope: Scope) -> str:
    scheme = {"ws": "http", "wss": "https"}.get(scope.get("scheme", "http"), scope.get("scheme", "http"))
    return f"{scheme}://{_header(scope, b'host')}"


def origin_for_others(origin: str) -> str:
    """Where other devices find what this one sees at `origin`: on the machine that serves, that may be localhost."""
    if settings.LECTERN_BASE_URL:
        return str(settings.LECTERN_BASE_URL)
    is_this_machine = urlsplit(origin).hostname in ("localhost", "127.0.0.1", "::1")
    return settings.LECTERN_LAN_URL if settings.LECTERN_LAN_URL and is_this_machine else origin


def is_our_host(scope: Scope) -> bool:
    """Django's own rule for its pages: the addresses that we hand out are made from this header."""
    allowed = settings.ALLOWED_HOSTS or ([".localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])
    domain, _ = split_domain_port(_header(scope, b"host"))
    return bool(domain) and validate_host(domain, allowed)


def may_connect_from(scope: Scope, origin: str) -> bool:
    """Whether a page of this foreign origin may open a socket: only where a setting lists it.

    Our own pages need no listing: the transport compares their origin with the request by itself.
    """
    return origin in settings.LECTERN_ORIGINS or origin == settings.LECTERN_BASE_URL


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
