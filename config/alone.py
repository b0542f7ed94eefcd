"""One process for one data folder: without Redis two would each serve half of a class, and neither would know."""

import fcntl
import os
from functools import cache
from pathlib import Path

from django.conf import settings


class FolderTakenError(Exception):
    """Another server is at work on the data folder; says who, and what to do."""


def claim_data_folder() -> None:
    """Hold it until this process ends, however it ends. Raises FolderTakenError. With Redis many may share one."""
    if not settings.LECTERN_REDIS_URL:
        _hold(Path(settings.DATA_DIR) / "server.lock")


# Left open, since a file that is closed is free again; and asked twice, a process would refuse itself.
@cache
def _hold(file: Path) -> int:
    lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        process = os.read(lock, 20).decode()
        os.close(lock)
        raise FolderTakenError(_sentence(file.parent, process)) from None
    os.truncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def _sentence(folder: Path, process: str) -> str:
    return (
        f"Another Lectern (process {process}) serves the data folder {folder}, and both would tear a class apart. Stop "
        "it, or set LECTERN_DATA_DIR to another folder; docs/operators.md says how several serve together, by Redis."
    )
