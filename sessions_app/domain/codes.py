"""Join codes: five characters that a class can read aloud and type wrong without harm."""

from random import Random
from unicodedata import category, normalize

ALPHABET = "23456789ACDEFHJKNPQRTUWY"
LENGTH = 5
# Dashes, and characters that show nothing, as a copied code may bring along.
SILENT = {"Pd", "Cf"}
# What a hurried reader types for a character of the alphabet; V and X have no twin in it.
LOOK_ALIKES = str.maketrans(
    {"O": "Q", "0": "Q", "I": "J", "1": "J", "L": "J", "B": "8", "S": "5", "Z": "2", "G": "6", "M": "N", "V": "U"}
)


def normalise_code(text: str) -> str:
    """The code that was meant: capitals, no blanks, dashes or invisible marks, look-alikes mapped.

    Raises ValueError when it cannot be a code.
    """
    # Keyboards of East Asia type wide letters; NFKC makes the usual ones of them.
    shown = (letter for letter in normalize("NFKC", text).upper() if category(letter) not in SILENT)
    code = "".join("".join(shown).split()).translate(LOOK_ALIKES)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise ValueError(f"A code has {LENGTH} letters and digits.")
    return code


def random_code(rng: Random) -> str:
    return "".join(rng.choices(ALPHABET, k=LENGTH))
