"""The projector's page, in the language of the board that opened it."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from .. import keys
from ..access import display_key
from ..errors import Rejected
from ..kinds import KINDS
from ..models import Session
from ..realtime.broadcast import Audience
from .devices import join_address, join_url, page_url


def display_url(request: HttpRequest, session: Session) -> str:
    """The address of the projector, which names the language: the browser on that machine may prefer another."""
    path = reverse("display", args=[keys.token_of(keys.display_key_of(session))])
    return page_url(request, f"{path}?{urlencode({'language': translation.get_language() or settings.LANGUAGE_CODE})}")


@gzip_page
@never_cache
@require_safe
def display(request: HttpRequest, token: str) -> HttpResponse:
    """`/p/<token>?language=de`: the projector; without a language, in that of its browser."""
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(language):
        response = _display(request, token)
    response.headers["Content-Language"] = language or settings.LANGUAGE_CODE
    return response


def _display(request: HttpRequest, token: str) -> HttpResponse:
    try:
        key = display_key(token)
    except Rejected as refusal:
        return render(request, "sessions_app/refused.html", {"refusal": refusal}, status=410)
    context = {
        "session": key.session,
        "display_token": token,
        "join_url": join_url(request, key.session.code),
        "join_address": join_address(request),
        "kinds": list(KINDS.values()),
        "audience": Audience.DISPLAY,
    }
    return render(request, "sessions_app/display.html", context)
