"""Text in a spreadsheet: nothing that people type runs, and what is harmless stays as it is."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessions_app.exports.cells import safe_text

pytestmark = pytest.mark.profile_free

RUN = ("=", "+", "-", "@", "|", "\uff1d", "\uff0b", "\uff0d", "\uff20")
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "|calc", "\uff1d1", "\ttab", "\rreturn"]
# What separates, quotes and runs, in every order.
nasty = st.text(st.sampled_from(";,\t\r\n \"'|=-a\u00a0\uff1d"), max_size=12)


def cells(texts: list[str], separator: str, *, skips_blanks: bool) -> list[str]:
    """Every cell that a program finds which takes `separator` for the one between cells of our file."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(
        [["K7R2Q", 1, safe_text(text), safe_text(text), 2, *map(safe_text, texts), "2026"] for text in texts]
    )
    file.seek(0)
    return [cell for row in csv.reader(file, delimiter=separator, skipinitialspace=skips_blanks) for cell in row]


def runs(cell: str) -> bool:
    return cell.lstrip().startswith(RUN)


def breaks(cell: str) -> bool:
    return cell.startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_begins_like_a_formula_is_text(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["", "yes", "a=b", "1-2", "'=1", "مرحبا", "🦊", "a; b", 'is "-5" more?', "is |-5| more?", "one\r\ntwo", "a,=b"],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a;=1+1;b", "a;'=1+1;b"),
        ("a\t@x", "a\t'@x"),
        ('a; " -2', "a; \" '-2"),
        ("a;\tb", "a;'\tb"),
        ("a\n=1", "a\n'=1"),
        ("\t=1", "'\t'=1"),
        ("=1;=2", "'=1;'=2"),
    ],
)
def test_what_would_begin_a_cell_elsewhere_is_text_there_too(text: str, safe: str) -> None:
    assert safe_text(text) == safe


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(texts=st.lists(nasty | st.text(max_size=12), min_size=1, max_size=4))
@example(texts=["a;=1+1;b"])
@example(texts=['a;"\tb', 'a;"=1"'])
@example(texts=["a,b;", ";\r\t =1"])
def test_no_cell_runs_whatever_separates_them(texts: list[str], separator: str) -> None:
    found = cells(texts, separator, skips_blanks=False)
    without_blanks = cells(texts, separator, skips_blanks=True)

    assert [cell for cell in found if runs(cell) or breaks(cell)] == []
    assert [cell for cell in without_blanks if runs(cell)] == []
