"""Prepared lessons: made, named, run, copied, shared as a file, deleted."""

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import lessons, preparing
from ..access import lesson_of
from ..errors import Rejected
from ..forms import FileForm, TitleForm, focus_fault
from ..kinds import KINDS
from ..lesson_files import write_lesson
from ..models import Lesson, Session, Step
from .home import asks_names, render_home, user_id
from .undo import keep_deleted, last_deleted

# A form that came back with a fault stands under the address it was sent to: whoever reloads that, or chooses another
# language there, asks for it with GET.
may_be_reloaded = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@may_be_reloaded
def new_lesson(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("home")
    form = TitleForm(request.POST, auto_id="lesson-%s")
    if not form.is_valid():
        focus_fault(form)
        return render_home(request, title_form=form)
    lesson = lessons.create_lesson(owner_id=user_id(request), title=form.cleaned_data["title"])
    return redirect("lesson", pk=lesson.pk)


@login_required
@may_be_reloaded
def import_lesson(request: HttpRequest) -> HttpResponse:
    """A lesson from a file that a colleague has shared."""
    if request.method != "POST":
        return redirect("home")
    form = FileForm(request.POST, request.FILES, auto_id="lesson-%s")
    if not form.is_valid():
        focus_fault(form)
        return render_home(request, file_form=form)
    title, activities = form.lesson
    lesson = lessons.create_lesson(owner_id=user_id(request), title=title, activities=activities)
    messages.success(request, _("The lesson is yours now. Look through its steps."))
    return redirect("lesson", pk=lesson.pk)


@never_cache
@login_required
@require_safe
def lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """`/lessons/<pk>/`: its steps, and what can be done with it. After a move its button has the focus again."""
    return render_lesson(request, owned_lesson(request, pk))


def render_lesson(request: HttpRequest, found: Lesson, title_form: TitleForm | None = None) -> HttpResponse:
    context = {
        "lesson": found,
        "steps": [describe(step) for step in found.steps.all()],
        "kinds": list(KINDS.values()),
        "title_form": title_form or TitleForm(initial={"title": found.title}),
        "moved": request.GET.get("moved", ""),
        "deleted": last_deleted(request),
    }
    return render(request, "sessions_app/lesson.html", context)


def describe(step: Step) -> dict[str, object]:
    """A step as lists show it; one of a kind that this server does not have can only be moved and deleted."""
    kind = KINDS.get(step.kind)
    return {
        "step": step,
        "label": kind.label if kind else step.kind,
        "is_known": kind is not None,
        "is_editable": kind is not None and kind.prepare_form is not None,
        "headline": kind.headline_of(step.config) if kind else "",
        "details": kind.details_of(step.config) if kind else [],
    }


@login_required
@require_POST
def run_lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a session on the lesson and go to its board."""
    session = lessons.run_lesson(owned_lesson(request, pk), names_required=asks_names(request))
    return redirect("board", pk=session.pk)


@login_required
@may_be_reloaded
def rename_lesson(request: HttpRequest, pk: int) -> HttpResponse:
    found = owned_lesson(request, pk)
    if request.method != "POST":
        return redirect("lesson", pk=pk)
    form = TitleForm(request.POST)
    if not form.is_valid():
        focus_fault(form)
        return render_lesson(request, found, form)
    preparing.rename_lesson(found, title=form.cleaned_data["title"])
    return redirect("lesson", pk=pk)


@login_required
@require_POST
def duplicate_lesson(request: HttpRequest, pk: int) -> HttpResponse:
    copy = preparing.duplicate_lesson(owned_lesson(request, pk))
    messages.success(request, _("This is the copy. Give it a name of its own."))
    return redirect("lesson", pk=copy.pk)


@login_required
@require_POST
def delete_lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the lesson, and offer to undo that; sessions that ran on it stay. A second tap finds it gone already."""
    found = Lesson.objects.filter(pk=pk, owner_id=user_id(request)).first()
    if found is not None:
        keep_deleted(request, "lesson", preparing.delete_lesson(found), name=found.title)
    return redirect("home")


@login_required
@require_safe
def lesson_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The lesson as a file for a colleague."""
    found = owned_lesson(request, pk)
    response = JsonResponse(write_lesson(found), json_dumps_params={"indent": 2, "ensure_ascii": False})
    name = "".join(c for c in found.title if c.isalnum() or c in " -_").strip() or "lesson"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"lesson.json\"; filename*=UTF-8''{quote(name)}.lesson.json"
    )
    return response


@login_required
@require_POST
def keep_lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a lesson of a session's activities."""
    kept = lessons.keep_as_lesson(_owned_session(request, pk), owner_id=user_id(request))
    messages.success(request, _("What ran in the session is a lesson now."))
    return redirect("lesson", pk=kept.pk)


@login_required
@require_POST
def run_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a new session with the activities of an old one."""
    session = lessons.run_again(_owned_session(request, pk), owner_id=user_id(request))
    return redirect("board", pk=session.pk)


def owned_lesson(request: HttpRequest, pk: int) -> Lesson:
    try:
        return lesson_of(user_id(request), pk)
    except Rejected:
        raise Http404 from None


def _owned_session(request: HttpRequest, pk: int) -> Session:
    session = Session.objects.filter(pk=pk, owner_id=user_id(request)).first()
    if session is None:
        raise Http404
    return session
