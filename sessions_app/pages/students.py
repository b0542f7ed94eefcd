"""The pages of students: the code field, and the one page on which the whole lesson happens."""

from urllib.parse import urlencode

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from ..domain.codes import normalise_code
from ..kinds import KINDS
from ..realtime.broadcast import Audience
from .devices import join_url, keep_device

UNKNOWN = gettext_lazy("No class is open under this code. Compare it with the screen, letter by letter.")
WRONG_LENGTH = gettext_lazy("A code has 5 letters and digits.")


@gzip_page
@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """`/`: one field for the code. Without JavaScript the form comes back here with ?code= and goes on to /j/CODE."""
    typed = request.GET.get("code", "")
    if not typed:
        return _join_again(request)
    try:
        return redirect("student", code=normalise_code(typed))
    except ValueError:
        return render(request, "sessions_app/join.html", {"typed": typed[:40], "fault": WRONG_LENGTH}, status=400)


def _join_again(request: HttpRequest) -> HttpResponse:
    """The field; with `?typed=`, as the student's page sends it back, what was typed and what is wrong with it."""
    typed = request.GET.get("typed", "")[:40]
    return render(request, "sessions_app/join.html", {"typed": typed, "fault": UNKNOWN if typed else ""})


@gzip_page
@never_cache
@require_safe
def student(request: HttpRequest, code: str) -> HttpResponse:
    """`/j/CODE`: says nothing about whether the code exists; the socket does, and slows who guesses.

    Never cached: a cookie comes with it, and whoever shares it shares a seat.
    """
    try:
        meant = normalise_code(code)
    except ValueError:
        return redirect(f"{reverse('join')}?{urlencode({'code': code[:40]})}")
    if meant != code:
        return redirect("student", code=meant)
    context = {"code": meant, "kinds": list(KINDS.values()), "audience": Audience.SEAT}
    return keep_device(request, render(request, "sessions_app/student.html", context))


@require_safe
@cache_control(max_age=86400, public=True)
def join_qr(request: HttpRequest, code: str) -> HttpResponse:
    """`/j/CODE.svg`: the QR of the address to join at."""
    try:
        address = join_url(request, normalise_code(code))
    except ValueError:
        raise Http404 from None
    svg = segno.make(address, error="m").svg_inline(border=2, omitsize=True)
    return HttpResponse(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), "image/svg+xml")
