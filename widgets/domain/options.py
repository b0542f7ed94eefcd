"""What to call an option aloud, as the pages do."""

import re
from collections.abc import Sequence

LETTERS = "ABCDEFGHIJ"
SPEAKS_FOR_ITSELF = re.compile(r"\d{1,2}|[A-J]", re.ASCII)


def names_of(options: Sequence[str]) -> list[str]:
    """Letters; or the options themselves where all are numbers or single letters."""
    if all(SPEAKS_FOR_ITSELF.fullmatch(option) for option in options):
        return list(options)
    return list(LETTERS[: len(options)])
