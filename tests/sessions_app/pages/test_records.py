"""The page after class: what it shows, to whom, and what may be done there."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import date_format

from sessions_app import services
from sessions_app.models import Participant, Profile, Room, Session
from sessions_app.pages import records
from widgets.models import Entry

from ...factories import make_room, make_seat, make_user

pytestmark = pytest.mark.django_db

TEA = {"question": "Tea?", "options": ["yes", "no"]}
READ = ["record", "record.csv", "record.xlsx", "record.json", "record/activities/1", "record/people"]
WRITE = ["record/label", "record/delete"]


def path_of(session: Session, page: str = "record") -> str:
    return f"/sessions/{session.pk}/{page}"


def vote(room: Room, seat: Participant, option: int) -> None:
    Entry.objects.create(room=room, author=seat, payload={"optionIndex": option})


def a_class(session: Session, *, seats: int, rooms: int = 1) -> None:
    people = [make_seat(session, f"Seat {number:03}") for number in range(seats)]
    for number in range(rooms):
        room = make_room(session, f"w{number}", **TEA)
        for seat in people:
            vote(room, seat, 0)


def text_of(response: Any) -> str:
    """What is read, without markup; blanks folded."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def staff_browser(*rights: str) -> Client:
    user = make_user("Staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    browser = Client()
    browser.force_login(user)
    return browser


def test_the_page_shows_counts_shares_and_who_answered(hanas_browser: Client, session: Session) -> None:
    ann, ben = make_seat(session, "Ann"), make_seat(session, "Ben")
    make_seat(session, "Cem")
    room = make_room(session, **TEA)
    vote(room, ann, 0)
    vote(room, ben, 0)

    response = hanas_browser.get(path_of(session))

    shown = text_of(response)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert "2 of 3 answered" in shown
    assert "A yes 2 100 % B no 0 0 %" in shown
    assert "Ann A yes" in shown
    assert "Students were told: “Your teacher can see your name and your answer." in shown
    assert "Votes of activity 1: A 2, B 0" in response.content.decode()
    assert '<tr data-label="A yes" data-value="2">' in " ".join(response.content.decode().split())


def test_the_page_of_a_live_session_says_so_and_leads_back(hanas_browser: Client, session: Session) -> None:
    shown = text_of(hanas_browser.get(path_of(session)))

    assert "Live" in shown
    assert "Back to the board" in shown
    assert "Run again" not in shown
    assert "The record can be deleted once the session has ended." in shown


def test_a_session_without_activities_teaches_the_first_step(hanas_browser: Client, session: Session) -> None:
    shown = text_of(hanas_browser.get(path_of(session)))

    assert "Nothing was asked in this session On the board, press a quick poll" in shown
    assert "Nobody joined." in shown
    assert "Keep as a prepared lesson" not in shown


@pytest.mark.parametrize("page", READ)
def test_zoe_and_strangers_read_nothing(client: Client, zoes_browser: Client, session: Session, page: str) -> None:
    a_class(session, seats=1)

    refused = zoes_browser.get(path_of(session, page))

    assert refused.status_code == 404
    assert session.code.encode() not in refused.content
    assert client.get(path_of(session, page)).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("page", READ)
def test_a_record_that_is_not_there_is_not_found(hanas_browser: Client, session: Session, page: str) -> None:
    session.pk = 2**70

    assert hanas_browser.get(path_of(session, page)).status_code == 404


@pytest.mark.parametrize("page", WRITE)
def test_zoe_and_strangers_change_nothing(client: Client, zoes_browser: Client, session: Session, page: str) -> None:
    services.end_session(session, actor="test")

    assert zoes_browser.post(path_of(session, page), {"title": "Mine"}).status_code == 404
    assert client.post(path_of(session, page)).headers["Location"].startswith("/accounts/login/")
    session.refresh_from_db()
    assert session.title == ""


@pytest.mark.parametrize("page", WRITE)
def test_changes_are_posted(hanas_browser: Client, session: Session, page: str) -> None:
    assert hanas_browser.get(path_of(session, page)).status_code == 405


def test_staff_who_may_look_at_sessions_read_and_change_nothing(session: Session) -> None:
    services.end_session(session, actor="test")
    browser = staff_browser("view_session", "change_session")

    shown = text_of(browser.get(path_of(session)))

    assert "You see this as staff. It is the session of Hana, who alone can change it." in shown
    assert "Run again" not in shown
    assert "Delete" not in shown
    assert browser.post(path_of(session, "record/delete")).status_code == 404


def test_staff_without_that_right_read_nothing(session: Session) -> None:
    assert staff_browser("view_room").get(path_of(session)).status_code == 404


def test_the_record_of_a_teacher_who_is_gone_is_left_to_staff(hana: User, session: Session) -> None:
    services.end_session(session, actor="test")
    hana.delete()
    looks, changes = staff_browser("view_session"), Client()
    changes.force_login(User.objects.create_superuser("Admin"))

    assert "has no account here" in text_of(looks.get(path_of(session)))
    assert looks.post(path_of(session, "record/delete")).status_code == 404
    assert changes.post(path_of(session, "record/delete")).status_code == 302
    assert not Session.objects.exists()


def test_title_and_keeping_are_set_on_the_page(hanas_browser: Client, session: Session) -> None:
    response = hanas_browser.post(
        path_of(session, "record/label"), {"title": " Moons ", "keep_days": "30"}, follow=True
    )

    session.refresh_from_db()
    assert (session.title, session.keep_days) == ("Moons", 30)
    assert "Saved." in text_of(response)
    assert "<bdi>Moons</bdi>" in response.content.decode()


@pytest.mark.parametrize(("sent", "kept"), [("", None), ("0", 0), ("365", 365), ("14", 14)])
def test_keeping_may_be_as_the_server_for_ever_or_what_it_was(
    hanas_browser: Client, session: Session, sent: str, kept: int | None
) -> None:
    Session.objects.filter(pk=session.pk).update(keep_days=14)

    hanas_browser.post(path_of(session, "record/label"), {"title": "", "keep_days": sent})

    session.refresh_from_db()
    assert session.keep_days == kept


@pytest.mark.parametrize("sent", [{"keep_days": "8"}, {"keep_days": "-1"}, {"keep_days": "x"}, {"title": "x" * 121}])
def test_what_cannot_be_set_is_said_beside_the_field(
    hanas_browser: Client, session: Session, sent: dict[str, str]
) -> None:
    response = hanas_browser.post(path_of(session, "record/label"), sent)

    session.refresh_from_db()
    assert (response.status_code, session.title, session.keep_days) == (400, "", None)
    assert b"errorlist" in response.content


@pytest.mark.parametrize(
    ("keep_days", "sentence"),
    [(7, "This record is kept until {day}. Then it is deleted"), (0, "This record is kept until you delete it.")],
)
def test_the_page_says_until_when_it_is_kept(
    hanas_browser: Client, session: Session, keep_days: int, sentence: str
) -> None:
    ended_at = timezone.now()
    Session.objects.filter(pk=session.pk).update(keep_days=keep_days, ended_at=ended_at)
    day = date_format(ended_at + timedelta(days=keep_days))

    assert sentence.format(day=day) in text_of(hanas_browser.get(path_of(session)))


def test_deleting_leads_home_and_leaves_nothing(hanas_browser: Client, session: Session) -> None:
    a_class(session, seats=2)
    services.end_session(session, actor="test")
    assert "This cannot be undone." in text_of(hanas_browser.get(path_of(session)))

    response = hanas_browser.post(path_of(session, "record/delete"), follow=True)

    assert response.redirect_chain == [("/sessions/", 302)]
    assert f"The record of session {session.code} is deleted." in text_of(response)
    assert (Session.objects.count(), Entry.objects.count()) == (0, 0)
    assert hanas_browser.post(path_of(session, "record/delete")).status_code == 404


def test_a_live_record_is_not_deleted(hanas_browser: Client, session: Session) -> None:
    response = hanas_browser.post(path_of(session, "record/delete"), follow=True)

    assert "This session is live. End it first" in text_of(response)
    assert Session.objects.filter(pk=session.pk).exists()


def test_changes_need_the_forms_of_the_page(hana: User, session: Session) -> None:
    services.end_session(session, actor="test")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(hana)

    assert [browser.post(path_of(session, page)).status_code for page in WRITE] == [403, 403]
    assert Session.objects.filter(pk=session.pk).exists()


@pytest.mark.parametrize(("seats", "rooms"), [(1, 1), (60, 4)])
def test_a_large_class_costs_no_more_queries(
    hanas_browser: Client, session: Session, django_assert_num_queries: Any, seats: int, rooms: int
) -> None:
    a_class(session, seats=seats, rooms=rooms)

    with django_assert_num_queries(11):
        response = hanas_browser.get(path_of(session))

    rows = response.content.count(b'<th scope="row"')
    assert rows <= rooms * (records.FIRST + 4) + records.FIRST + 40


def test_all_answers_and_people_are_a_press_away(hanas_browser: Client, session: Session) -> None:
    a_class(session, seats=records.PER_PAGE + 5)

    whole = hanas_browser.get(path_of(session)).content.decode()
    pages = [text_of(hanas_browser.get(path_of(session, f"record/activities/1?page={page}"))) for page in (1, 2, 99)]
    seats = text_of(hanas_browser.get(path_of(session, "record/people?page=2")))

    assert f"/sessions/{session.pk}/record/activities/1" in whole
    assert f"/sessions/{session.pk}/record/people" in whole
    assert ["Seat 000" in page for page in pages] == [True, False, False]
    assert ["Seat 104 A yes" in page for page in pages] == [False, True, True]
    assert "Page 2 of 2" in pages[1]
    assert ("Seat 099" in seats, "Seat 100" in seats) == (False, True)


def test_an_activity_that_is_not_there_is_not_found(hanas_browser: Client, session: Session) -> None:
    assert hanas_browser.get(path_of(session, "record/activities/1")).status_code == 404


def test_words_of_students_and_teachers_stay_words(hanas_browser: Client, session: Session) -> None:
    evil = '<img src=x onerror="alert(1)">'
    room = make_room(session, question=evil, options=[evil, "\u202eno"])
    seat = make_seat(session)
    Participant.objects.filter(pk=seat.pk).update(name=evil)
    vote(room, seat, 0)
    Session.objects.filter(pk=session.pk).update(title=evil)

    for page in ("record", "record/activities/1", "record/people"):
        assert b"<img src=x" not in hanas_browser.get(path_of(session, page)).content


def test_times_are_in_the_zone_and_dates_in_the_language_of_the_reader(
    hana: User, hanas_browser: Client, session: Session
) -> None:
    Session.objects.filter(pk=session.pk).update(created_at="2026-03-01T23:30:00Z", ended_at="2026-03-02T00:15:00Z")
    Profile.objects.update_or_create(user=hana, defaults={"time_zone": "Europe/Berlin", "language": "de"})

    # They would stay in this thread, for the next test.
    with translation.override("en"), timezone.override("UTC"):
        shown = text_of(hanas_browser.get(path_of(session)))
        file = hanas_browser.get(path_of(session, "record.csv"))

    assert "2. März 2026, 00:30 – 01:15" in shown
    assert b"".join(file).startswith(b"\xef\xbb\xbf")
    assert "-2026-03-02.csv" in file.headers["Content-Disposition"]
