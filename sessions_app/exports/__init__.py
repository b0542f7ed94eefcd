"""A session's record as a file: CSV and XLSX for spreadsheets, JSON for programs; all of what the page shows."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from django.utils import timezone

from ..models import Session
from ..records import Record, read_record
from .csv_file import write_csv
from .json_file import write_json
from .xlsx_file import write_xlsx


@dataclass(frozen=True)
class Format:
    """How a file of this kind is written, and what browsers call it."""

    content_type: str
    write: Callable[[Record, IO[bytes]], None]


FORMATS = {
    "csv": Format("text/csv; charset=utf-8", write_csv),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "json": Format("application/json", write_json),
}


def export(session: Session, suffix: str) -> IO[bytes]:
    """The file, on disk until it is closed: a big lesson is never whole in memory, and a fault sends no half of it."""
    with ExitStack() as stack:
        file = stack.enter_context(TemporaryFile())
        FORMATS[suffix].write(read_record(session), file)
        file.seek(0)
        stack.pop_all()
        return file


def file_name(session: Session, suffix: str) -> str:
    """Of plain letters, so that every browser and disk takes it: code and day."""
    return f"lectern-{session.code}-{timezone.localtime(session.created_at):%Y-%m-%d}.{suffix}"
