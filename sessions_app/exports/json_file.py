"""JSON: the whole record under a versioned name, written piece by piece; docs/RECORD.md describes it."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

from django.utils import timezone

from ..domain.timeline import Slice, Span
from ..records import AT_ONCE, Activity, Record, numbers_of, people_of
from ..reports import Answer
from ..retention import keep_until

# Another number whenever a reader of the old form would stumble.
SCHEMA = "lectern.record/1"


def write_json(record: Record, file: IO[bytes]) -> None:
    for piece in _pieces(record):
        file.write(piece.encode())


def _pieces(record: Record) -> Iterator[str]:
    numbers = numbers_of(record.session)
    yield f'{{"schema":{_dump(SCHEMA)},"exportedAt":{_dump(_time(record.read_at))},"session":{_dump(_session(record))}'
    yield ',"activities":['
    for index, activity in enumerate(record.activities):
        yield f'{"," if index else ""}{_dump(_activity(activity))[:-1]},"answers":'
        yield from _list(_answer(answer, numbers) for answer in activity.answers())
        yield "}"
    yield '],"people":'
    seats = people_of(record.session).iterator(chunk_size=AT_ONCE)
    yield from _list(
        {
            "seat": numbers.get(seat.pk),
            "name": seat.name,
            "joinedAt": _time(seat.joined_at),
            "lastSeenAt": _time(seat.last_seen_at),
        }
        for seat in seats
    )
    yield ',"timeline":'
    yield from _list(_slice(part) for part in record.slices)
    yield "}\n"


def _session(record: Record) -> dict[str, Any]:
    session = record.session
    return {
        "code": session.code,
        "title": session.title,
        "openedAt": _time(session.created_at),
        "endedAt": _time(session.ended_at),
        "keepUntil": _time(keep_until(session)) if session.ended_at else None,
        "seats": record.seats,
        "peak": record.peak,
        "answers": record.answers,
    }


def _activity(activity: Activity) -> dict[str, Any]:
    report, room = activity.report, activity.room
    return {
        "number": activity.number,
        "kind": room.kind,
        "widgetId": room.widget_id,
        "question": report.question,
        "openedAt": _time(room.created_at),
        "closedAt": _time(room.closed_at),
        "open": [_span(span) for span in activity.spans],
        "answered": report.answered,
        "options": [{"name": option.name, "text": option.text, "count": option.count} for option in report.options],
    }


def _answer(answer: Answer, numbers: dict[int, int]) -> dict[str, Any]:
    return {
        "seat": numbers.get(answer.seat_id),
        "seatName": answer.seat_name,
        "name": answer.name,
        "text": answer.text,
        "at": _time(answer.at),
    }


def _span(span: Span) -> dict[str, Any]:
    return {"from": _time(span.begins_at), "to": _time(span.ends_at)}


def _slice(part: Slice) -> dict[str, Any]:
    return {"at": _time(part.begins_at), "people": part.people, "answers": part.answers}


def _list(items: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield "["
    for index, item in enumerate(items):
        yield f",{_dump(item)}" if index else _dump(item)
    yield "]"


def _time(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="milliseconds") if moment else None


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
