"""Authenticator apps, recovery codes and passkeys: asked for, counted once, never guessed, never read."""

import base64
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from sessions_app.accounts import sign_in_path
from sessions_app.second_factors import SecondFactors

from ...factories import make_user
from .signing_in import PASSWORD, code_of, quick_passwords, sign_in, who

__all__ = ["quick_passwords"]
pytestmark = pytest.mark.django_db


def add_app(browser: Client) -> str:
    """Add an authenticator app; the secret that was shown."""
    page = browser.get("/accounts/app/add/").content.decode()
    found = re.search(r'id="secret"[^>]*>(\w+)<', page)
    assert found is not None, page
    response = browser.post("/accounts/app/add/", {"code": code_of(found[1])})
    assert response["Location"] == "/accounts/codes/"
    return found[1]


def test_password_is_asked_before_a_way_to_sign_in_is_added(hanas_browser: Client) -> None:
    response = hanas_browser.get("/accounts/app/add/")

    assert response["Location"] == "/accounts/confirm/?next=%2Faccounts%2Fapp%2Fadd%2F"
    refused = hanas_browser.post("/accounts/confirm/", {"password": "a guess", "next": "/accounts/app/add/"})
    assert (refused.status_code, "errorlist" in refused.content.decode()) == (200, True)
    confirmed = hanas_browser.post("/accounts/confirm/", {"password": PASSWORD, "next": "/accounts/app/add/"})
    assert confirmed["Location"] == "/accounts/app/add/"
    assert hanas_browser.get("/accounts/app/add/").status_code == 200


@pytest.fixture
def sure(hanas_browser: Client) -> Client:
    """Hana's browser, in which she has just typed her password."""
    hanas_browser.post("/accounts/confirm/", {"password": PASSWORD})
    return hanas_browser


def test_app_is_asked_for_after_the_password(hana: User, sure: Client) -> None:
    secret = add_app(sure)
    codes = re.findall(r"<code>(\d{8})</code>", sure.get("/accounts/codes/").content.decode())
    assert len(codes) == 10

    phone = Client()
    assert sign_in(phone)["Location"] == "/accounts/factor/"
    assert who(phone) is None
    wrong = phone.post("/accounts/factor/", {"code": "000000"})
    assert (wrong.status_code, who(phone)) == (200, None)
    cache.clear()
    assert phone.post("/accounts/factor/", {"code": code_of(secret)})["Location"] == "/sessions/"
    assert who(phone) == str(hana.pk)
    tablet = Client()
    sign_in(tablet)
    assert tablet.post("/accounts/factor/", {"code": codes[0]}).status_code == 302
    assert who(tablet) == str(hana.pk)
    assert "9 codes are left" in sure.get("/account/").content.decode()


def test_code_counts_once(sure: Client) -> None:
    secret = add_app(sure)
    code = code_of(secret)
    seen = []
    for browser in (Client(), Client()):
        sign_in(browser)
        browser.post("/accounts/factor/", {"code": code})
        seen.append(who(browser))

    assert [one is not None for one in seen] == [True, False]


def test_codes_are_guessed_five_times_and_not_more(sure: Client) -> None:
    secret = add_app(sure)
    phone = Client()
    sign_in(phone)
    for _ in range(6):
        phone.post("/accounts/factor/", {"code": "000000"})

    phone.post("/accounts/factor/", {"code": code_of(secret)})

    assert who(phone) is None


def test_sign_in_link_replaces_the_password_and_not_the_second_factor(hana: User, sure: Client) -> None:
    add_app(sure)
    browser = Client()

    response = browser.post(sign_in_path(User.objects.get(pk=hana.pk)))

    assert (response["Location"], who(browser)) == ("/accounts/factor/", None)


def test_app_can_be_removed_and_its_codes_with_it(sure: Client) -> None:
    add_app(sure)

    assert sure.post("/accounts/app/remove/")["Location"] == "/account/"

    assert not Authenticator.objects.exists()
    assert sign_in(Client())["Location"] == "/sessions/"


def test_secrets_of_apps_are_locked_in_the_database(hana: User, sure: Client, settings: Any) -> None:
    secret = add_app(sure)
    app = Authenticator.objects.get(user=hana, type=Authenticator.Type.TOTP)
    assert secret not in str(app.data)
    assert SecondFactors().decrypt(app.data["secret"]) == secret

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a newer one" * 5
    assert SecondFactors().decrypt(app.data["secret"]) == secret
    settings.SECRET_KEY_FALLBACKS = []
    assert SecondFactors().decrypt(app.data["secret"]) != secret
    assert not TOTP(app).validate_code(code_of(secret))
    assert not TOTP(app).validate_code(code_of(""))


@pytest.mark.parametrize(
    "credential",
    ["", "no json", "[]", "{}", "null", "1", '{"id": "x"}', '{"response": {"userHandle": "!"}}', '{"rawId": null}'],
)
def test_made_up_passkey_opens_nothing(sure: Client, credential: str) -> None:
    sure.get("/accounts/passkeys/add/")
    added = sure.post("/accounts/passkeys/add/", {"name": "x", "credential": credential})
    confirmed = sure.post("/accounts/confirm/passkey/", {"credential": credential})
    stranger = Client()
    assert stranger.get("/accounts/passkey/", headers={"Accept": "application/json"}).status_code == 200
    signed_in = stranger.post("/accounts/passkey/", {"credential": credential})

    assert [added.status_code, confirmed.status_code, signed_in.status_code] == [200, 302, 302]
    assert (Authenticator.objects.exists(), who(stranger)) == (False, None)


def test_only_ones_own_passkeys_can_be_removed(sure: Client) -> None:
    other = Authenticator.objects.create(user=make_user("ann"), type=Authenticator.Type.WEBAUTHN, data={"name": "a"})

    answers = [sure.post(f"/accounts/passkeys/{other.pk}/{what}/", {"name": "b"}) for what in ("remove", "name")]

    assert [answer.status_code for answer in answers] == [404, 404]
    other.refresh_from_db()
    assert other.data == {"name": "a"}


def test_qr_of_an_app_names_us_and_the_account(sure: Client) -> None:
    page = sure.get("/accounts/app/add/").content.decode()
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)

    assert found is not None
    assert base64.b64decode(found[1]).startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')
