"""What people type, without what cannot be seen: control and bidi characters, blank letters, piles of accents."""

import unicodedata
from collections.abc import Iterator

# Cf holds the bidi overrides and zero-width characters that make one text look like another.
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
MARKS = {"Mn", "Me", "Mc"}
# Letters and marks that show nothing: fillers, the blank Braille cell, the grapheme joiner.
BLANK = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u2800\u3164\uffa0")
JOINERS = {"\u200c", "\u200d"}
EMOJI_STYLE = "\ufe0f"
# More accents than any language piles on one letter would run over the lines around it.
MOST_MARKS = 4
# In these scripts a joiner chooses the form of a letter; in others it would only make two names look the same.
JOINING_SCRIPTS = (
    "ARABIC", "SYRIAC", "MONGOLIAN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU",
    "KANNADA", "MALAYALAM", "SINHALA", "KHMER",
)  # fmt: skip


def clean_line(text: str) -> str:
    """One line as people see it: hidden characters gone, blanks folded, composed form (NFC)."""
    return " ".join(clean_text(text).split())


def clean_text(text: str) -> str:
    """The same, with line breaks and blanks as they were typed."""
    return unicodedata.normalize("NFC", "".join(_visible(unicodedata.normalize("NFC", text))))


def _visible(text: str) -> Iterator[str]:
    shown, marks = "", 0
    for index, character in enumerate(text):
        is_mark = unicodedata.category(character) in MARKS and character != EMOJI_STYLE
        marks = marks + 1 if is_mark else 0
        if marks > MOST_MARKS or not _is_shown(character, shown, text[index + 1 : index + 2]):
            continue
        shown = character
        yield character


def _is_shown(character: str, before: str, after: str) -> bool:
    """Whether a character changes what is seen, after the last one shown and before the next one typed."""
    if character in JOINERS or character == EMOJI_STYLE:
        return _joins(character, before, after)
    if character in BLANK or _is_style(character):
        return False
    return character.isspace() or unicodedata.category(character) not in HIDDEN


def _joins(character: str, before: str, after: str) -> bool:
    if not before:
        return False
    if unicodedata.category(before) in ("So", "Sk") or before == EMOJI_STYLE:
        return character == EMOJI_STYLE or (bool(after) and unicodedata.category(after) == "So")
    follows = unicodedata.name(after, "") if after else ""
    scripts = unicodedata.name(before, "").startswith(JOINING_SCRIPTS) and follows.startswith(JOINING_SCRIPTS)
    return scripts and character in JOINERS


def _is_style(character: str) -> bool:
    """Variation selectors, but the one that emoji need."""
    return "\ufe00" <= character <= "\ufe0e" or "\U000e0100" <= character <= "\U000e01ef"
