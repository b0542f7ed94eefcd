"""Tags for scripts, styles, words and icons, and for what each kind of room brings along."""

import inspect
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale
from django.utils.translation.trans_real import DjangoTranslation
from django.views.i18n import JavaScriptCatalog

from .. import errors, modules
from ..kinds import Kind

register = template.Library()
# What a page can begin without does not stand in the way of what it cannot.
LATER = mark_safe(' fetchpriority="low"')


@register.simple_tag(takes_context=True)
def importmap(context: dict[str, Any]) -> SafeString:
    """`<script type="importmap">`: the bare names that our modules import, and where they are served."""
    return _map(context, modules.all_names())


@register.simple_tag(takes_context=True)
def page_script(context: dict[str, Any], entry: str) -> SafeString:
    """A page's module, with all that it imports asked for at once, instead of one round trip after another.

    What its kinds bring for the page's `audience` counts too: widgets/poll.js, widgets/poll_seat.js.
    """
    needed = modules.needed_by(_entries(context, entry))
    first = modules.needed_by([entry]).at_once
    urls = [(_url(name), "" if name in first else LATER) for name in needed.at_once]
    preloads = format_html_join("\n", '<link rel="modulepreload" href="{}"{}>', urls)
    script = format_html('<script type="module" src="{}"></script>', staticfiles_storage.url(entry))
    return format_html("{}\n{}\n{}", _map(context, needed.names), preloads, script)


def _url(name: str) -> str:
    return str(staticfiles_storage.url(modules.file_of(name)))


def _entries(context: dict[str, Any], entry: str) -> list[str]:
    """The page's own module first: it is what the rest waits for."""
    kinds: Iterable[Kind] = context.get("kinds", ())
    audience = context.get("audience", "")
    scripts = [script for kind in kinds for script in (kind.script, f"widgets/{kind.name}_{audience}.js")]
    return [entry, *(script for script in scripts if _exists(script))]


def _map(context: dict[str, Any], names: Iterable[str]) -> SafeString:
    imports = {name: staticfiles_storage.url(modules.file_of(name)) for name in names}
    text = json.dumps({"imports": imports}).replace("<", "\\u003c")
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        context["request"].csp_nonce,
        mark_safe(text),  # noqa: S308  # our own file names, and "<" is escaped
    )


@register.simple_tag
def kind_styles(kinds: Iterable[Kind]) -> SafeString:
    """A style sheet for every kind that has one."""
    sheets = [f"widgets/{kind.name}.css" for kind in kinds]
    urls = [(staticfiles_storage.url(sheet),) for sheet in sheets if _exists(sheet)]
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', urls)


@register.simple_tag(takes_context=True)
def words(context: dict[str, Any], entry: str = "") -> SafeString:
    """The page's language and the catalogue that `lectern/base/words.js` reads, as inert JSON.

    With the page's module named, only what it and its kinds can say, and the sentences of errors.
    """
    language = get_language() or settings.LANGUAGE_CODE
    messages = _catalogue(language)
    if entry:
        names = modules.needed_by(_entries(context, entry)).names
        messages = {text: messages[text] for text in _said_by(names, language)}
    return json_script({"language": to_locale(language).replace("_", "-"), "messages": messages}, "words")


@cache
def _said_by(names: tuple[str, ...], language: str) -> list[str]:
    sources = modules.text_of(names) + inspect.getsource(errors)
    return [text for text in _catalogue(language) if text in sources]


@cache
def _catalogue(language: str) -> dict[str, str | list[str]]:
    view = JavaScriptCatalog()
    view.translation = DjangoTranslation(
        language, domain="djangojs", localedirs=[str(path) for path in settings.LOCALE_PATHS]
    )
    return {text: said for text, said in view.get_catalog().items() if said and said != text}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the package lucide-static, inline and hidden from screen readers: words stand beside it."""
    return mark_safe(_drawing(name))  # noqa: S308  # a file of a pinned package, never data


@cache
def _drawing(name: str) -> str:
    text = (Path(settings.BASE_DIR) / "node_modules" / "lucide-static" / "icons" / f"{name}.svg").read_text()
    shapes = re.sub(r"<!--.*?-->|\s*class=\"[^\"]*\"", "", text, flags=re.DOTALL)
    return (
        re.sub(r"\s+", " ", shapes).replace("<svg", '<svg class="icon" aria-hidden="true" focusable="false"', 1).strip()
    )


@register.simple_tag
def source_url() -> str:
    """Where the source of this installation is offered; empty where it is unchanged."""
    return str(settings.LECTERN_SOURCE_URL)


def _exists(sheet: str) -> bool:
    return finders.find(sheet) is not None
