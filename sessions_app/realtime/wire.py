"""From what arrived to a payload, and from a refusal to what its sender is told; shapes as in WIRE.md."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from ..errors import Rejected
from .events import Handler, Json, Payload

DEEPEST = 20
FAULTS_TOLD = 10
LONGEST_PATH = 80


def parse_payload(model: type[Payload], args: list[Any]) -> Payload:
    """The event's first argument as its payload type; none at all counts as empty. Raises INVALID_INPUT."""
    raw = args[0] if args and args[0] is not None else {}
    for path in unstorable(raw, "", DEEPEST):
        fault = {path or "payload": "has a character that cannot be stored, or is too deep"}
        raise Rejected("INVALID_INPUT", faults=fault)
    try:
        return model.model_validate(raw)
    except ValidationError as fault:
        raise Rejected("INVALID_INPUT", faults=_faults(fault)) from None


def _faults(fault: ValidationError) -> dict[str, str]:
    errors = fault.errors(include_url=False, include_context=False, include_input=False)[:FAULTS_TOLD]
    return {".".join(map(str, error["loc"]))[:LONGEST_PATH] or "payload": error["msg"] for error in errors}


def unstorable(value: Any, path: str, depth: int) -> Iterator[str]:
    """Paths of strings with NUL or half a surrogate pair, which no database stores."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            yield path
    elif isinstance(value, dict | list):
        if depth == 0:
            yield path
            return
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from unstorable(key, path, depth) if isinstance(key, str) else ()
            yield from unstorable(item, f"{path}.{key}"[:LONGEST_PATH].lstrip("."), depth - 1)


def failure_of(handler: Handler, refusal: Rejected) -> Json:
    """What the ack and the reply event say: the error object, or for three old replies a sentence and L's code."""
    if handler.plain_errors:
        extra = {key: value for key, value in refusal.as_error().items() if key in ("details", "retryAfter")}
        return {"success": False, "error": refusal.message, "code": refusal.code, **extra}
    return {"success": False, "error": refusal.as_error()}


def named_widget(args: list[Any]) -> Json:
    """The widget that a refused request named, so that its page knows which one is meant."""
    widget_id = args[0].get("widgetId") if args and isinstance(args[0], dict) else None
    return {"widgetId": widget_id} if isinstance(widget_id, str) and len(widget_id) <= 100 else {}
