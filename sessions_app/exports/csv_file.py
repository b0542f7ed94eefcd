"""CSV: one tidy table, a row for every answer. The columns are API and stay English; docs/RECORD.md lists them."""

import csv
import io
from typing import IO

from django.utils import timezone

from ..records import Record, numbers_of
from ..reports import Answer
from .cells import safe_text

COLUMNS = ("session", "activity", "kind", "question", "seat", "name", "letter", "answer", "time")
# Without it Excel takes UTF-8 for the old encoding of the machine.
ENCODING = "utf-8-sig"


def write_csv(record: Record, file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding=ENCODING, errors="replace", newline="")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    numbers = numbers_of(record.session)
    for activity in record.activities:
        about = (record.session.code, activity.number, activity.room.kind, safe_text(activity.title))
        rows.writerows((*about, *_cells(answer, numbers)) for answer in activity.answers())
    text.detach()


def _cells(answer: Answer, numbers: dict[int, int]) -> tuple[object, ...]:
    said = (safe_text(answer.seat_name), safe_text(answer.name), safe_text(answer.text))
    return (numbers.get(answer.seat_id, ""), *said, timezone.localtime(answer.at).isoformat(timespec="seconds"))
