"""The files of a record: every format tells what the page shows, runs nothing, and fits in little memory."""

import asyncio
import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.utils import timezone, translation
from openpyxl import load_workbook
from rest_framework import serializers

from sessions_app import services
from sessions_app.exports import FORMATS, export, file_name
from sessions_app.exports.csv_file import COLUMNS
from sessions_app.exports.schema import RecordFile
from sessions_app.models import Participant, Room, Session
from sessions_app.records import read_record
from widgets.models import Entry

from .. import factories

pytestmark = pytest.mark.django_db

HOSTILE = '=HYPERLINK("http://x","مرحبا 🦊")'


def vote(room: Room, seat: Participant, option: int) -> None:
    Entry.objects.create(room=room, author=seat, payload={"optionIndex": option})


@pytest.fixture(autouse=True)
def _reader() -> Iterator[None]:
    """Whatever language and time zone an earlier test has left in this thread."""
    with translation.override("en"), timezone.override("UTC"):
        yield


@pytest.fixture
def session() -> Session:
    """Two people and two polls, of which one asks a question that a spreadsheet would run."""
    session = factories.make_session(factories.make_user("Hana"), title="Moons")
    ann, ben = factories.make_seat(session, "Ann"), factories.make_seat(session, "=Ben")
    first = factories.make_room(session, "w1", question=HOSTILE, options=["yes", "-2", "both"])
    second = factories.make_room(session, "w2", options=["A", "B"])
    vote(first, ann, 0)
    vote(first, ben, 1)
    vote(second, ben, 1)
    return session


def csv_rows(session: Session) -> list[dict[str, str]]:
    with export(session, "csv") as file:
        return list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))


def json_of(session: Session) -> dict[str, Any]:
    with export(session, "json") as file:
        return dict(json.loads(file.read()))


def test_csv_is_one_row_for_every_answer(session: Session) -> None:
    rows = csv_rows(session)

    times = [datetime.fromisoformat(row.pop("time")) for row in rows]
    assert [tuple(row.values()) for row in rows] == [
        (session.code, "1", "poll", f"'{HOSTILE}", "2", "'=Ben", "B", "'-2"),
        (session.code, "1", "poll", f"'{HOSTILE}", "1", "Ann", "A", "yes"),
        (session.code, "2", "poll", "", "2", "'=Ben", "B", "B"),
    ]
    assert all(time.tzinfo for time in times)


def test_csv_begins_with_the_mark_that_excel_needs(session: Session) -> None:
    with export(session, "csv") as file:
        assert file.read().startswith(b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_runs_nothing_whatever_separates_its_cells(session: Session, separator: str) -> None:
    Participant.objects.filter(session=session).update(name="a;=1+1;b\t=2")

    with export(session, "csv") as file:
        rows = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline=""), delimiter=separator))

    cells = [cell for row in rows for cell in row]
    assert len(cells) >= 7
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def test_xlsx_holds_every_text_as_text_and_every_number_as_number(session: Session) -> None:
    with export(session, "xlsx") as file:
        book = load_workbook(io.BytesIO(file.read()))

    sheets = {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] for sheet in book}
    assert list(sheets) == ["Summary", "Activities", "Answers", "People"]
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {
        "s",
        "inlineStr",
        "n",
        "d",
    }
    assert sheets["Activities"][:2] == [
        [1, "Poll", HOSTILE, "A", "yes", 1, 0.5],
        [1, "Poll", HOSTILE, "B", "-2", 1, 0.5],
    ]
    assert [row[:-1] for row in sheets["Answers"]] == [
        [1, HOSTILE, 2, "=Ben", "B", "-2"],
        [1, HOSTILE, 1, "Ann", "A", "yes"],
        [2, None, 2, "=Ben", "B", "B"],
    ]
    assert [row[:2] for row in sheets["People"]] == [[1, "Ann"], [2, "=Ben"]]
    assert isinstance(sheets["People"][0][2], datetime)


def test_xlsx_takes_what_xml_cannot_hold() -> None:
    session = factories.make_session()
    seat = factories.make_seat(session)
    Participant.objects.filter(pk=seat.pk).update(name="bell\x07\x1b")

    with export(session, "xlsx") as file:
        people = load_workbook(io.BytesIO(file.read()))["People"]

    assert people.cell(2, 2).value == "bell"


def test_json_is_complete_and_as_described(session: Session) -> None:
    found = json_of(session)

    assert found["schema"] == "lectern.record/1"
    assert shape_of(found) == fields_of(RecordFile())
    assert found["session"] | {"openedAt": "", "keepUntil": ""} == {
        "code": session.code, "title": "Moons", "openedAt": "", "endedAt": None, "keepUntil": "",
        "seats": 2, "peak": 0, "answers": 3,
    }  # fmt: skip
    first = found["activities"][0]
    assert (first["question"], first["answered"], first["closedAt"], len(first["open"])) == (HOSTILE, 2, None, 1)
    assert first["options"][1] == {"name": "B", "text": "-2", "count": 1}
    assert [(answer["seat"], answer["seatName"], answer["name"]) for answer in first["answers"]] == [
        (2, "=Ben", "B"),
        (1, "Ann", "A"),
    ]


