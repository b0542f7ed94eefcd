"""Every package is pinned, comes from the public registries, and has its reason in docs/DEPENDENCIES.md."""

import json
import re
from pathlib import Path

import pytest

from .files import ROOT

pytestmark = pytest.mark.profile_free

REQUIREMENTS = sorted(ROOT.glob("requirements*.txt"))
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[a-z,]+\])?==[0-9][0-9A-Za-z.]*$")
EXACT_VERSION = re.compile(r"^\d+\.\d+\.\d+$")
DOCUMENTED = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def requirements(path: Path) -> list[str]:
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


def npm_packages() -> dict[str, str]:
    package = json.loads((ROOT / "package.json").read_text())
    return {**package["dependencies"], **package["devDependencies"]}


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_pinned(path: Path) -> None:
    assert requirements(path) != []
    assert [line for line in requirements(path) if not PINNED.match(line)] == []


def test_every_npm_package_is_pinned() -> None:
    assert {name: version for name, version in npm_packages().items() if not EXACT_VERSION.match(version)} == {}


def test_dependencies_are_documented_and_no_others() -> None:
    pinned = [PINNED.match(line) for path in REQUIREMENTS for line in requirements(path)]
    named = {match[1] for match in pinned if match} | set(npm_packages())

    assert set(DOCUMENTED.findall((ROOT / "docs" / "DEPENDENCIES.md").read_text())) == named


def test_package_lock_matches_package_json() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    top = json.loads((ROOT / "package-lock.json").read_text())["packages"][""]

    keys = ("name", "license", "dependencies", "devDependencies")
    assert {key: top[key] for key in keys} == {key: package[key] for key in keys}


def test_package_lock_names_no_machine() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    resolved = {name: entry["resolved"] for name, entry in lock.items() if "resolved" in entry}
    unsigned = [name for name, entry in lock.items() if name and not entry.get("integrity", "").startswith("sha512-")]

    assert {name: url for name, url in resolved.items() if not url.startswith("https://registry.npmjs.org/")} == {}
    assert unsigned == []
