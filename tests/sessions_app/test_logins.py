"""A socket is somebody only while the login of its handshake holds."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.urls import reverse

from sessions_app.logins import end_logins
from sessions_app.realtime.consumer import SocketConsumer

from .. import factories
from ..client import Client
from ..lessons import Connect, in_db

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

GONE = "41"


def sign_out(cookies: dict[str, str]) -> None:
    browser = Browser()
    browser.cookies.load(cookies)
    browser.post(reverse("account_logout"))


def change_user(user: User, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()


def set_password(user: User) -> None:
    user.set_password("a new one")
    user.save()


async def own(client: Client) -> bool:
    """Whether the socket may do what only a login may: open a session."""
    return bool((await client.call("session:create", {}))["success"])


async def test_sign_out_closes_the_sockets_of_that_browser_alone(connect: Connect) -> None:
    hana = await in_db(factories.make_user, "hana")
    here, there = await in_db(factories.login_cookies, hana), await in_db(factories.login_cookies, hana)
    desk, board, phone = await connect(cookies=here), await connect(cookies=here), await connect(cookies=there)
    assert await own(desk)

    await in_db(sign_out, here)

    await desk.wait_for_frame(GONE)
    await board.wait_for_frame(GONE)
    assert await own(phone)
    assert GONE not in phone.frames
    assert not await own(await connect(cookies=here)), "its cookie opens nothing any more"


async def test_ending_another_device_closes_its_sockets(connect: Connect) -> None:
    """From the account page; staff ends them all."""
    hana = await in_db(factories.make_user, "hana", password="hana's pass phrase")
    here, there = await in_db(signed_in), await in_db(signed_in)
    desk, phone = await connect(cookies=cookies_of(here)), await connect(cookies=cookies_of(there))
    assert await own(desk)
    assert await own(phone)

    await in_db(here.post, reverse("end-devices"))

    await phone.wait_for_frame(GONE)
    assert await own(desk)
    assert GONE not in desk.frames
    await in_db(end_logins, hana)
    await desk.wait_for_frame(GONE)


def signed_in() -> Browser:
    browser = Browser()
    browser.post(reverse("account_login"), {"login": "hana", "password": "hana's pass phrase"})
    return browser


def cookies_of(browser: Browser) -> dict[str, str]:
    return {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}


@pytest.mark.parametrize(
    "change",
    [
        lambda user: change_user(user, is_active=False),
        lambda user: change_user(user, is_staff=False),
        set_password,
        lambda user: user.delete(),
    ],
    ids=["deactivated", "no longer staff", "new password", "deleted"],
)
async def test_socket_of_a_changed_account_is_closed(connect: Connect, change: Callable[[User], None]) -> None:
    office = await in_db(factories.make_user, "office", is_staff=True)
    socket = await connect(user=office)
    assert (await socket.call("admin:subscribe", {}))["success"]

    await in_db(change, office)

    await socket.wait_for_frame(GONE)


async def test_change_that_ends_no_login_leaves_the_socket(connect: Connect) -> None:
    hana, zoe = await in_db(factories.make_user, "hana"), await in_db(factories.make_user, "zoe")
    socket, other = await connect(user=hana), await connect(user=zoe)

    await in_db(change_user, hana, email="hana@school.example")
    await in_db(set_password, zoe)

    await other.wait_for_frame(GONE)
    assert await own(socket)
    assert GONE not in socket.frames


async def test_login_that_ended_during_the_handshake_is_noticed(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookies = await in_db(factories.login_cookies, await in_db(factories.make_user, "hana"))
    watch = SocketConsumer._watch_login

    async def watch_too_late(consumer: SocketConsumer, user_id: int) -> None:
        await in_db(Session.objects.filter(pk=cookies[settings.SESSION_COOKIE_NAME]).delete)
        await watch(consumer, user_id)

    monkeypatch.setattr(SocketConsumer, "_watch_login", watch_too_late)
    socket = await connect(cookies=cookies)

    await socket.wait_for_frame(GONE)