def shape_of(value: Any) -> Any:
    """The keys of a JSON value, of lists those of their first item."""
    if isinstance(value, list):
        return shape_of(value[0])
    return {name: shape_of(part) for name, part in value.items()} if isinstance(value, dict) else None


def fields_of(serializer: Any) -> Any:
    if isinstance(serializer, serializers.ListSerializer):
        return fields_of(serializer.child)
    if isinstance(serializer, serializers.Serializer):
        return {name: fields_of(field) for name, field in serializer.fields.items()}
    return None


def test_totals_of_all_files_and_of_the_page_are_the_same(session: Session) -> None:
    record = read_record(session)
    rows = csv_rows(session)
    found = json_of(session)
    with export(session, "xlsx") as file:
        book = load_workbook(io.BytesIO(file.read()))

    shown = [[option.count for option in activity.report.options] for activity in record.activities]
    counted = [[0, 0, 0], [0, 0]]
    for row in rows:
        counted[int(row["activity"]) - 1]["ABC".index(row["letter"])] += 1
    assert counted == shown
    assert [[option["count"] for option in activity["options"]] for activity in found["activities"]] == shown
    assert [row[5].value for row in book["Activities"].iter_rows(min_row=2)] == [*chain(*shown)]
    assert record.answers == len(rows) == found["session"]["answers"] == book["Answers"].max_row - 1


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_an_empty_session_is_a_file_too(suffix: str) -> None:
    with export(factories.make_session(), suffix) as file:
        assert len(file.read()) > 30


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_memory_does_not_grow_with_the_class(suffix: str) -> None:
    session = factories.make_session()
    room = factories.make_room(session, question="?", options=["x" * 200, "y"])
    seats = Participant.objects.bulk_create(Participant(session=session, name="n" * 50) for _ in range(2500))
    Entry.objects.bulk_create(Entry(room=room, author=seat, payload={"optionIndex": 0}) for seat in seats)

    tracemalloc.start()
    with export(session, suffix) as file:
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        written = file.seek(0, 2)

    assert peak_bytes < 2_000_000, f"{written} bytes were written"


@pytest.mark.parametrize(("suffix", "content_type"), [(name, kind.content_type) for name, kind in FORMATS.items()])
def test_a_download_is_named_by_code_and_day(client: Client, session: Session, suffix: str, content_type: str) -> None:
    assert session.owner is not None
    client.force_login(session.owner)

    response = client.get(f"/sessions/{session.pk}/record.{suffix}")

    name = f"lectern-{session.code}-{session.created_at:%Y-%m-%d}.{suffix}"
    assert file_name(session, suffix) == name
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["Content-Type"] == content_type
    assert len(b"".join(response)) == int(response.headers["Content-Length"])


def test_a_format_that_there_is_not_is_not_found(client: Client, session: Session) -> None:
    assert session.owner is not None
    client.force_login(session.owner)

    assert client.get(f"/api/sessions/{session.pk}/record.exe").status_code == 404


@pytest.mark.parametrize("suffix", ["", ".csv"])
def test_zoe_gets_no_file_from_the_api(client: Client, session: Session, suffix: str) -> None:
    client.force_login(factories.make_user("Zoe"))

    response = client.get(f"/api/sessions/{session.pk}/record{suffix}")

    assert (response.status_code, response.json()["error"]["code"]) == (404, "INVALID_SESSION")


def test_the_api_gives_the_record_to_its_owner(client: Client, session: Session) -> None:
    path = f"/api/sessions/{session.pk}/record"
    assert client.get(path).json()["error"]["code"] == "NOT_ALLOWED"
    assert session.owner is not None
    client.force_login(session.owner)

    found = json.loads(b"".join(client.get(path)))

    assert {**found, "exportedAt": ""} == {**json_of(session), "exportedAt": ""}
    assert b"".join(client.get(f"{path}.csv")).count(b"\r\n") == 4


@pytest.mark.django_db(transaction=True)
def test_a_file_is_sent_piece_by_piece_under_asgi() -> None:
    """Django itself would read it into memory first, and warn, which fails a test."""
    session = factories.make_session(factories.make_user("Hana"))
    factories.make_room(session, question="?" * 400, options=["a", "b"])
    for number in range(300):
        factories.make_seat(session, f"Seat {number}")

    async def download(user: User) -> list[bytes]:
        browser = AsyncClient()
        await browser.aforce_login(user)
        response = await browser.get(f"/sessions/{session.pk}/record.json")
        pieces = [piece async for piece in response]
        await sync_to_async(response.close)()
        return pieces

    assert session.owner is not None
    pieces = asyncio.run(download(session.owner))

    assert len(json.loads(b"".join(pieces))["people"]) == 300


def test_a_file_taken_live_and_one_taken_later_differ_by_the_end_alone(session: Session) -> None:
    live = json_of(session)["activities"]
    services.end_session(session, actor="test")
    session.refresh_from_db()

    ended = json_of(session)["activities"]

    assert [activity["closedAt"] is None for activity in (*live, *ended)] == [True, True, False, False]
    assert [activity["answers"] for activity in live] == [activity["answers"] for activity in ended]
