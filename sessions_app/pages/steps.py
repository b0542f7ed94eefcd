"""The steps of a prepared lesson: added and changed by their kind's form, put in order, copied, deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from .. import preparing
from ..errors import Rejected
from ..forms import config_in, step_form
from ..kinds import KINDS, Kind
from ..lessons import Activity
from ..models import Lesson, Step
from .lessons import owned_lesson
from .undo import keep_deleted


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_step(request: HttpRequest, pk: int, kind_name: str) -> HttpResponse:
    """`/lessons/<pk>/steps/new/<kind>`: the kind's form; a kind without one is added as it is, when that is posted."""
    lesson = owned_lesson(request, pk)
    kind = _known(kind_name)
    if kind.prepare_form is None:
        return _add(request, lesson, Activity(kind.name, kind.checked({}))) if request.method == "POST" else _back(pk)
    form = step_form(kind, request.POST if request.method == "POST" else None)
    config = config_in(kind, form) if form.is_bound else None
    if config is None:
        return _render_form(request, lesson, kind, form)
    response = _add(request, lesson, Activity(kind.name, config))
    if "more" in request.POST:
        messages.success(request, _("Added. Here is the next one."))
        return redirect("new-step", pk=pk, kind_name=kind.name)
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """`/lessons/<pk>/steps/<step>/`: change a step."""
    found = _step_of(owned_lesson(request, pk), step_pk)
    kind = _known(found.kind)
    if kind.prepare_form is None:
        raise Http404
    form = step_form(kind, request.POST if request.method == "POST" else None, config=found.config)
    config = config_in(kind, form) if form.is_bound else None
    if config is None:
        return _render_form(request, found.lesson, kind, form, step=found)
    preparing.change_step(found, config=config)
    messages.success(request, _("Saved."))
    return _back(pk)


@login_required
@require_POST
def move_step(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Move a step by one; `way` is "up" or "down"."""
    lesson = owned_lesson(request, pk)
    way = "up" if request.POST.get("way") == "up" else "down"
    place = preparing.move_step(_step_of(lesson, step_pk), by=-1 if way == "up" else 1)
    messages.success(request, _("Moved: it is step %(place)s now.") % {"place": place})
    return redirect(f"{reverse('lesson', args=[pk])}?moved={step_pk}-{way}")


@login_required
@require_POST
def duplicate_step(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    try:
        preparing.duplicate_step(_step_of(owned_lesson(request, pk), step_pk))
    except Rejected as refusal:
        messages.error(request, _(refusal.message))
    return _back(pk)


@login_required
@require_POST
def delete_step(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Delete a step, and offer to undo that. A second tap finds it gone already."""
    lesson = owned_lesson(request, pk)
    found = lesson.steps.filter(pk=step_pk).first()
    if found is not None:
        kind = KINDS.get(found.kind)
        name = (kind.headline_of(found.config) or str(kind.label)) if kind else found.kind
        keep_deleted(request, "step", preparing.delete_step(found), name=name)
    return _back(pk)


def _add(request: HttpRequest, lesson: Lesson, activity: Activity) -> HttpResponse:
    try:
        preparing.add_step(lesson, activity)
    except Rejected as refusal:
        messages.error(request, _(refusal.message))
    return _back(lesson.pk)


def _render_form(
    request: HttpRequest, lesson: Lesson, kind: Kind, form: forms.Form, *, step: Step | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"lesson": lesson, "kind": kind, "form": form, "step": step}
    return render(request, "sessions_app/step.html", context)


def _step_of(lesson: Lesson, pk: int) -> Step:
    found = lesson.steps.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.lesson = lesson
    return found


def _known(kind_name: str) -> Kind:
    if kind_name not in KINDS:
        raise Http404
    return KINDS[kind_name]


def _back(pk: int) -> HttpResponse:
    return redirect("lesson", pk=pk)
