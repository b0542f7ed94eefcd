"""`/styleguide`: every token and every component on one page, in both themes; only where DEBUG is on."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

THEMES = ("light", "dark")
TOKEN = re.compile(r"^  --([\w-]+): ", re.MULTILINE)
ICONS = (
    "play",
    "pause",
    "eye",
    "undo-2",
    "users",
    "qr-code",
    "plus",
    "trash-2",
    "search",
    "download",
    "copy",
    "settings",
)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    return render(request, "sessions_app/styleguide.html", {"tokens": tokens(), "icons": ICONS, "themes": THEMES})


def tokens() -> dict[str, list[str]]:
    """The names of the tokens that tokens.css gives to `:root`, by their first word."""
    sheet = finders.find("base/tokens.css")
    assert isinstance(sheet, str)
    groups: dict[str, list[str]] = {"colour": [], "text": [], "space": [], "radius": [], "shadow": []}
    for name in dict.fromkeys(TOKEN.findall(Path(sheet).read_text())):
        first = name.partition("-")[0]
        if first in groups:
            groups[first].append(name)
        elif first not in ("font", "target", "focus", "calm"):
            groups["colour"].append(name)
    return groups
