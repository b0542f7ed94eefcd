"""Every name that a script of ours imports is one that the module exports: no linter and no server looks it up."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from sessions_app.modules import file_of

from .files import ROOT, name_of, own_files

pytestmark = pytest.mark.profile_free

IMPORT = re.compile(r'^(?:import|export)\b(?:(?P<names>[\w$*{},\s]+?)\s*\bfrom\b)?\s*"(?P<module>[^"]+)"', re.MULTILINE)
LATER = re.compile(r'\bimport\("(?P<module>[^"]+)"\)')
IN_BRACES = re.compile(r"\{([^}]*)\}")
DECLARED = re.compile(r"\bexport\s+(?:async\s+)?(?:function\*?|class|const|let|var)\s+([\w$]+)")
LISTED = re.compile(r"\bexport\s*\{([^}]*)\}")
DEFAULT = re.compile(r"\bexport\s+default\b")
STATIC = [path for path in own_files(".js") if "static" in path.relative_to(ROOT).parts]
EXAMPLES = [path for path in own_files(".js") if path.is_relative_to(ROOT / "docs" / "examples")]


def exported_by(source: str) -> set[str]:
    """The names that others can import: of `export { a as b }` the second."""
    listed = [re.split(r"\s+as\s+", name.strip())[-1] for names in LISTED.findall(source) for name in names.split(",")]
    return {*DECLARED.findall(source), *listed, *(["default"] if DEFAULT.search(source) else [])} - {""}


def imported_by(source: str) -> list[tuple[str, str]]:
    """Pairs of module and name; an empty name where the module alone must be there."""
    found = [(match["module"], "") for match in LATER.finditer(source)]
    for match in IMPORT.finditer(source):
        names = [
            name for braces in IN_BRACES.findall(match["names"] or "") for name in braces.split(",") if name.strip()
        ]
        found += [(match["module"], re.split(r"\s+as\s+", name.strip())[0]) for name in names]
        bare = IN_BRACES.sub("", match["names"] or "").strip(" ,")
        found.append((match["module"], "" if not bare or bare.startswith("*") else "default"))
    return found


def unknown(path: Path) -> list[str]:
    found = []
    for module, name in imported_by(path.read_text()):
        file = finders.find(file_of(module))
        if not isinstance(file, str):
            found.append(f"no module {module}")
        elif name and name not in exported_by(Path(file).read_text()):
            found.append(f"no {name} in {module}")
    return found


def test_every_import_of_our_scripts_exists() -> None:
    scripts = [*STATIC, *EXAMPLES]

    assert len(STATIC) > 30
    assert len(EXAMPLES) > 0
    assert {name_of(path): found for path in scripts if (found := unknown(path))} == {}


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        ('import { a, b as c } from "lectern/x.js";', [("lectern/x.js", "a"), ("lectern/x.js", "b")]),
        ('import {\n  a,\n  b,\n} from "y";', [("y", "a"), ("y", "b")]),
        ('import all, { a } from "y";', [("y", "a"), ("y", "default")]),
        ('import * as y from "y";', []),
        ('import "y";', []),
        ('export { a } from "y";', [("y", "a")]),
        ('const { a } = await import("y");', []),
    ],
)
def test_imports_are_read_from_the_source(source: str, imported: list[tuple[str, str]]) -> None:
    assert [pair for pair in imported_by(source) if pair[1]] == imported
    assert {module for module, _ in imported_by(source)} <= {"lectern/x.js", "y"}
    assert imported_by(source) != []


def test_exports_are_read_from_the_source() -> None:
    source = "export const a = 1;\nexport async function b() {}\nexport class C {}\nexport{x as d,e};export default 5"

    assert exported_by(source) == {"a", "b", "C", "d", "e", "default"}
