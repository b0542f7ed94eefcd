"""A teacher's own account: what can be changed there, by whom, and what proves it."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from sessions_app.accounts import claim_address, owner_of_address, sign_in_path, trust_address
from sessions_app.models import Profile

from ...factories import make_user
from .signing_in import quick_passwords, sign_in, who

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.django_db
FORM = {"name": "Hana Sato", "email": "hana@school.example", "language": "de", "time_zone": "Asia/Tokyo"}
KEPT_SAFE = [
    "/accounts/password/change/",
    "/accounts/password/set/",
    "/accounts/app/add/",
    "/accounts/app/remove/",
    "/accounts/codes/",
    "/accounts/codes/new/",
    "/accounts/codes/file/",
    "/accounts/passkeys/add/",
    "/accounts/passkeys/1/remove/",
    "/accounts/passkeys/1/name/",
    "/accounts/confirm/",
    "/accounts/confirm/code/",
    "/accounts/confirm/passkey/",
]


def test_account_says_who_one_is_and_what_one_may_do(hanas_browser: Client) -> None:
    page = hanas_browser.get("/account/").content.decode()

    for text in ("<strong>Hana</strong>", "Teacher", "Change the password", "Add an authenticator app", "My sessions"):
        assert text in page
    assert "Administration" not in page


@pytest.mark.parametrize("path", ["/account/", "/account/devices/end", *KEPT_SAFE])
def test_stranger_is_shown_the_sign_in_page(client: Client, path: str) -> None:
    response = client.post(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_account_keeps_what_is_typed(hana: User, hanas_browser: Client) -> None:
    response = hanas_browser.post("/account/", FORM)

    assert (response.status_code, response["Location"]) == (302, "/account/")
    hana.refresh_from_db()
    profile = Profile.objects.get(user=hana)
    assert (hana.get_full_name(), hana.email) == ("Hana Sato", "hana@school.example")
    assert (profile.language, profile.time_zone) == ("de", "Asia/Tokyo")
    assert '<html lang="de"' in hanas_browser.get("/account/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no address"},
        {"email": "ZOE@school.example"},
        {"language": "tlh"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "Mars/Phobos"},
        {"name": "x" * 151},
        {"name": "nul\x00"},
    ],
    ids=str,
)
def test_account_refuses_what_is_wrong_beside_its_field(
    hana: User, hanas_browser: Client, wrong: dict[str, str]
) -> None:
    make_user("zoe", email="zoe@school.example")

    response = hanas_browser.post("/account/", {**FORM, **wrong})

    assert response.status_code == 200
    (field,) = wrong
    page = response.content.decode()
    assert f'id="id_{field}_error"' in page
    assert re.search(f'name="{field}"[^>]*aria-invalid="true"', page)
    assert not Profile.objects.exists()


def test_address_that_is_typed_is_only_claimed(hana: User, hanas_browser: Client) -> None:
    hanas_browser.post("/account/", FORM)

    assert owner_of_address("hana@school.example") is None
    trust_address(User.objects.get(pk=hana.pk))
    assert owner_of_address("Hana@school.example") == hana
    # Saving the page again takes nothing back.
    hanas_browser.post("/account/", FORM)
    assert owner_of_address("hana@school.example") == hana


def test_address_of_two_accounts_is_of_neither(hana: User) -> None:
    for name in ("ann", "ben"):
        make_user(name, email="both@school.example")

    assert owner_of_address("both@school.example") is None


def test_email_signs_in_too_and_confirming_it_ends_the_claims_of_others(hana: User) -> None:
    User.objects.filter(pk=hana.pk).update(email="hana@school.example")
    zoe = make_user("zoe", email="hana@school.example")
    claim_address(zoe, "hana@school.example")

    trust_address(User.objects.get(pk=hana.pk))

    assert [(one.user_id, one.verified) for one in EmailAddress.objects.all()] == [(hana.pk, True)]
    browser = Client()
    sign_in(browser, "hana@school.example")
    assert who(browser) == str(hana.pk)


def test_footer_choice_of_who_is_signed_in_is_kept(hana: User, hanas_browser: Client) -> None:
    hanas_browser.post("/account/", FORM)

    hanas_browser.post("/language/", {"language": "ar", "next": "/account/"})

    assert Profile.objects.get(user=hana).language == "ar"
    elsewhere = Client()
    elsewhere.force_login(hana)
    assert '<html lang="ar" dir="rtl"' in elsewhere.get("/account/").content.decode()


@pytest.mark.parametrize("language", ["tlh", "", "x" * 1000])
def test_footer_choice_of_no_language_is_not_kept(hanas_browser: Client, language: str) -> None:
    hanas_browser.post("/language/", {"language": language, "next": "/account/"})

    assert not Profile.objects.exists()


def test_times_are_those_of_the_profile_and_of_nobody_after(hana: User, client: Client) -> None:
    sign_in(client)
    UserSession.objects.update(created_at="2026-01-01T20:00:00Z")

    at_home = client.get("/account/").content.decode()
    Profile.objects.create(user=hana, time_zone="Asia/Tokyo")
    in_tokyo = client.get("/account/").content.decode()
    Client().get("/")
    assert timezone.get_current_timezone_name() == "UTC"
    Profile.objects.update(time_zone="Gone/Away")
    somewhere = client.get("/account/").content.decode()

    assert ["8 p.m." in page for page in (at_home, in_tokyo, somewhere)] == [True, False, True]
    assert "5 a.m." in in_tokyo


def test_password_can_be_set_and_changed(client: Client) -> None:
    ann = make_user("ann")
    client.post(sign_in_path(ann))
    new = {"password1": "ann's pass phrase", "password2": "ann's pass phrase"}

    assert client.post("/accounts/password/set/", new).status_code == 302
    newer = {"oldpassword": "ann's pass phrase", "password1": "a newer phrase", "password2": "a newer phrase"}
    assert client.post("/accounts/password/change/", newer)["Location"] == "/account/"

    assert who(client) == str(ann.pk)
    ann.refresh_from_db()
    assert ann.check_password("a newer phrase")


def test_who_could_not_come_back_is_told_to_set_a_password(client: Client) -> None:
    told = "You have no password yet"
    ann, ben, hana = make_user("ann"), make_user("ben"), make_user("hana", password="x")
    SocialAccount.objects.create(user=ben, provider="school", uid="7")
    pages = []
    for user in (ann, ben, hana):
        client.force_login(user)
        pages.append(told in client.get("/sessions/").content.decode())

    assert pages == [True, False, False]


def test_devices_are_listed_and_signed_out_one_by_one(hana: User) -> None:
    desk, phone, tablet = Client(), Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/605.1"}), Client()
    for browser in (desk, phone, tablet):
        sign_in(browser)
    page = desk.get("/account/").content.decode()
    assert (page.count("Sign out there"), page.count("This device"), "Safari, iPhone" in page) == (2, 1, True)
    on_phone = UserSession.objects.get(session_key=phone.session.session_key)

    desk.post("/account/devices/end", {"device": str(on_phone.pk)})

    assert [browser.get("/account/").status_code for browser in (desk, phone, tablet)] == [200, 302, 200]
    desk.post("/account/devices/end")
    assert [browser.get("/account/").status_code for browser in (desk, tablet)] == [200, 302]


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "²"])
def test_device_that_is_not_there_signs_nobody_out(hana: User, number: str) -> None:
    desk, phone = Client(), Client()
    for browser in (desk, phone):
        sign_in(browser)

    assert desk.post("/account/devices/end", {"device": number}).status_code == 302

    assert phone.get("/account/").status_code == 200


def test_nobody_signs_out_the_device_of_another(hana: User, zoes_browser: Client) -> None:
    desk = Client()
    sign_in(desk)

    zoes_browser.post("/account/devices/end", {"device": str(UserSession.objects.get(user=hana).pk)})

    assert desk.get("/account/").status_code == 200


def test_login_gets_a_new_session_key(hana: User, client: Client) -> None:
    """Who has put a session into Hana's browser is not signed in with her."""
    client.get("/accounts/passkey/", headers={"Accept": "application/json"})
    before = client.session.session_key
    assert before is not None

    sign_in(client)

    assert client.session.session_key != before


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_next_leads_to_our_own_pages_only(hana: User, client: Client, address: str) -> None:
    assert sign_in(client, next=address)["Location"] == "/sessions/"


def test_passwords_are_guessed_five_times_and_not_more(hana: User, client: Client) -> None:
    for _ in range(5):
        sign_in(client, password="a guess")

    sign_in(client)

    assert who(client) is None
