"""The pages of a session's teacher: the board, handing it to another device, the projector."""

from typing import Any

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import keys, services
from ..access import handover_key, key_for
from ..errors import Rejected
from ..kinds import KINDS
from ..models import AccessKey, Session
from ..retention import keep_until
from .devices import HOST_COOKIE, join_address, join_url, keep_host_token, keep_key, key_on_this_device, page_url
from .displays import display_url


@never_cache
@require_safe
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """`/sessions/<pk>/`: the board. Its key lives in this browser; a released one says how to get the board back."""
    session, key = _hosted(request, pk)
    if not session.is_live:
        return render(request, "sessions_app/ended.html", {"session": session})
    is_owner = _is_owner(request, session)
    if key.revoked_at is not None:
        return render(request, "sessions_app/released.html", {"session": session, "is_owner": is_owner})
    context: dict[str, Any] = {
        "session": session,
        "host_token": keys.token_of(key),
        "is_owner": is_owner,
        "join_url": join_url(request, session.code),
        "join_address": join_address(request),
        "elapsed_s": int((timezone.now() - session.created_at).total_seconds()),
        "display_url": display_url(request, session),
        "kinds": list(KINDS.values()),
        "audience": "host",
        "keep_until": keep_until(session),
    }
    return render(request, "sessions_app/board.html", context)


@login_required
@require_POST
def take_control(request: HttpRequest, pk: int) -> HttpResponse:
    """A new key for a released device of the owner."""
    session = _owned(request, pk)
    keep_key(request, keys.new_key(session, AccessKey.Role.HOST))
    return redirect("board", pk=pk)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the lesson; its owner goes on to what was answered."""
    session, key = _hosted(request, pk)
    _refuse_released(key)
    services.end_session(session, actor=_actor(request))
    if _is_owner(request, session):
        return redirect("record", pk=pk)
    return redirect("home" if request.user.is_authenticated else "join")


@require_POST
def new_display(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke the projector's address and make another."""
    session, key = _hosted(request, pk)
    _refuse_released(key)
    keys.revoke(keys.display_key_of(session), actor=_actor(request))
    return redirect("board", pk=pk)


@never_cache
@require_POST
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """`/sessions/<pk>/offer`: a QR, valid once and for a minute, that makes another device the board, or a remote."""
    session, key = _hosted(request, pk)
    _refuse_released(key)
    ticket = keys.new_key(session, AccessKey.Role.HANDOVER, issued_by=key)
    is_remote = request.POST.get("as") == "remote"
    token = keys.remote_token_of(ticket) if is_remote else keys.token_of(ticket)
    address = page_url(request, reverse("take-over", args=[token]))
    qr = segno.make(address, error="m").svg_data_uri(scale=6, border=2)
    context = {
        "session": session,
        "address": address,
        "qr": qr,
        "seconds": int(keys.HANDOVER_LIFE.total_seconds()),
        "is_remote": is_remote,
    }
    return render(request, "sessions_app/offer.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, token: str) -> HttpResponse:
    """`/h/<token>`: one button, so that a link preview does not use the ticket up."""
    try:
        ticket, is_remote = handover_key(token)
        if request.method != "POST":
            context = {"session": ticket.session, "is_remote": is_remote}
            return render(request, "sessions_app/take_over.html", context)
        key = keys.hand_over(ticket, is_remote=is_remote)
    except Rejected as refusal:
        return render(request, "sessions_app/refused.html", {"refusal": refusal}, status=410)
    return keep_host_token(redirect("board", pk=ticket.session_id), keys.token_of(key))


def _hosted(request: HttpRequest, pk: int) -> tuple[Session, AccessKey]:
    """The session and this device's key to it, be it released: the owner's, or one that was handed over. Else 404."""
    session = Session.objects.filter(pk=pk).first()
    if session is None:
        raise Http404
    handed = key_for("host", request.COOKIES.get(HOST_COOKIE))
    if not _is_owner(request, session):
        if handed is None or handed.session_id != session.pk:
            raise Http404
        return session, handed
    key = key_on_this_device(request, session)
    if key is None:
        key = keys.new_key(session, AccessKey.Role.HOST)
        keep_key(request, key)
    return session, key


def _owned(request: HttpRequest, pk: int) -> Session:
    session = Session.objects.filter(pk=pk, owner_id=_user_id(request), ended_at=None).first()
    if session is None:
        raise Http404
    return session


def _is_owner(request: HttpRequest, session: Session) -> bool:
    return session.owner_id is not None and session.owner_id == request.user.pk


def _refuse_released(key: AccessKey) -> None:
    if key.revoked_at is not None:
        raise Http404


def _user_id(request: HttpRequest) -> int:
    assert request.user.pk is not None, "behind login_required"
    return int(request.user.pk)


def _actor(request: HttpRequest) -> str:
    return f"user:{request.user.pk}" if request.user.is_authenticated else "host"
