"""A lesson as a file that colleagues share, and as the body of the API: read with every fault named, or written."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import PydanticKnownError

from .domain.texts import clean_line
from .errors import Rejected
from .faults import FAULTS_TOLD, faults_of
from .kinds import KINDS
from .lessons import Activity
from .models import Lesson
from .preparing import LONGEST_TITLE, MOST_STEPS
from .realtime.events import Payload
from .realtime.wire import DEEPEST, unstorable

Json = dict[str, Any]
MOST_BYTES = 512 * 1024


def _clean_title(title: str) -> str:
    title = clean_line(title)
    if not title:
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    if len(title) > LONGEST_TITLE:
        raise PydanticKnownError("string_too_long", {"max_length": LONGEST_TITLE})
    return title


class StepBody(Payload):
    kind: str
    config: dict[str, Any] = {}


class LessonBody(Payload):
    """What the API takes."""

    title: Annotated[str, AfterValidator(_clean_title)]
    steps: list[StepBody] = Field(default=[], max_length=MOST_STEPS)


class LessonFile(LessonBody):
    """What a file holds."""

    format: Literal["lectern-lesson"]
    version: Literal[1]


def write_lesson(lesson: Lesson) -> Json:
    steps = [{"kind": step.kind, "config": step.config} for step in lesson.steps.all()]
    return {"format": "lectern-lesson", "version": 1, "title": lesson.title, "steps": steps}


def parse_file(content: bytes) -> tuple[str, list[Activity]]:
    """Title and steps of a file. Raises INVALID_INPUT, with what is wrong by path."""
    raw = parse_json(content)
    if not isinstance(raw, dict) or raw.get("format") != "lectern-lesson":
        raise Rejected("INVALID_INPUT", lesson=_("This is not a lesson file. Choose one that Lectern has made."))
    return read_lesson(LessonFile, raw)


def parse_json(content: bytes) -> Any:
    """Raises INVALID_INPUT for what is too large, too deep or no JSON."""
    if len(content) > MOST_BYTES:
        raise Rejected("INVALID_INPUT", lesson=_("This is too large for a lesson."))
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        fault = _("This is not a lesson file. Choose one that Lectern has made.")
        raise Rejected("INVALID_INPUT", lesson=fault) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def read_lesson(model: type[LessonBody], raw: Any) -> tuple[str, list[Activity]]:
    """Title and steps, each step as its kind wants it. Raises INVALID_INPUT, with what is wrong by path."""
    faults = {path or "lesson": _("This has a character that cannot be kept.") for path in unstorable(raw, "", DEEPEST)}
    if faults:
        raise Rejected("INVALID_INPUT", faults=dict(list(faults.items())[:FAULTS_TOLD]))
    try:
        lesson = model.model_validate(raw)
    except ValidationError as fault:
        said = {path or "lesson": text for path, text in faults_of(fault).items()}
        raise Rejected("INVALID_INPUT", faults=said) from None
    faults = {}
    activities = list(_read_steps(lesson.steps, faults))
    if faults:
        raise Rejected("INVALID_INPUT", faults=dict(list(faults.items())[:FAULTS_TOLD]))
    return lesson.title, activities


def _read_steps(steps: list[StepBody], faults: dict[str, str]) -> Iterator[Activity]:
    for index, step in enumerate(steps):
        kind = KINDS.get(step.kind)
        if kind is None:
            faults[f"steps.{index}.kind"] = _("This server has no activity of this kind.")
            continue
        try:
            yield Activity(kind.name, kind.checked(step.config))
        except ValidationError as fault:
            faults |= faults_of(fault, "steps", index, "config")
