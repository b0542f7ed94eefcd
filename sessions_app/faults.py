"""What pydantic found wrong, as sentences for people in their own language."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import ValidationError
from pydantic_core import ErrorDetails

FAULTS_TOLD = 10


def _too_short(context: dict[str, int]) -> str:
    least = context["min_length"]
    return ngettext("At least %(count)s is needed here.", "At least %(count)s are needed here.", least) % {
        "count": least
    }


def _too_long(context: dict[str, int]) -> str:
    most = context["max_length"]
    return ngettext("At most %(count)s may stand here.", "At most %(count)s may stand here.", most) % {"count": most}


def _long_text(context: dict[str, int]) -> str:
    most = context["max_length"]
    return ngettext(
        "This is too long: at most %(count)s character.", "This is too long: at most %(count)s characters.", most
    ) % {"count": most}


SENTENCES: dict[str, Callable[[dict[str, int]], str]] = {
    "missing": lambda _c: _("This is missing."),
    "string_too_short": lambda _c: _("This is empty."),
    "string_too_long": _long_text,
    "too_short": _too_short,
    "too_long": _too_long,
    "string_type": lambda _c: _("This must be a text."),
    "list_type": lambda _c: _("This must be a list."),
    "dict_type": lambda _c: _("This must be an object with named fields."),
    "model_type": lambda _c: _("This must be an object with named fields."),
    "literal_error": lambda context: _("This must be %(expected)s.") % context,
}


def sentence_of(error: ErrorDetails) -> str:
    sentence = SENTENCES.get(error["type"])
    return sentence(error.get("ctx", {})) if sentence else error["msg"]


def faults_of(fault: ValidationError, *before: str | int) -> dict[str, str]:
    """`{path: sentence}`, for the first few; the paths begin with `before`."""
    errors = fault.errors(include_url=False, include_input=False)[:FAULTS_TOLD]
    return {".".join(map(str, (*before, *error["loc"]))): sentence_of(error) for error in errors}
