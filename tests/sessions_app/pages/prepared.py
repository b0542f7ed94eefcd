"""Hana's lesson of two polls, its addresses and its steps, as several tests want them."""

from typing import Any

from sessions_app.models import Lesson

from ...factories import poll_config

TEA = poll_config("Tea?", "yes", "no")
PLANETS = poll_config("Which planet?", "Mars", "Venus")
# What the form of a poll sends for TEA.
TYPED = {"question": "Tea?", "options": "yes\n\n  no \n", "hide_results": "on", "allow_change": "on"}


def steps_of(lesson: Lesson) -> list[Any]:
    return list(lesson.steps.values_list("position", "config"))


def path_of(lesson: Lesson, act: str = "", place: int = 0) -> str:
    step = f"steps/{lesson.steps.get(position=place).pk}/" if place else ""
    return f"/lessons/{lesson.pk}/{step}{act}"
