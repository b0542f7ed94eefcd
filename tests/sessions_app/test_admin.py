"""The admin: staff read and repair through services, nobody else gets in, tokens are never shown."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from sessions_app import keys, services
from sessions_app.models import (
    AccessKey,
    Participant,
    Profile,
    RunStep,
    ServerProcess,
    Session,
    Step,
)
from sessions_app.models import Lesson as Prepared
from sessions_app.tokens import issue_token
from widgets.models import Entry

from ..factories import connect_row, device_cookies, make_room, make_seat, make_session, make_user
from ..lessons import Connect, Lesson, in_db

SITE = (
    *("session", "room", "participant", "sessionevent", "accesskey", "connection", "serverprocess"),
    *("lesson", "runstep", "profile"),
)
PAGES = [f"sessions_app_{model}" for model in SITE] + ["widgets_entry"]


def list_of(model: str) -> str:
    return reverse(f"admin:{model}_changelist")


@pytest.fixture(autouse=True)
def _static_files_by_their_own_names(settings: Any) -> None:
    """Nothing is collected here."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.STORAGES = {**settings.STORAGES, **plain}


@pytest.fixture
def staff(db: None) -> Browser:
    return browser_of(make_user("stella", is_staff=True, is_superuser=True))


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def make_lesson(number: int) -> Session:
    """Hana's session with everything in it that the admin lists."""
    owner = make_user(f"hana{number}")
    session = make_session(owner)
    room = make_room(session)
    seat = make_seat(session, f"Ann {number}", device=f"device{number}")
    Entry.objects.create(room=room, author=seat, payload={"optionIndex": 1})
    keys.new_key(session, AccessKey.Role.HOST)
    connect_row(session, seat=seat, sid=f"sid{number}")
    lesson = Prepared.objects.create(owner=owner, title=f"Planets {number}")
    Step.objects.create(lesson=lesson, position=1, kind="poll")
    RunStep.objects.create(session=session, position=1, kind="poll", room=room)
    Profile.objects.create(user=owner, language="de")
    return session


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("page", PAGES)
def test_a_list_asks_the_database_as_often_for_three_rows_as_for_one(
    staff: Browser, django_assert_num_queries: DjangoAssertNumQueries, page: str, count: int
) -> None:
    for number in range(count):
        make_lesson(number)

    # Login, user, how many rows, the rows.
    with django_assert_num_queries(4):
        response = staff.get(list_of(page))

    assert response.status_code == 200
    expected = {"sessions_app_sessionevent": 2 * count}.get(page, count)
    assert response.context["cl"].result_count == expected


@pytest.mark.parametrize("page", PAGES)
def test_a_row_can_be_read_and_neither_added_nor_deleted(staff: Browser, page: str) -> None:
    make_lesson(1)
    model = staff.get(list_of(page)).context["cl"].model
    pk = model.objects.first().pk

    assert staff.get(reverse(f"admin:{page}_change", args=[pk])).status_code == 200
    assert staff.get(reverse(f"admin:{page}_add")).status_code == 403
    assert staff.post(reverse(f"admin:{page}_delete", args=[pk]), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=pk).exists()


@pytest.mark.parametrize("page", PAGES)
def test_a_teacher_and_a_stranger_are_sent_away(db: None, page: str) -> None:
    make_lesson(1)
    teacher, stranger = browser_of(User.objects.get(username="hana1")), Browser()

    sent = f"/admin/login/?next={list_of(page)}"
    assert [browser.get(list_of(page)).headers["Location"] for browser in (teacher, stranger)] == [sent, sent]
    # The admin has no door of its own: who is signed in is refused there, others are shown the teachers' page.
    assert teacher.get(sent).status_code == 403
    assert stranger.get(sent).headers["Location"].startswith("/accounts/login/")


def test_only_the_name_of_a_seat_can_be_changed(staff: Browser) -> None:
    make_lesson(1)
    editable = {}
    for page in PAGES:
        pk = staff.get(list_of(page)).context["cl"].model.objects.first().pk
        form = staff.get(reverse(f"admin:{page}_change", args=[pk])).context["adminform"].form
        editable[page] = list(form.fields)

    assert {page: names for page, names in editable.items() if names} == {"sessions_app_participant": ["name"]}


def test_tokens_and_what_they_are_made_of_are_never_shown(staff: Browser) -> None:
    session = make_lesson(1)
    key, seat = session.keys.get(), session.participants.get()
    Session.objects.filter(pk=session.pk).update(guest_device="a-browser")
    secrets = [
        *(keys.token_of(key), str(key.uid), key.uid.hex),
        *(issue_token("participant", seat.uid), "device1", "a-browser"),
    ]

    for page in PAGES:
        for row in staff.get(list_of(page)).context["cl"].model.objects.all():
            shown = staff.get(reverse(f"admin:{page}_change", args=[row.pk])).content.decode()
            assert [secret for secret in secrets if secret in shown] == [], page
        listed = staff.get(list_of(page)).content.decode()
        assert [secret for secret in secrets if secret in listed] == [], page


