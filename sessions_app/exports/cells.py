"""What a spreadsheet must not take for something else: text that begins like a formula, characters it refuses."""

import re

# Excel, LibreOffice and Google Sheets run a cell that begins so; the wide forms count in East Asian versions.
RUN = r"[=+\-@\uff1d\uff0b\uff0d\uff20|]"
FORMULA = re.compile(rf"\s*{RUN}|[\t\r\n]")
# Where `;` separates cells, as in German, French and Spanish Excel, or tabs do, our quotes mean nothing: a text is cut
# at its separators and line breaks, and what comes next begins a cell, quotes aside.
FORMULA_WITHIN = re.compile(rf'(?<=[;\t\r\n])[\s"]*+(?={RUN})')
BREAK_WITHIN = re.compile(r'(?<=[;\r\n])"*+(?=[\t\r])')
# XML 1.0 has no place for them.
REFUSED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767


def safe_text(text: str) -> str:
    """For CSV: as it is, or with an apostrophe before what a spreadsheet would run, whatever it separates cells by."""
    guarded = BREAK_WITHIN.sub(r"\g<0>'", FORMULA_WITHIN.sub(r"\g<0>'", text))
    return f"'{guarded}" if FORMULA.match(guarded) else guarded


def printable(text: str) -> str:
    """What a cell can hold."""
    return REFUSED.sub("", text)[:LONGEST]
