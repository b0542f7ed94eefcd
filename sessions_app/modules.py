"""Our ES modules: which there are, and which of them a page needs, as their own imports tell."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders

FOLDERS = ("base/", "pages/", "widgets/")
PREFIX = "lectern/"
# Bare names of packages, and the file that each is served from.
PACKAGES = {"socket.io-client": "npm/socket.io.esm.min.js"}
AT_ONCE = re.compile(r'^(?:import|export)\s(?:[^;"]*\sfrom\s)?"([^"]+)"', re.MULTILINE)
LATER = re.compile(r'\bimport\("([^"]+)"\)')


class Needed(NamedTuple):
    """What a page's scripts import: `at_once` is loaded before they run, `names` is all that they may ever import."""

    names: tuple[str, ...]
    at_once: tuple[str, ...]


def file_of(name: str) -> str:
    """The static file of a name that a module imports."""
    return PACKAGES.get(name) or name.removeprefix(PREFIX)


def all_names() -> list[str]:
    return [*PACKAGES, *(PREFIX + path for path in modules())]


def needed_by(entries: Iterable[str]) -> Needed:
    """The closure of the imports of these modules, the modules themselves included."""
    names = tuple(PREFIX + entry for entry in entries)
    return _needed(names) if settings.DEBUG else _needed_once(names)


def text_of(names: Iterable[str]) -> str:
    """The sources of our own modules among them."""
    return "\n".join(_source(name) for name in names if name.startswith(PREFIX))


def modules() -> list[str]:
    """Every module of ours; with DEBUG on a new file counts at once."""
    return sorted(_find_modules()) if settings.DEBUG else _modules_once()


@cache
def _modules_once() -> list[str]:
    return sorted(_find_modules())


@cache
def _needed_once(names: tuple[str, ...]) -> Needed:
    return _needed(names)


def _needed(names: tuple[str, ...]) -> Needed:
    # Packages first: they are the largest, and what is asked for first comes first.
    at_once = tuple(sorted(_closure(names, AT_ONCE), key=lambda name: name not in PACKAGES))
    return Needed(_closure(at_once, AT_ONCE, LATER), at_once)


def _closure(names: tuple[str, ...], *imports: re.Pattern[str]) -> tuple[str, ...]:
    found = dict.fromkeys(names)
    waiting = list(names)
    while waiting:
        source = _source(waiting.pop())
        new = [name for pattern in imports for name in pattern.findall(source) if name not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return tuple(found)


def _source(name: str) -> str:
    if name in PACKAGES:
        return ""
    path = finders.find(file_of(name))
    assert isinstance(path, str), f"There is no module {name}."
    return Path(path).read_text()


def _find_modules() -> Iterator[str]:
    for finder in finders.get_finders():
        for path, _ in finder.list([]):
            if path.endswith(".js") and path.startswith(FOLDERS):
                yield path
