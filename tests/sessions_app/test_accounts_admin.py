"""The admin's accounts and first page: who may do what to whom, and what is never shown."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from sessions_app.accounts import Role, claim_address, owner_of_address, role_of, set_role

from ..factories import connect_row, make_room, make_seat, make_session, make_user

pytestmark = pytest.mark.django_db
USERS = "/admin/auth/user/"
ROLES = ("make_teacher", "make_staff", "make_admin")


@pytest.fixture(autouse=True)
def _static_files_by_their_own_names(settings: Any) -> None:
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.STORAGES = {**settings.STORAGES, **plain}


def person(name: str, role: Role = Role.TEACHER, **fields: Any) -> User:
    user = make_user(name, **fields)
    set_role(user, role)
    return User.objects.get(pk=user.pk)


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def stella() -> User:
    return person("stella", Role.STAFF)


@pytest.fixture
def staff(stella: User) -> Browser:
    return browser_of(stella)


@pytest.fixture
def admin() -> Browser:
    return browser_of(person("root", Role.ADMIN))


def act(browser: Browser, action: str, *users: User) -> Any:
    return browser.post(USERS, {"action": action, "_selected_action": [user.pk for user in users]}, follow=True)


def links_in(response: Any) -> list[str]:
    return re.findall(r'value="http://testserver(/sign-in/[^"]+)"', response.content.decode())


def test_roles_are_what_the_flags_say() -> None:
    people = [person(role.value, role) for role in Role]

    assert [role_of(user) for user in people] == list(Role)
    flags = [(user.is_staff, user.is_superuser, user.groups.count()) for user in people]
    assert flags == [(False, False, 0), (True, False, 1), (True, True, 0)]


def test_migrating_gives_staff_its_rights_and_takes_none_away() -> None:
    group = Group.objects.get(name="staff")
    rights = {f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.all()}
    assert {"sessions_app.change_session", "widgets.view_entry", "auth.change_user", "auth.add_user"} <= rights
    assert not [right for right in rights if right.split(".")[1].startswith("delete_")]
    assert rights.isdisjoint({"auth.change_group", "auth.add_group", "auth.change_permission"})
    group.permissions.clear()

    call_command("migrate", verbosity=0)

    assert {f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.all()} == rights


@pytest.mark.parametrize("count", [1, 3])
def test_accounts_are_listed_with_as_many_questions_for_three_as_for_one(
    staff: Browser, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make_session(make_user(f"hana{number}"))

    # Login, the user with the profile, two for the rights, how many rows, the rows.
    with django_assert_num_queries(6):
        assert staff.get(USERS).status_code == 200


def test_first_page_counts_what_goes_on(staff: Browser) -> None:
    session = make_session(make_user("hana"))
    seat = make_seat(session)
    make_room(session)
    connect_row(session, seat=seat)

    page = " ".join(staff.get("/admin/").content.decode().split())

    found = re.findall(r'href="([^"]+)"><strong>(\d+)</strong> <span>([^<]+)</span>', page)
    numbers = {label: int(number) for _, number, label in found}
    assert numbers == {
        "Live sessions": 1,
        "Students here now": 1,
        "Open connections": 1,
        "Sessions in the last seven days": 1,
        "Servers that answer": 1,
        "Answers today": 0,
    }
    assert [staff.get(address.replace("&amp;", "&")).status_code for address, _, _ in found] == [200] * 6
    assert "Every server answers." in page


def test_first_page_shows_no_counts_to_who_may_not_look() -> None:
    assert "Live sessions" not in browser_of(make_user("vera", is_staff=True)).get("/admin/").content.decode()


def test_staff_makes_sign_in_links_for_teachers_only(staff: Browser, stella: User) -> None:
    hana, root, other = person("hana"), person("root", Role.ADMIN), person("other", Role.STAFF)
    gone = person("gone", is_active=False)

    response = act(staff, "issue_links", hana, root, other, stella, gone)

    assert "no-store" in response.headers["Cache-Control"]
    (path,) = links_in(response)
    guest = Browser()
    assert guest.post(path).status_code == 302
    assert guest.session["_auth_user_id"] == str(hana.pk)


def test_admin_makes_sign_in_links_for_everybody(admin: Browser, stella: User) -> None:
    assert len(links_in(act(admin, "issue_links", stella, person("hana")))) == 2


@pytest.mark.parametrize("action", ROLES)
def test_staff_gives_no_roles(staff: Browser, stella: User, action: str) -> None:
    hana = person("hana")

    act(staff, action, stella, hana)

    assert [role_of(User.objects.get(pk=user.pk)) for user in (stella, hana)] == [Role.STAFF, Role.TEACHER]
    assert action not in staff.get(USERS).content.decode()


def test_staff_cannot_make_more_of_an_account_by_its_form(staff: Browser, stella: User) -> None:
    hana = person("hana")
    form = {"username": "hana", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": ["1"]}

    answers = [staff.post(f"{USERS}{user.pk}/change/", form).status_code for user in (hana, stella)]

    assert answers == [302, 403]
    assert role_of(User.objects.get(pk=hana.pk)) is Role.TEACHER
    assert staff.post(f"{USERS}{stella.pk}/password/", {"password1": "x", "password2": "x"}).status_code == 403


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_staff_changes_nothing_of_who_may_as_much_or_more(staff: Browser, role: Role) -> None:
    other = person("other", role, email="other@school.example")
    Authenticator.objects.create(user=other, type=Authenticator.Type.TOTP, data={"secret": "x"})
    claim_address(other, other.email)

    for action in ("sign_out", "remove_factors", "confirm_addresses"):
        act(staff, action, other)

    assert staff.get(f"{USERS}{other.pk}/change/").status_code == 200
    assert staff.post(f"{USERS}{other.pk}/change/", {"username": "mine", "email": "me@x.example"}).status_code == 403
    assert Authenticator.objects.filter(user=other).exists()
    assert owner_of_address(other.email) is None


@pytest.mark.parametrize(
    "path",
    [
        *("/admin/mfa/authenticator/", "/admin/socialaccount/socialapp/", "/admin/socialaccount/socialtoken/"),
        *("/admin/usersessions/usersession/", "/admin/account/emailaddress/", "/admin/socialaccount/socialaccount/"),
    ],
)
def test_rows_that_hold_secrets_have_no_page(admin: Browser, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_staff_adds_a_teacher_without_a_password(staff: Browser) -> None:
    form = {"username": "ann", "first_name": "Ann", "last_name": "", "email": "ann@school.example"}

    response = staff.post(f"{USERS}add/", {**form, "is_superuser": "on", "is_staff": "on"})

    ann = User.objects.get(username="ann")
    assert response.status_code == 302
    assert (role_of(ann), ann.has_usable_password()) == (Role.TEACHER, False)
    assert owner_of_address("ann@school.example") == ann


def test_staff_may_not_delete_accounts(staff: Browser) -> None:
    hana = person("hana")

    assert staff.post(f"{USERS}{hana.pk}/delete/", {"post": "yes"}).status_code == 403
    act(staff, "delete_selected", hana)

    assert User.objects.filter(pk=hana.pk).exists()


@pytest.mark.parametrize(("action", "role"), list(zip(ROLES, Role, strict=True)))
def test_admin_gives_roles_to_others_and_none_to_themselves(admin: Browser, action: str, role: Role) -> None:
    hana, root = person("hana"), User.objects.get(username="root")

    said = act(admin, action, hana, root).content.decode()

    assert [role_of(User.objects.get(pk=user.pk)) for user in (hana, root)] == [role, Role.ADMIN]
    assert "1 account was left out" in said
    assert "Done for 1 account." in said


def test_staff_signs_a_teacher_out_and_removes_a_second_factor(staff: Browser) -> None:
    hana = person("hana", password="hana's pass phrase")
    desk = Browser()
    desk.post("/accounts/login/", {"login": "hana", "password": "hana's pass phrase"})
    Authenticator.objects.create(user=hana, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert desk.get("/account/").status_code == 200

    act(staff, "sign_out", hana)
    act(staff, "remove_factors", hana)

    assert desk.get("/account/").status_code == 302
    assert not Authenticator.objects.exists()


def test_address_that_staff_confirms_is_trusted(staff: Browser) -> None:
    hana = person("hana", email="hana@school.example")
    claim_address(hana, hana.email)

    act(staff, "confirm_addresses", hana)

    assert owner_of_address(hana.email) == hana
    assert EmailAddress.objects.get().verified


def test_accounts_are_found_by_role_and_factor(admin: Browser, stella: User) -> None:
    hana = person("hana")
    Authenticator.objects.create(user=hana, type=Authenticator.Type.TOTP, data={"secret": "x"})

    def found(query: str) -> list[str]:
        return sorted(user.username for user in admin.get(USERS + query).context["cl"].result_list)

    assert found("?role=teacher") == ["hana"]
    assert found("?role=staff") == ["stella"]
    assert found("?role=admin") == ["root"]
    assert found("?role=made-up") == ["hana", "root", "stella"]
    assert found("?factor=yes") == ["hana"]
    assert found("?factor=no") == ["root", "stella"]
    assert found("?q=stel") == ["stella"]
