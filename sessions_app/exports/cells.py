"""What a spreadsheet must not take for something else: text that begins like a formula, characters it refuses."""

import re

# Excel, LibreOffice and Google Sheets run a cell that begins so; the wide forms count in East Asian versions.
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20|]|[\t\r\n]")
# XML 1.0 has no place for them.
REFUSED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767


def safe_text(text: str) -> str:
    """As it is, or with an apostrophe before what a spreadsheet would run."""
    return f"'{text}" if FORMULA.match(text) else text


def printable(text: str) -> str:
    """What a cell can hold."""
    return REFUSED.sub("", text)[:LONGEST]