def test_sessions_are_found_by_code_owner_and_state_and_lead_to_what_is_in_them(staff: Browser) -> None:
    live, ended = make_lesson(1), make_lesson(2)
    services.end_session(ended, actor="test")
    make_seat(live, "Ben")

    def found(query: str) -> list[Session]:
        return list(staff.get(list_of("sessions_app_session") + query).context["cl"].result_list)

    assert found("?state=live") == [live]
    assert found("?state=ended") == [ended]
    assert found(f"?q={live.code.lower()}") == [live]
    assert found("?q=hana2") == [ended]
    (row,) = found("?state=live")
    assert (row.people_count, row.rooms_count) == (2, 1)
    page = staff.get(list_of("sessions_app_session")).content.decode()
    for model in ("participant", "room", "sessionevent"):
        address = f"{list_of(f'sessions_app_{model}')}?session__id__exact={live.pk}"
        assert address in page
        rows = staff.get(address).context["cl"].result_list
        assert {row.session_id for row in rows} == {live.pk}


def test_rooms_and_keys_are_found_by_state(staff: Browser) -> None:
    services.end_session(make_lesson(1), actor="test")
    live = make_lesson(2)

    def sessions_on(query: str) -> set[int]:
        return {row.session_id for row in staff.get(query).context["cl"].result_list}

    assert sessions_on(list_of("sessions_app_room") + "?state=open") == {live.pk}
    assert sessions_on(list_of("sessions_app_accesskey") + "?state=valid") == {live.pk}


def test_a_process_is_listed_with_its_connections(staff: Browser) -> None:
    make_lesson(1)
    ServerProcess.objects.create(host="idle", pid=2)

    rows = staff.get(list_of("sessions_app_serverprocess")).context["cl"].result_list

    assert [(row.host, row.connection_count) for row in rows] == [("elsewhere", 1), ("idle", 0)]


def act(browser: Browser, page: str, action: str, *rows: Any) -> str:
    """Run an action on rows; the message shown."""
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = browser.post(list_of(page), data, follow=True)
    assert response.status_code == 200
    return " ".join(str(message) for message in response.context["messages"])


def test_ending_sessions_leaves_ended_ones_as_they_are(staff: Browser) -> None:
    live, ended = make_lesson(1), make_lesson(2)
    services.end_session(ended, actor="test")
    ended.refresh_from_db()

    said = act(staff, "sessions_app_session", "end_sessions", live, ended)

    assert said == "Ended 1 of 2; the others were over."
    assert Session.objects.get(pk=ended.pk).ended_at == ended.ended_at
    stella = User.objects.get(username="stella")
    closed = live.events.get(kind="session:closed")
    assert (closed.actor, Session.objects.get(pk=live.pk).is_live) == (f"user:{stella.pk}", False)


def test_staff_without_the_permission_get_no_action(db: None) -> None:
    session = make_lesson(1)
    viewer = make_user("vera", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_session", content_type__app_label="sessions_app"))
    browser = browser_of(viewer)
    assert browser.get(list_of("sessions_app_session")).status_code == 200

    browser.post(
        list_of("sessions_app_session"), {"action": "end_sessions", "_selected_action": [session.pk]}, follow=True
    )

    assert Session.objects.get(pk=session.pk).is_live


async def post(browser: Browser, *args: Any) -> str:
    return str(await in_db(act, browser, *args))


async def stella() -> Browser:
    user = await in_db(make_user, "stella", is_staff=True, is_superuser=True)
    return await in_db(browser_of, user)


@pytest.mark.asyncio
async def test_ending_a_session_tells_its_sockets(lesson: Lesson) -> None:
    session = await in_db(Session.objects.get, code=lesson.code)

    await post(await stella(), "sessions_app_session", "end_sessions", session)

    for client in (lesson.hana, lesson.ann, lesson.ben):
        await client.wait("session:closed")


@pytest.mark.asyncio
async def test_revoking_keys_makes_the_board_read_only(lesson: Lesson) -> None:
    found = await in_db(list, AccessKey.objects.filter(session__code=lesson.code))

    said = await post(await stella(), "sessions_app_accesskey", "revoke_keys", *found)

    assert said == f"Revoked {len(found)} of {len(found)}; the others were."
    await lesson.hana.wait("session:released")
    refused = await lesson.hana.call("session:close", {"sessionCode": lesson.code})
    assert (refused["success"], refused["error"]["code"]) == (False, "NOT_HOST")


@pytest.mark.asyncio
async def test_renaming_a_seat_tells_the_host(lesson: Lesson) -> None:
    seat = await in_db(Participant.objects.get, session__code=lesson.code, name="Ann")
    browser = await stella()
    address = reverse("admin:sessions_app_participant_change", args=[seat.pk])

    response = await in_db(browser.post, address, {"name": "  Anna  "})

    assert response.status_code == 302
    await lesson.hana.wait("session:participantUpdate", lambda people: "Anna" in str(people))
    await in_db(seat.refresh_from_db)
    assert seat.name == "Anna"


@pytest.mark.asyncio
async def test_a_socket_of_staff_is_no_host(connect: Connect) -> None:
    """The admin's login opens no board of another."""
    session = await in_db(make_lesson, 1)
    user = await in_db(make_user, "stella", is_staff=True)
    client = await connect(user=user, cookies=device_cookies())

    created = await client.call("session:create", {"existingCode": session.code})

    assert created["code"] != session.code
