"""What a handshake says of a socket."""

import uuid
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import parse_cookie

from config.asgi import application, engine_config
from sessions_app.realtime import handshake
from sessions_app.realtime.engineio.http import Request, is_origin_allowed
from sessions_app.tokens import issue_token, read_token

from ... import factories

pytestmark = pytest.mark.profile_free


def scope_of(*headers: tuple[str, str], scheme: str = "ws", **more: Any) -> dict[str, Any]:
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return {"headers": encoded, "scheme": scheme, **more}


def cookies_in(scope: dict[str, Any]) -> dict[str, str]:
    (sent,) = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return parse_cookie(sent)


def test_browser_without_a_device_gets_one_and_the_handshake_bears_it() -> None:
    scope = scope_of(("host", "x"), ("cookie", "sessionid=abc"))

    ((name, value),) = handshake.device_cookie_headers(scope)

    cookie = SimpleCookie(value.decode())[handshake.DEVICE_COOKIE]
    assert (name, read_token("device", cookie.value) is not None) == (b"set-cookie", True)
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["secure"]) == ("/", True, "Lax", "")
    assert cookies_in(scope) == {"sessionid": "abc", handshake.DEVICE_COOKIE: cookie.value}


@pytest.mark.parametrize("others", ["", "odd/name=[1,2]; ", '={"json": true}; ', "caf\xe9=1; "])
def test_browser_with_a_device_keeps_it_whatever_else_it_bears(others: str) -> None:
    ((name, value),) = factories.device_cookies().items()
    scope = scope_of(("cookie", f"{others}{name}={value}"))
    before = list(scope["headers"])

    assert (handshake.device_cookie_headers(scope), scope["headers"]) == ([], before)


@pytest.mark.parametrize("cookie", ["lectern_device=made-up", "lectern_device=", "=;;\\x00=,"])
def test_made_up_device_is_replaced(cookie: str) -> None:
    scope = scope_of(("cookie", cookie))

    headers = handshake.device_cookie_headers(scope)

    assert len(headers) == 1
    assert len(handshake.device_in(cookies_in(scope))) == 32


def test_cookie_reaches_us_from_another_origin_only_over_tls(settings: Any) -> None:
    settings.LECTERN_HTTPS = True

    ((_, value),) = handshake.device_cookie_headers(scope_of())

    assert value.decode().endswith("SameSite=None; Secure")


def test_device_token_of_another_purpose_names_no_browser() -> None:
    uid = uuid.UUID(int=5)

    assert handshake.device_in({handshake.DEVICE_COOKIE: issue_token("device", uid)}) == uid.hex
    assert handshake.device_in({handshake.DEVICE_COOKIE: issue_token("participant", uid)}) == ""
    assert handshake.device_in({}) == ""


@pytest.mark.parametrize(
    ("scheme", "origin"),
    [
        ("ws", "http://school.example:8000"),
        ("wss", "https://school.example:8000"),
        ("https", "https://school.example:8000"),
    ],
)
def test_origin_is_that_of_our_pages(scheme: str, origin: str) -> None:
    assert handshake.origin_of(scope_of(("host", "school.example:8000"), scheme=scheme)) == origin


LAN = "http://192.168.1.5:8000"


@pytest.mark.parametrize(
    ("base", "lan", "origin", "told"),
    [
        ("", "", "http://localhost:8000", "http://localhost:8000"),
        ("", LAN, "http://localhost:8000", LAN),
        ("", LAN, "http://127.0.0.1:8000", LAN),
        ("", LAN, "http://[::1]:8000", LAN),
        ("", LAN, "http://LOCALHOST:8000", LAN),
        ("", LAN, "http://hanas-laptop:8000", "http://hanas-laptop:8000"),
        ("", LAN, LAN, LAN),
        ("https://lectern.example", LAN, "http://localhost:8000", "https://lectern.example"),
    ],
)
def test_other_devices_are_told_an_address_that_they_reach(
    settings: Any, base: str, lan: str, origin: str, told: str
) -> None:
    settings.LECTERN_BASE_URL, settings.LECTERN_LAN_URL = base, lan

    assert handshake.origin_for_others(origin) == told


@pytest.fixture
def listed(settings: Any) -> None:
    settings.LECTERN_ORIGINS = ["https://old.example", "http://plain.example"]
    settings.LECTERN_BASE_URL = "https://lectern.example"


