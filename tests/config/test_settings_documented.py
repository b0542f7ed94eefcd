"""docs/operators.md lists every LECTERN_… variable that the server reads, and no other."""

import re

import pytest

from ..project.files import ROOT

pytestmark = pytest.mark.profile_free
# For tests and benchmarks alone.
NOT_FOR_OPERATORS = ("LECTERN_TEST_", "LECTERN_SOAK")


def read_by_the_server() -> set[str]:
    """What settings pass to env's functions, or serve reads itself."""
    settings = (ROOT / "config" / "settings.py").read_text()
    serve = (ROOT / "config" / "serve.py").read_text()
    named = re.findall(r"\benv\.\w+\(\s*\"(LECTERN_\w+)\"", settings) + re.findall(r"\"(LECTERN_\w+)\"", serve)
    return set(named)


def documented() -> set[str]:
    text = (ROOT / "docs" / "operators.md").read_text()
    return set(re.findall(r"^\| `(LECTERN_\w+)` \|", text, re.MULTILINE))


def test_settings_read_variables_through_env_only() -> None:
    settings = (ROOT / "config" / "settings.py").read_text()

    assert re.findall(r"os\.environ|getenv", settings) == []


def test_every_variable_is_documented_and_no_other() -> None:
    assert documented() == read_by_the_server()


def test_no_paper_or_example_names_a_variable_that_does_not_exist() -> None:
    papers = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "dev", ROOT / "config" / "setup.py"]
    known = read_by_the_server() | {"LECTERN_PYTHON", "LECTERN_OIDC_CLIENT_SECRET_FILE"}
    found = {
        path.name: sorted(
            name
            for name in set(re.findall(r"\bLECTERN_[A-Z_]*[A-Z]\b", path.read_text())) - known
            if not name.startswith(NOT_FOR_OPERATORS)
        )
        for path in papers
    }

    assert {name: names for name, names in found.items() if names} == {}
