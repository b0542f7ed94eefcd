"""A teacher's home: sessions that are open, lessons that are prepared, sessions that have ended."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ..domain.texts import clean_line
from ..forms import FileForm, TitleForm
from ..lessons import open_new
from ..preparing import LONGEST_TITLE
from ..search import lessons_with, sessions_with, words_of
from .undo import last_deleted

LESSONS_A_PAGE = 10
SESSIONS_A_PAGE = 20


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/sessions/`, with `?q=` those that have these words in title, code or question."""
    return render_home(request)


def render_home(request: HttpRequest, **forms: Any) -> HttpResponse:
    """The page, with the forms as they are: one that came back with errors, the others empty."""
    words = words_of(request.GET.get("q", ""))
    sessions = sessions_with(words, user_id(request))
    lessons = Paginator(lessons_with(words, user_id(request)), LESSONS_A_PAGE)
    past = Paginator(sessions.exclude(ended_at=None), SESSIONS_A_PAGE)
    context = {
        "live": sessions.filter(ended_at=None),
        "lessons": lessons.get_page(request.GET.get("lessons")),
        "past": past.get_page(request.GET.get("page")),
        "searched": " ".join(words),
        "deleted": last_deleted(request),
        "longest_title": LONGEST_TITLE,
        "title_form": TitleForm(auto_id="lesson-%s"),
        "file_form": FileForm(auto_id="lesson-%s"),
    }
    return render(request, "sessions_app/home.html", context | forms)


@login_required
@require_POST
def open_session(request: HttpRequest) -> HttpResponse:
    """Open a session and go to its board. A title that is too long is cut rather than refused: the class waits."""
    session = open_new(
        owner_id=user_id(request),
        title=clean_line(request.POST.get("title", ""))[:LONGEST_TITLE],
        names_required=asks_names(request),
    )
    return redirect("board", pk=session.pk)


def asks_names(request: HttpRequest) -> bool:
    """Whether the box at the button that opens a session was ticked."""
    return request.POST.get("names_required") == "on"


def user_id(request: HttpRequest) -> int:
    assert request.user.pk is not None, "behind login_required"
    return int(request.user.pk)
