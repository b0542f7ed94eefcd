"""A lesson in slices: nobody counted twice, nothing lost, whatever its length."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions_app.domain.timeline import MOST_SLICES, Slice, Span, count_people, open_spans, slice_up, step_for

START = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.profile_free


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_a_seat_with_two_sockets_is_one_person() -> None:
    moves = [(at(0), "ann", 1), (at(1), "ann", 1), (at(2), "ben", 1), (at(3), "ann", -1), (at(4), "ann", -1)]

    assert [here for _, here in count_people(moves)] == [1, 1, 2, 2, 1]


def test_who_leaves_without_having_come_is_nobody() -> None:
    assert list(count_people([(at(0), "ann", -1), (at(1), "ann", 1)])) == [(at(0), 0), (at(1), 1)]


def test_slices_carry_people_on_and_count_answers_where_they_fell() -> None:
    people = [(at(0.5), 1), (at(0.6), 3), (at(0.7), 2), (at(3), 1)]
    answers = [at(1), at(1.2), at(3.9), at(-1), at(99)]

    slices = slice_up(Span(START, at(40)), at(60), people=people, answers=answers)

    assert (len(slices), slices[1].begins_at) == (40, at(1))
    assert [(one.people, one.answers) for one in slices[:5]] == [(3, 1), (2, 2), (2, 0), (2, 1), (1, 0)]
    assert sum(one.answers for one in slices) == len(answers)


def test_a_live_lesson_reaches_to_now() -> None:
    slices = slice_up(Span(START), at(2), people=[], answers=[])

    assert slices == [Slice(START + timedelta(seconds=10 * index), 0, 0) for index in range(12)]


def test_a_lesson_that_ended_as_it_began_is_one_slice() -> None:
    assert slice_up(Span(START, START), at(9), people=[(START, 1)], answers=[START]) == [Slice(START, 1, 1)]


@pytest.mark.parametrize("minutes", [1, 7, 45, 90, 12 * 60, 48 * 60, 400 * 24 * 60])
def test_no_lesson_has_too_many_slices(minutes: int) -> None:
    assert timedelta(minutes=minutes) / step_for(timedelta(minutes=minutes)) <= MOST_SLICES


@pytest.mark.parametrize(
    ("changes", "is_open", "expected"),
    [
        ([], True, [Span(at(0), at(9))]),
        ([], False, []),
        ([(at(1), True)], True, [Span(at(1), at(9))]),
        ([(at(2), False)], False, [Span(at(0), at(2))]),
        ([(at(1), True), (at(2), True), (at(3), False), (at(4), True)], True, [Span(at(1), at(3)), Span(at(4), at(9))]),
    ],
)
def test_an_activity_takes_answers_between_opening_and_pause(
    changes: list[tuple[datetime, bool]], is_open: bool, expected: list[Span]
) -> None:
    assert open_spans(Span(at(0), at(9)), changes, is_open=is_open) == expected
