"""XLSX: sheets for the lesson, its activities, every answer and every seat, in the reader's language and time zone."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ..records import AT_ONCE, Activity, Record, numbers_of, people_of
from .cells import printable

BOLD = Font(bold=True)
MOMENT = "yyyy-mm-dd hh:mm:ss"
SHARE = "0 %"
WIDEST = 60


def write_xlsx(record: Record, file: IO[bytes]) -> None:
    book = Workbook(write_only=True)
    numbers = numbers_of(record.session)
    _add(book, _("Summary"), [_("What"), _("Value")], _summary(record))
    _add(
        book,
        _("Activities"),
        [_("Activity"), _("Kind"), _("Question"), _("Letter"), _("Option"), _("Answers"), _("Share")],
        (row for activity in record.activities for row in _tally(activity)),
    )
    _add(
        book,
        _("Answers"),
        [_("Activity"), _("Question"), _("Seat"), _("Name"), _("Letter"), _("Answer"), _("Time")],
        (row for activity in record.activities for row in _answers(activity, numbers)),
    )
    _add(
        book,
        _("People"),
        [_("Seat"), _("Name"), _("Joined"), _("Last seen")],
        (
            (numbers.get(seat.pk), seat.name, seat.joined_at, seat.last_seen_at)
            for seat in people_of(record.session).iterator(chunk_size=AT_ONCE)
        ),
    )
    book.save(file)


def _summary(record: Record) -> Iterable[tuple[Any, ...]]:
    session = record.session
    return [
        (_("Session"), session.code),
        (_("Title"), session.title),
        (_("Opened"), session.created_at),
        (_("Ended"), session.ended_at or _("It is live.")),
        (_("Time zone"), timezone.get_current_timezone_name()),
        (_("Students"), record.seats),
        (_("Most at once"), record.peak),
        (_("Activities"), len(record.activities)),
        (_("Answers"), record.answers),
    ]


def _tally(activity: Activity) -> Iterable[tuple[Any, ...]]:
    about = (activity.number, str(activity.kind.label) if activity.kind else activity.room.kind, activity.title)
    for option in activity.report.options:
        share = option.count / activity.report.answered if activity.report.answered else 0.0
        yield (*about, option.name, option.text, option.count, share)


def _answers(activity: Activity, numbers: dict[int, int]) -> Iterable[tuple[Any, ...]]:
    for answer in activity.answers():
        seat = numbers.get(answer.seat_id)
        yield activity.number, activity.title, seat, answer.seat_name, answer.name, answer.text, answer.at


def _add(book: Workbook, title: str, heading: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    sheet = book.create_sheet(printable(title)[:31])
    sheet.sheet_view.rightToLeft = get_language_bidi()
    sheet.freeze_panes = "A2"
    for index, name in enumerate(heading, 1):
        sheet.column_dimensions[get_column_letter(index)].width = min(WIDEST, max(22, len(name) + 4))
    sheet.append([_cell(sheet, name, font=BOLD) for name in heading])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any, *, font: Font | None = None) -> Any:
    """Text is written as text, whatever it begins with: openpyxl alone would make a formula of "=1+1"."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, printable(value))
        cell.data_type = "s"
    elif isinstance(value, datetime):
        # Cells know no zone; the sheet "Summary" names it.
        cell = WriteOnlyCell(sheet, timezone.localtime(value).replace(tzinfo=None, microsecond=0))
        cell.number_format = MOMENT
    else:
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = SHARE if isinstance(value, float) else "General"
    if font:
        cell.font = font
    return cell
