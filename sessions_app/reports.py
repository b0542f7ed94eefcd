"""What a kind reports after class: questions, counts and answers, in one shape for the page and every export."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from .models import Room

ReportFunction = Callable[[Sequence[Room]], Mapping[int, "Report"]]


@dataclass(frozen=True)
class Choice:
    """An option: its name aloud (a letter, mostly), its words, and how many chose it."""

    name: str
    text: str
    count: int


@dataclass(frozen=True)
class Report:
    """What is left of one room. `answered` seats; `privacy` says in a sentence who can see the answers."""

    question: str
    options: tuple[Choice, ...] = ()
    answered: int = 0
    privacy: str = ""


@dataclass(frozen=True)
class Answer:
    """What one seat said in one room, last."""

    room_id: int
    seat_id: int
    seat_name: str
    name: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Part:
    """Which answers of each room: the first `most` after `skip`, in the order of the seats' names; None: all."""

    most: int | None = None
    skip: int = 0


ALL = Part()


class AnswersFunction(Protocol):
    def __call__(self, rooms: Sequence[Room], part: Part, /) -> Iterator[Answer]: ...


class Reporting:
    """What a Kind registers: `@kind.report` reads reports, `@kind.report.answers` reads answers.

    Both get any number of rooms and ask the database equally often for each number.
    """

    def __init__(self) -> None:
        self.events: set[str] = set()
        self._report: ReportFunction | None = None
        self._answers: AnswersFunction | None = None

    def __call__(self, function: ReportFunction) -> ReportFunction:
        self._report = function
        return function

    def answers(self, function: Any) -> Any:
        self._answers = function
        return function

    def read(self, rooms: Sequence[Room]) -> Mapping[int, Report]:
        """By room id; without those that the kind says nothing about."""
        return self._report(rooms) if self._report and rooms else {}

    def read_answers(self, rooms: Sequence[Room], part: Part = ALL) -> Iterator[Answer]:
        """Room by room, in the order of their ids, and in each in the order of names."""
        return self._answers(rooms, part) if self._answers and rooms else iter(())
