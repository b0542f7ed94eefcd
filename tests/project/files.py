"""Finds the project's own files, whether or not git knows them yet."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"node_modules", "data", "static_root", "test-results", "__pycache__"}


def _walk() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names))


@cache
def own_files(*suffixes: str) -> tuple[Path, ...]:
    return tuple(path for path in _walk() if path.suffix in suffixes)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
