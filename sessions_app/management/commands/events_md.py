"""Writes docs/EVENTS.md from the registries: what a client may send, what it hears, and every error code."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand

from ...errors import MESSAGES
from ...kinds import KINDS
from ...realtime.events import HANDLERS, Handler, Who

HEAD = """\
# Events

Made by `./dev manage events_md` from the registry of events; a test fails when it is stale. A payload is one JSON
object. An ack, where the client asks for one, is `{success: true, …}` or `{success: false, error: {code, message,
details?, retryAfter?}}`; `retryAfter` is in milliseconds. Without ack and reply event a refusal comes as
`lectern:error {event, code, message}`.

`lectern:ping` is acknowledged with `{success: true}`, whoever asks; it tells a page that its line is alive.
"""
WHO = {
    Who.ANYONE: "anyone but a projector",
    Who.HOST: "the session's host",
    Who.PARTICIPANT: "a participant",
    Who.MEMBER: "the host and participants",
    Who.STAFF: "staff of the server",
}
HEARD = {
    "admin:sessionsUpdate": "The live sessions and counts, to staff that has subscribed.",
    "lectern:error": "A refused event that asked for no ack and has no reply event.",
    "lectern:first": "The answer to `first: [event, payload]` of CONNECT's `auth`, which saves a round trip.",
    "session:closed": "The session is over; without an argument.",
    "session:hostDisconnected": "The host's last line is gone; nothing is deleted.",
    "session:hostReconnected": "The host is back.",
    "session:participantUpdate": "How many are here; to the host also who.",
    "session:released": "This device, or projector, was released.",
    "session:roomClosed": "A room was closed.",
    "session:roomCreated": "A room was opened.",
    "session:runList": "The run list: its steps, and which of them have been run; to the host.",
    "session:screenChanged": "What the projector does, and which activity it shows; to the host and the projector.",
    "session:shown": "What a projector shows, after it has connected.",
    "session:widgetStateChanged": "A room is open for answers, or paused.",
}
Json = dict[str, Any]


def render() -> str:
    parts = [HEAD, "## What a client sends", *map(_incoming, _in_order()), "\n## What a client hears", _outgoing()]
    return "\n".join([*parts, "## Error codes", _codes()])


def _in_order() -> list[Handler]:
    """Those of sessions first, then the kinds', as they are registered."""
    kinds = tuple(word for kind in KINDS for word in (f"{kind}:", f"session:{kind}:"))
    return sorted(HANDLERS.values(), key=lambda handler: handler.event.startswith(kinds))


def _incoming(handler: Handler) -> str:
    facts = [f"From {WHO[handler.who]}."]
    if handler.about:
        facts.insert(0, handler.about)
    if handler.reply:
        facts.append(f"Reply: `{handler.reply}`.")
    if handler.plain_errors:
        facts.append('A refusal has `error: "<sentence>"` and `code` beside it.')
    if handler.rate is not None:
        facts.append(f"At most {handler.rate.calls} in {handler.rate.within_ms} ms for one seat.")
    schema = handler.payload.model_json_schema()
    rows = [f"| `{path}` | {kind} | {needed} |" for path, kind, needed in _fields(schema, schema, "")]
    table = ["", "| field | type | |", "| --- | --- | --- |", *rows] if rows else []
    return "\n".join([f"\n### `{handler.event}`\n", " ".join(facts), *table])


def _fields(schema: Json, root: Json, before: str) -> Iterator[tuple[str, str, str]]:
    schema = _resolved(schema, root)
    for name, field in schema.get("properties", {}).items():
        needed = "required" if name in schema.get("required", ()) else "optional"
        yield f"{before}{name}", _type(field, root), needed
        yield from _fields(field, root, f"{before}{name}.")


def _resolved(schema: Json, root: Json) -> Json:
    return root["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _type(schema: Json, root: Json) -> str:
    schema = _resolved(schema, root)
    if "anyOf" in schema:
        return " or ".join(_type(one, root) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    of = f" of {_type(schema['items'], root)}" if "items" in schema else ""
    return f"{schema.get('type', 'any')}{_bounds(schema)}{of}"


def _bounds(schema: Json) -> str:
    words = {
        "minLength": "at least {} long",
        "maxLength": "at most {} long",
        "minItems": "at least {} items",
        "maxItems": "at most {} items",
        "minimum": "≥ {}",
        "maximum": "≤ {}",
        "exclusiveMinimum": "> {}",
        "exclusiveMaximum": "< {}",
    }
    found = [text.format(schema[word]) for word, text in words.items() if word in schema]
    return f" ({', '.join(found)})" if found else ""


def _outgoing() -> str:
    replies = {handler.reply: f"The reply to `{handler.event}`." for handler in HANDLERS.values() if handler.reply}
    states = {event: about for kind in KINDS.values() for event, about in kind.states.items()}
    elsewhere = {event: f"See `{path}`." for event, path in emitted().items()}
    heard = {**elsewhere, **replies, **states, **HEARD}
    rows = [f"| `{event}` | {' '.join(heard[event].split())} |" for event in sorted(heard)]
    return "\n".join(["", "| event | |", "| --- | --- |", *rows, ""])


def emitted() -> dict[str, str]:
    """The events that the code sends by name, and where: wire names are literals in the file that sends them."""
    found: dict[str, str] = {}
    for config in apps.get_app_configs():
        root = Path(config.path)
        if root.parent == settings.BASE_DIR:
            for path in sorted(root.rglob("*.py")):
                found |= dict.fromkeys(_names_sent(ast.parse(path.read_text())), str(path.relative_to(root.parent)))
    return found


def _names_sent(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = getattr(node.func, "attr", getattr(node.func, "id", ""))
            names = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if function in ("emit", "dispatches", "tell", "StateView"):
                yield from (name for name in names if ":" in name)


def _codes() -> str:
    rows = [f"| `{code}` | {sentence} |" for code, sentence in sorted(MESSAGES.items())]
    return "\n".join(["", "| code | message |", "| --- | --- |", *rows, ""])


class Command(BaseCommand):
    help = "Write docs/EVENTS.md from the registry of events."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "EVENTS.md").write_text(render())
