"""What a page keeps in a browser: the device cookie of a seat, the key of a board."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ..models import AccessKey, Session
from ..realtime.handshake import DEVICE_COOKIE, DEVICE_COOKIE_DAYS, device_in, new_device_token, origin_for_others

HOST_COOKIE = "lectern_host"


def keep_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Name this browser, if it has no name yet, by a signed cookie: its seat is found again by it."""
    if not device_in(request.COOKIES):
        response.set_cookie(
            DEVICE_COOKIE,
            new_device_token(),
            max_age=DEVICE_COOKIE_DAYS * 86400,
            httponly=True,
            secure=settings.LECTERN_HTTPS,
            samesite="None" if settings.LECTERN_HTTPS else "Lax",
        )
    return response


def keep_host_token(response: HttpResponse, token: str) -> HttpResponse:
    """Let a device without a login host the session that was handed to it; for one lesson day."""
    response.set_cookie(
        HOST_COOKIE, token, max_age=12 * 3600, httponly=True, secure=settings.LECTERN_HTTPS, samesite="Lax"
    )
    return response


def key_on_this_device(request: HttpRequest, session: Session) -> AccessKey | None:
    """The host key that this signed-in browser has for the session, a revoked one too."""
    uid = request.session.get(_slot(session))
    return session.keys.filter(uid=uid, role=AccessKey.Role.HOST).first() if uid else None


def keep_key(request: HttpRequest, key: AccessKey) -> None:
    request.session[_slot(key.session)] = key.uid.hex


def _slot(session: Session) -> str:
    return f"host_key_{session.pk}"


def page_url(request: HttpRequest, path: str) -> str:
    """The address of one of our pages for another device."""
    return origin_for_others(f"{request.scheme}://{request.get_host()}") + path


def join_url(request: HttpRequest, code: str) -> str:
    """The address that students are sent to."""
    return page_url(request, reverse("student", args=[code]))


def join_address(request: HttpRequest) -> str:
    """What a student types into the address field: the start page, without the scheme."""
    return page_url(request, reverse("join")).split("://", 1)[1].rstrip("/")
