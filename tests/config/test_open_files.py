"""A server takes as many open files as it is given."""

import resource
from collections.abc import Iterator

import pytest

from config import open_files

pytestmark = pytest.mark.profile_free


@pytest.fixture
def limits() -> Iterator[tuple[int, int]]:
    """Soft and hard, as they are again afterwards."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_low_limit_is_raised_to_what_the_system_gives(limits: tuple[int, int]) -> None:
    _, hard = limits
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))

    open_files.raise_limit()

    soft, hard_now = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert (soft in (hard, open_files.GRANTED_AT_LEAST), hard_now) == (True, hard)


def test_the_highest_limit_is_left_alone(limits: tuple[int, int]) -> None:
    open_files.raise_limit()
    raised = resource.getrlimit(resource.RLIMIT_NOFILE)

    open_files.raise_limit()

    assert resource.getrlimit(resource.RLIMIT_NOFILE) == raised


def test_a_thousand_students_need_two_lines_each() -> None:
    assert open_files.needed_by(1000) == 2200
