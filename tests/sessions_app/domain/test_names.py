"""Names: cleaned when typed, friendly when made up."""

import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.domain.names import (
    ANIMALS,
    COLOURS,
    MAX_LENGTH,
    clean_name,
    friendly_name,
)
from sessions_app.domain.texts import BLANK, HIDDEN, JOINERS

pytestmark = pytest.mark.profile_free
bidi = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@given(
    st.text(max_size=120) | st.text(st.sampled_from("aä \t\u200b\u200d\u2003" + bidi + "\x00\x1b\ud800"), max_size=80)
)
def test_cleaned_name_is_visible_short_and_stays_as_it_is(text: str) -> None:
    name = clean_name(text)

    assert len(name) <= MAX_LENGTH
    assert name == name.strip()
    assert "  " not in name
    assert [c for c in name if unicodedata.category(c) in HIDDEN and c not in JOINERS] == []
    assert clean_name(name) == name
    name.encode()


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=MAX_LENGTH))
def test_ordinary_name_is_kept(text: str) -> None:
    text = "".join(letter for letter in unicodedata.normalize("NFC", text) if letter not in BLANK)

    assert clean_name(f"  {text}\n") == unicodedata.normalize("NFC", text)[:MAX_LENGTH]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (f"An{bidi}n", "Ann"),
        ("Ann\x00\x1b[31m", "Ann[31m"),
        ("A\u2003\u2003n\r\nn", "A n n"),
        ("x" * 49 + " yz", "x" * 49),
        ("\u200d\u200c", ""),
        (" \u200b ", ""),
        ("\u0939\u094d\u200d\u0930", "\u0939\u094d\u200d\u0930"),
        ("\ud83d", ""),
        ("Ann\u200d", "Ann"),
        ("A\u200c\u200dnn", "Ann"),
        ("\u3164", ""),
        ("\u2800 \u115f", ""),
        ("\ufe0f", ""),
        ("e" + "\u0301" * 49, "\u00e9" + "\u0301" * 4),
        ("\U0001f469\u200d\U0001f467 Eva", "\U0001f469\u200d\U0001f467 Eva"),
        ("\u2764\ufe0f Bo", "\u2764\ufe0f Bo"),
        ("<script>", "<script>"),
    ],
)
def test_clean_name(typed: str, name: str) -> None:
    assert clean_name(typed) == name


def test_friendly_names_are_of_colours_and_animals() -> None:
    made = {friendly_name(Random(seed)) for seed in range(2000)}

    assert made <= {f"{colour} {animal}" for colour in COLOURS for animal in ANIMALS}
    assert len(made) > 250
    assert max(len(name) for name in made) <= MAX_LENGTH
