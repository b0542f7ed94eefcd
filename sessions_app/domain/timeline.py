"""How a lesson went, from what was recorded: people here, answers, when an activity was open."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

# A slice is as short as leaves no more than so many of them.
MOST_SLICES = 40
STEPS_S = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400)


@dataclass(frozen=True)
class Span:
    """From when to when; None: still."""

    begins_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Slice:
    """A piece of the lesson: the most people who were here at once in it, and the answers given in it."""

    begins_at: datetime
    people: int
    answers: int


def step_for(lasted: timedelta) -> timedelta:
    """How long a slice of a lesson of this length is."""
    seconds = lasted.total_seconds()
    step_s = next((step_s for step_s in STEPS_S if seconds <= step_s * MOST_SLICES), 0)
    return timedelta(seconds=step_s or -(-int(seconds + 1) // MOST_SLICES))


def count_people(moves: Iterable[tuple[datetime, str, int]]) -> Iterator[tuple[datetime, int]]:
    """Seats sat in after each move (when, seat, +1 or -1). A seat with two sockets is one person."""
    sockets: Counter[str] = Counter()
    here = 0
    for at, seat, difference in moves:
        before = sockets[seat]
        sockets[seat] = max(0, before + difference)
        here += (sockets[seat] > 0) - (before > 0)
        yield at, here


def slice_up(
    whole: Span, now: datetime, *, people: Iterable[tuple[datetime, int]], answers: Iterable[datetime]
) -> list[Slice]:
    """The lesson in slices of equal length. What lies outside counts for the first or the last one."""
    ends_at = whole.ends_at or now
    step = step_for(ends_at - whole.begins_at)
    number = max(1, -((whole.begins_at - ends_at) // step))

    def place(at: datetime) -> int:
        return min(max(0, (at - whole.begins_at) // step), number - 1)

    given = Counter(place(at) for at in answers)
    peaks, lasts = _peaks(((place(at), here) for at, here in people), number)
    carried = [0, *lasts[:-1]]
    return [
        Slice(whole.begins_at + index * step, max(peaks[index], carried[index]), given[index])
        for index in range(number)
    ]


def _peaks(counts: Iterable[tuple[int, int]], number: int) -> tuple[list[int], list[int]]:
    """Of each slice the most people that a move in it led to, and how many were here at its end."""
    peaks = [0] * number
    lasts: list[int | None] = [None] * number
    for index, here in counts:
        peaks[index] = max(peaks[index], here)
        lasts[index] = here
    here, ends = 0, []
    for last in lasts:
        here = here if last is None else last
        ends.append(here)
    return peaks, ends


def open_spans(whole: Span, changes: Iterable[tuple[datetime, bool]], *, is_open: bool) -> list[Span]:
    """When an activity took answers. `changes` are its openings and pauses in order; `is_open` is how it is now."""
    known = list(changes)
    # Before the first change it was the other way round.
    states = [(whole.begins_at, not known[0][1] if known else is_open), *known]
    spans: list[Span] = []
    begun: datetime | None = None
    for at, opened in states:
        if opened and begun is None:
            begun = at
        elif not opened and begun is not None:
            spans.append(Span(begun, at))
            begun = None
    return [*spans, Span(begun, whole.ends_at)] if begun is not None else spans
