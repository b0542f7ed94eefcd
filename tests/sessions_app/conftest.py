"""The fixtures of events, for everything below; and nobody has guessed anything yet."""

import pytest
from django.core.cache import cache

from ..lessons import connect, lesson

__all__ = ["connect", "lesson"]


@pytest.fixture(autouse=True)
def _nothing_guessed() -> None:
    """One test's wrong passwords and codes would slow the next one's right ones, or refuse them."""
    cache.clear()
