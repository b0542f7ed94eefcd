"""Reads settings from the environment: a value is parsed, or the server refuses to start and says why."""

import os
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def text_or_file(name: str) -> str:
    """The variable, or what stands in the file that NAME_FILE names: a secret need not be in the environment."""
    path = text(f"{name}_FILE")
    if text(name) or not path:
        return text(name)
    try:
        return Path(path).read_text().strip()
    except OSError as fault:
        raise ImproperlyConfigured(f"{name}_FILE is {path!r}, which cannot be read ({fault.strerror}).") from fault


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if value == "":
        return default
    raise ImproperlyConfigured(f"{name} is {value!r}: set it to 1 or 0.")


def number(name: str, default: int, *, least: int = 0) -> int:
    value = text(name)
    if value == "":
        return default
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to a whole number of at least {least}.")
    return int(value)


def items(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list, blanks trimmed, empty items dropped."""
    value = text(name)
    return [item.strip() for item in value.split(",") if item.strip()] if value else list(default)


def one_of(name: str, default: str, *, options: tuple[str, ...]) -> str:
    value = text(name) or default
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to one of {', '.join(options)}.")
    return value


def time_zone(name: str, default: str) -> str:
    value = text(name) or default
    try:
        return ZoneInfo(value).key
    except (ValueError, OSError, ZoneInfoNotFoundError) as fault:
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to a zone such as Europe/Berlin.") from fault


def database(name: str, default: str) -> dict[str, Any]:
    """Django's settings of the database under that address, which may hold a password and so is not repeated."""
    try:
        return {**dj_database_url.parse(text(name) or default)}
    except ValueError as fault:
        raise ImproperlyConfigured(f"{name} cannot be read: set it to postgres://user:password@host/name.") from fault


def secret(name: str, *, file: Path, debug: bool) -> str:
    """The secret from the environment, or from the file that `./dev run` makes; a fixed one only with DEBUG."""
    if value := text(name):
        return value
    if file.is_file():
        return file.read_text().strip()
    if debug:
        return "debug-only-" + "x" * 50
    raise ImproperlyConfigured(f"There is no secret: set {name}, or start with ./dev run, which writes {file}.")
