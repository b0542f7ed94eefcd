"""Names of participants: cleaned when typed, friendly when made up."""

from random import Random

from .texts import clean_line

MAX_LENGTH = 50
COLOURS = (
    "Amber",
    "Blue",
    "Coral",
    "Golden",
    "Green",
    "Indigo",
    "Ivory",
    "Jade",
    "Lilac",
    "Olive",
    "Red",
    "Silver",
    "Teal",
    "Violet",
)
ANIMALS = (
    "Badger",
    "Beaver",
    "Crane",
    "Dolphin",
    "Falcon",
    "Fox",
    "Gecko",
    "Hare",
    "Heron",
    "Ibex",
    "Koala",
    "Lynx",
    "Marten",
    "Newt",
    "Otter",
    "Owl",
    "Panda",
    "Puffin",
    "Raven",
    "Robin",
    "Seal",
    "Stork",
    "Tiger",
    "Wren",
)


def clean_name(text: str) -> str:
    """The visible part of a typed name, at most MAX_LENGTH long; empty when nothing of it can be seen."""
    return clean_line(clean_line(text)[:MAX_LENGTH])


def friendly_name(rng: Random) -> str:
    return f"{rng.choice(COLOURS)} {rng.choice(ANIMALS)}"