LISTED = ["https://old.example", "http://plain.example", "https://lectern.example"]
FOREIGN = [
    "http://old.example",
    "https://old.example.evil.example",
    "https://old.example/",
    "http://10.0.0.5",
    "https://10.0.0.5",
    "http://10.0.0.5:8001",
    "http://10.0.0.5:8000@evil.example",
    "http://evil.example:8000",
    "foo://10.0.0.5:8000",
    "file://10.0.0.5:8000",
    "//10.0.0.5:8000",
    "10.0.0.5:8000",
    "http://10.0.0.5:port",
    "http://[10.0.0.5:8000",
    "null",
]


@pytest.mark.usefixtures("listed")
def test_foreign_page_may_connect_only_where_it_is_listed() -> None:
    scope = scope_of(("host", "10.0.0.5:8000"))
    own = ["http://10.0.0.5:8000", "https://10.0.0.5:8000"]

    assert [origin for origin in [*LISTED, *own, *FOREIGN, ""] if handshake.may_connect_from(scope, origin)] == LISTED


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("scheme", "own"),
    [
        # A plain request may have left a proxy that ends TLS; one that came by TLS came from no plain page.
        ("http", ["http://10.0.0.5:8000", "https://10.0.0.5:8000"]),
        ("ws", ["http://10.0.0.5:8000", "https://10.0.0.5:8000"]),
        ("https", ["https://10.0.0.5:8000"]),
        ("wss", ["https://10.0.0.5:8000"]),
    ],
)
def test_page_of_ours_may_connect_unless_it_is_less_secure_than_the_request(scheme: str, own: list[str]) -> None:
    both = ["http://10.0.0.5:8000", "https://10.0.0.5:8000"]

    assert [origin for origin in [*LISTED, *both, *FOREIGN] if is_let_in(scheme, origin)] == [*LISTED, *own]


def is_let_in(scheme: str, origin: str) -> bool:
    """By the transport's rule and the application's together, as they are put together in config.asgi."""
    more = {"type": "http", "path": "/socket.io/", "query_string": b"EIO=4&transport=polling"}
    scope = scope_of(("host", "10.0.0.5:8000"), ("origin", origin), scheme=scheme, **more)
    return is_origin_allowed(Request.from_scope(scope), engine_config)


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("school.example", True),
        ("SCHOOL.example:8000", True),
        ("10.0.0.5:8000", True),
        ("evil.example", False),
        ("school.example.evil.example", False),
        ("school.example@evil.example", False),
        ("", False),
    ],
)
def test_host_is_ours_where_django_serves_pages_for_it(settings: Any, host: str, ours: bool) -> None:
    settings.ALLOWED_HOSTS = ["school.example", "10.0.0.5"]

    assert handshake.is_our_host(scope_of(("host", host))) is ours


def test_developer_who_lists_no_host_is_on_this_machine(settings: Any) -> None:
    settings.ALLOWED_HOSTS = []
    hosts = ["localhost:8000", "[::1]:8000", "evil.example"]

    settings.DEBUG = True
    assert [host for host in hosts if handshake.is_our_host(scope_of(("host", host)))] == hosts[:2]
    settings.DEBUG = False
    assert [host for host in hosts if handshake.is_our_host(scope_of(("host", host)))] == []


def request_of(kind: str, transport: str) -> dict[str, Any]:
    """A handshake from a page of the very host that it names."""
    headers = [(b"host", b"evil.example"), (b"origin", b"http://evil.example")]
    query = f"EIO=4&transport={transport}".encode()
    scope = {"type": kind, "path": "/socket.io/", "query_string": query, "headers": headers, "method": "GET"}
    return scope | {"extensions": {"websocket.http.response": {}}}


@pytest.mark.asyncio
@pytest.mark.parametrize(("kind", "transport"), [("http", "polling"), ("websocket", "websocket")])
async def test_another_host_opens_no_socket(kind: str, transport: str) -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await application(request_of(kind, transport), receive, send)

    start, body = sent
    assert start["status"] == 400
    assert body["body"] == b'{"code": 3, "message": "Host not allowed"}'


@pytest.mark.parametrize("auth", [None, [], "token", 5])
def test_auth_that_is_no_object_is_empty(auth: Any) -> None:
    user = SimpleNamespace(pk=None, is_staff=False)
    scope = scope_of(("host", "h"), user=user, socket=SimpleNamespace(sid="s"), auth=auth, client=None)

    caller = handshake.caller_of(scope, 3)

    assert (caller.auth, caller.address, caller.origin, caller.user_id, caller.server_id) == (
        {},
        "",
        "http://h",
        None,
        3,
    )
