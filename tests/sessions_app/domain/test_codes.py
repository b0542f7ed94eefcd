"""Join codes: read aloud, typed wrong, understood."""

import string
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.domain.codes import ALPHABET, LENGTH, LOOK_ALIKES, normalise_code, random_code

pytestmark = pytest.mark.profile_free
# What may be typed for a character of the alphabet.
LIKE: dict[str, list[str]] = {}
for typed, meant in LOOK_ALIKES.items():
    LIKE.setdefault(meant, []).append(chr(typed))
codes = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


@given(
    codes, st.sampled_from([str.lower, str.title, str.swapcase]), st.sampled_from(["", " ", "-", "\t", "\u00a0", " - "])
)
def test_code_is_understood_in_any_case_and_with_blanks(code: str, case: object, blank: str) -> None:
    typed = blank + blank.join(case(code)) + blank  # type: ignore[operator]

    assert normalise_code(typed) == code


@given(codes, st.randoms(use_true_random=False))
def test_code_is_understood_with_look_alikes(code: str, rng: Random) -> None:
    typed = "".join(rng.choice([character, *LIKE.get(character, [])]) for character in code)

    assert normalise_code(typed) == code


@pytest.mark.parametrize("typed", ["\uff2b\uff17\uff50\uff31\uff12", "\u200eK7PQ2\u200f", "K7\u2013PQ2", "\ufeffk7pq2"])
def test_code_is_understood_in_wide_letters_and_with_invisible_marks(typed: str) -> None:
    assert normalise_code(typed) == "K7PQ2"


def test_every_letter_and_digit_but_x_means_a_character_of_the_alphabet() -> None:
    meant = {typed: typed.translate(LOOK_ALIKES) for typed in string.ascii_uppercase + string.digits}

    assert {typed for typed, character in meant.items() if character not in ALPHABET} == {"X"}
    assert {typed for typed in ALPHABET if meant[typed] != typed} == set(), "no character of the alphabet is mapped"


@given(st.text(max_size=12))
def test_text_is_a_code_or_refused(text: str) -> None:
    try:
        code = normalise_code(text)
    except ValueError:
        code = "22222"

    assert (len(code), set(code) <= set(ALPHABET), normalise_code(code)) == (LENGTH, True, code)


@pytest.mark.parametrize("text", ["", "2222", "222222", "2222X", "2222Ä", "\u0662" * 5, "2222\x00", "22 22"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="5 letters and digits"):
        normalise_code(text)


def test_random_code_is_a_code_and_the_generators_own() -> None:
    made = [random_code(Random(1)) for _ in range(2)]

    assert made[0] == made[1] == normalise_code(made[0])
    assert len({random_code(Random(seed)) for seed in range(500)}) > 490
