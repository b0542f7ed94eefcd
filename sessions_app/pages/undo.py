"""Instead of "are you sure": what was deleted is kept in the teacher's login for a while, with a button beside it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..access import lesson_of
from ..errors import Rejected
from ..preparing import restore_lesson, restore_step

SLOT = "deleted"
MOST_KEPT = 5
KEPT_S = 120


def keep_deleted(request: HttpRequest, what: str, kept: dict[str, Any], *, name: str) -> None:
    """Offer to restore a "lesson" or a "step"; `kept` is what the service that deleted it has returned."""
    entry = {"what": what, "kept": kept, "name": name, "at": timezone.now().timestamp()}
    request.session[SLOT] = [*_still_kept(request), entry][-MOST_KEPT:]


def last_deleted(request: HttpRequest) -> dict[str, Any] | None:
    """What was deleted last: `what` it was and its `name`."""
    kept = _still_kept(request)
    return kept[-1] if kept else None


@login_required
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Restore what was deleted last; a second press restores what was deleted before."""
    entries = _still_kept(request)
    if not entries:
        messages.warning(request, _("There is nothing left to undo."))
        return redirect("home")
    last = entries.pop()
    request.session[SLOT] = entries
    try:
        pk = _restore(request, last)
    except Rejected as refusal:
        messages.error(request, _(refusal.message))
        return redirect("home")
    messages.success(request, _("It is back."))
    return redirect("home") if last["what"] == "lesson" else redirect("lesson", pk=pk)


def _restore(request: HttpRequest, entry: dict[str, Any]) -> int:
    user_id = int(request.user.pk or 0)
    if entry["what"] == "lesson":
        return restore_lesson(entry["kept"], owner_id=user_id).pk
    lesson = lesson_of(user_id, entry["kept"]["lesson"])
    restore_step(lesson, entry["kept"])
    return lesson.pk


def _still_kept(request: HttpRequest) -> list[dict[str, Any]]:
    oldest = timezone.now().timestamp() - KEPT_S
    return [entry for entry in request.session.get(SLOT, []) if entry["at"] > oldest]
