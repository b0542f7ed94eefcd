"""Votes per option."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.domain.tally import tally

pytestmark = pytest.mark.profile_free


def test_tally_has_every_option_and_nothing_else() -> None:
    assert tally([1, 1, 2, 7, -1], 3) == {0: 0, 1: 2, 2: 1}
    assert tally([], 2) == {0: 0, 1: 0}
    assert tally([0], 0) == {}


@given(st.lists(st.integers(-2, 12)), st.integers(0, 10))
def test_tally_counts_each_vote_once(choices: list[int], options: int) -> None:
    counted = tally(choices, options)

    assert list(counted) == list(range(options))
    assert counted == {option: choices.count(option) for option in range(options)}
