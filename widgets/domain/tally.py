"""Votes per option."""

from collections import Counter
from collections.abc import Iterable


def tally(choices: Iterable[int], option_count: int) -> dict[int, int]:
    """How many chose each option, by index; every option is there, also with 0. Other indexes do not count."""
    counted = Counter(choices)
    return {index: counted[index] for index in range(option_count)}
