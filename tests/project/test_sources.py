"""Rules of the house that no linter knows: length of files and functions, open ends, colours, markup from data."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .files import ROOT, name_of, own_files

pytestmark = pytest.mark.profile_free

LONGEST = 300
LONGEST_FUNCTION = 30
# Split, so that this file may pass its own test.
OPEN_END = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
MARKUP_FROM_DATA = re.compile(r"\b(?:inner|outer)HTML\b|\binsertAdjacent" + r"HTML\b|\bdocument\.write\b")
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# The value of a declaration: after a colon, up to its semicolon or brace; a selector ends in an opening brace instead.
CSS_VALUE = re.compile(r":([^;{}]*)(?=[;}])")
CSS_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(|\b(?:hwb|lab|lch|oklab|oklch)\(", re.IGNORECASE)


def stray_colours(css: str) -> list[str]:
    values = CSS_VALUE.findall(CSS_COMMENT.sub("", css))
    return [colour for value in values for colour in CSS_COLOUR.findall(value)]


def test_no_file_is_longer_than_a_person_reads() -> None:
    found = own_files(".py", ".js", ".mjs", ".css", ".html", ".sh")
    sources = [ROOT / "dev", *(path for path in found if "migrations" not in path.parts)]
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in sources}

    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def functions_in(path: Path) -> Iterator[tuple[str, int]]:
    """Every function with its lines from `def` to its end; decorators and docstring do not count."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            is_documented = ast.get_docstring(node) is not None
            doc = range(first.lineno, (first.end_lineno or 0) + 1) if is_documented else ()
            yield f"{name_of(path)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1 - len(doc)


def test_no_function_is_longer_than_a_person_holds_in_mind() -> None:
    sources = [path for path in own_files(".py") if "migrations" not in path.parts]
    lengths = [found for path in sources for found in functions_in(path)]

    assert len(lengths) > 1000
    assert [(name, length) for name, length in lengths if length > LONGEST_FUNCTION] == []


def test_no_source_has_an_open_end() -> None:
    sources = own_files(".py", ".js", ".mjs", ".css", ".html", ".toml", ".yml", ".sh")

    assert [name_of(path) for path in sources if OPEN_END.search(path.read_text())] == []


def test_colours_come_from_the_tokens() -> None:
    sheets = [path for path in own_files(".css") if path.name != "tokens.css"]
    found = {name_of(path): stray_colours(path.read_text()) for path in sheets}

    assert {name: colours for name, colours in found.items() if colours} == {}


@pytest.mark.parametrize(
    ("css", "colours"),
    [
        ("a { color: #FFF; }", ["#FFF"]),
        ("a { border: 1px solid #a1b2c3 }", ["#a1b2c3"]),
        ("a { color: rgb(0 0 0 / 50%); }", ["rgb("]),
        ("a:hover #add { color: var(--ink); }", []),
        ("/* color: #fff; */ a { color: color-mix(in oklch, var(--ink), var(--paper)); }", []),
    ],
)
def test_stray_colours_are_told_from_selectors_and_comments(css: str, colours: list[str]) -> None:
    assert stray_colours(css) == colours


def test_no_script_makes_markup_from_data() -> None:
    scripts = [path for path in own_files(".js", ".mjs", ".html") if path.name != "eslint.config.js"]

    assert [name_of(path) for path in scripts if MARKUP_FROM_DATA.search(path.read_text())] == []
