"""The page after class: counts, answers, timeline, files; how long they are kept, and what may follow."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .. import retention
from ..access import may_change_record, recorded_session
from ..errors import Rejected
from ..exports import FORMATS
from ..exports.download import Download
from ..models import Session
from ..records import activities_of, first_answers, people_of, read_record
from ..reports import Part
from .record_forms import LabelForm

# What one activity, and the list of people, show on the page itself; the rest is a press away.
FIRST = 40
PER_PAGE = 100


@never_cache
@login_required
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """`/sessions/<pk>/record`, also while the session is live."""
    session = _readable(request, pk)
    return _page(request, session, LabelForm(session))


@login_required
@require_POST
def label(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the title, and how long the record is kept."""
    session = _changeable(request, pk)
    form = LabelForm(session, request.POST)
    if not form.is_valid():
        return _page(request, session, form, status=400)
    retention.label_record(session, **form.cleaned_data, actor=_actor(request))
    messages.success(request, _("Saved."))
    return redirect("record", pk=pk)


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the record for good. The page has asked once; a live session ends first."""
    session = _changeable(request, pk)
    if session.is_live:
        messages.error(request, _("This session is live. End it first, then delete its record."))
        return redirect("record", pk=pk)
    retention.erase_session(session)
    messages.success(request, _("The record of session %(code)s is deleted.") % {"code": session.code})
    return redirect("home")


@never_cache
@login_required
@require_safe
def answers(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """`/sessions/<pk>/record/activities/<number>`: all answers of one activity, page by page."""
    session = _readable(request, pk)
    activity = next((one for one in activities_of(session) if one.number == number), None)
    if activity is None:
        raise Http404
    page = Paginator(range(activity.report.answered), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(activity.answers(Part(PER_PAGE, skip=page.start_index() - 1 if page else 0)))
    context = {"session": session, "activity": activity, "page": page, "answers": shown}
    return render(request, "sessions_app/record_answers.html", context)


@never_cache
@login_required
@require_safe
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """`/sessions/<pk>/record/people`: all seats, page by page."""
    session = _readable(request, pk)
    page = Paginator(people_of(session), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "sessions_app/record_people.html", {"session": session, "page": page})


@never_cache
@login_required
@require_safe
def record_file(request: HttpRequest, pk: int, suffix: str) -> Download:
    """`/sessions/<pk>/record.csv`, .xlsx, .json."""
    if suffix not in FORMATS:
        raise Http404
    return Download(_readable(request, pk), suffix)


def _page(request: HttpRequest, session: Session, form: LabelForm, status: int = 200) -> HttpResponse:
    found = read_record(session)
    shown = first_answers(found.activities, FIRST)
    context: dict[str, Any] = {
        "session": session,
        "record": found,
        "activities": [(activity, shown.get(activity.room.pk, [])) for activity in found.activities],
        "people": people_of(session)[:FIRST],
        "form": form,
        "keep_until": retention.keep_until(session),
        "summary": _summary_of(found.peak, found.answers),
        "is_owner": session.owner_id == request.user.pk,
        "may_change": may_change_record(request.user, session),
    }
    return render(request, "sessions_app/record.html", context, status=status)


def _summary_of(peak: int, given: int) -> str:
    """The plot of the lesson in a sentence."""
    text = _("People here and answers given over the lesson: at most %(peak)s here at once, %(answers)s answers.")
    return text % {"peak": formats.number_format(peak), "answers": formats.number_format(given)}


def _readable(request: HttpRequest, pk: int, *, to_change: bool = False) -> Session:
    try:
        return recorded_session(request.user, pk, to_change=to_change)
    except Rejected:
        raise Http404 from None


def _changeable(request: HttpRequest, pk: int) -> Session:
    return _readable(request, pk, to_change=True)


def _actor(request: HttpRequest) -> str:
    return f"user:{request.user.pk}"
