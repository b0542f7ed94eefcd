"""What a refusal says is marked for translation; else every reader gets it in English, and no check would notice."""

import ast
from collections.abc import Iterator

import pytest

from .files import ROOT, name_of, own_files

pytestmark = pytest.mark.profile_free

ERRORS = ROOT / "sessions_app" / "errors.py"
APPS = ("sessions_app", "widgets", "docs_app", "surveys", "config")


def is_marked(value: ast.AST) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "_"


def marked_names(source: str) -> set[str]:
    """The names that a module gives to sentences which it marks."""
    return {
        target.id
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and is_marked(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def sentences(source: str) -> Iterator[ast.expr]:
    """What is given to Rejected as its message."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Rejected":
            yield from node.args[1:]
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "message")


def unmarked(source: str, names: set[str]) -> list[str]:
    told = [value for value in sentences(source) if not (isinstance(value, ast.Name) and value.id in names)]
    return [ast.unparse(value) for value in told if not is_marked(value)]


def test_every_sentence_of_a_refusal_is_marked() -> None:
    names = marked_names(ERRORS.read_text())
    sources = [path for path in own_files(".py") if path.relative_to(ROOT).parts[0] in APPS]
    found = {name_of(path): unmarked(path.read_text(), names) for path in sources}

    assert len(names) > 5
    assert {name: told for name, told in found.items() if told} == {}


def test_every_sentence_of_a_code_is_marked() -> None:
    tables = [node.value for node in ast.parse(ERRORS.read_text()).body if isinstance(node, ast.Assign)]
    told = [value for table in tables if isinstance(table, ast.Dict) for value in table.values]

    assert len(told) > 20
    assert [ast.unparse(value) for value in told if not is_marked(value)] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('Rejected("CONFLICT")', []),
        ('Rejected("CONFLICT", KNOWN)', []),
        ('Rejected("CONFLICT", _("Too late."))', []),
        ('Rejected("INVALID_INPUT", widgetId="for programs")', []),
        ('Rejected("CONFLICT", "Too late.")', ["'Too late.'"]),
        ('Rejected("CONFLICT", message="Too late.")', ["'Too late.'"]),
        ('Rejected("CONFLICT", f"{n} s too late.")', ["f'{n} s too late.'"]),
        ('Rejected("CONFLICT", OTHER)', ["OTHER"]),
    ],
)
def test_a_sentence_that_is_not_marked_is_found(source: str, found: list[str]) -> None:
    assert unmarked(source, {"KNOWN"}) == found
