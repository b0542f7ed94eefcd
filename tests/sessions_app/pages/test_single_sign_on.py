"""Single sign-on: what is not believed, and where it leads."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import User
from django.test import Client

from sessions_app.accounts import Role, role_of

from ...factories import make_user
from ...oidc import SchoolServer
from .single_sign_on import BACK, LEAVE, leave, school, sign_in, who

__all__ = ["school"]

pytestmark = pytest.mark.django_db


def test_teacher_of_the_school_gets_an_account_once(client: Client, school: SchoolServer) -> None:
    response = sign_in(client, school)

    assert (response.status_code, response["Location"]) == (302, "/sessions/")
    user = User.objects.get()
    assert who(client) == str(user.pk)
    assert (user.username, user.get_full_name(), user.email) == ("hana", "Hana Sato", "hana@school.example")
    assert (user.has_usable_password(), role_of(user)) == (False, Role.TEACHER)
    assert sign_in(Client(), school).status_code == 302
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)
    kept = {"sub": "7", "name": "Hana Sato", "email": "hana@school.example"}
    assert SocialAccount.objects.get().extra_data == {"userinfo": kept}


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_both_usual_signatures_are_read(client: Client, school: SchoolServer, algorithm: str) -> None:
    school.algorithm = algorithm

    assert sign_in(client, school).status_code == 302
    assert who(client) is not None


def test_login_gets_a_new_session_key_and_the_page_that_was_asked_for(client: Client, school: SchoolServer) -> None:
    address = leave(client, next="/account/")
    before = client.session.session_key

    response = client.get(school.authorize(address).removeprefix("http://testserver"))

    assert response["Location"] == "/account/"
    assert client.session.session_key != before


def test_next_leads_to_our_own_pages_only(client: Client, school: SchoolServer) -> None:
    assert sign_in(client, school, next="https://elsewhere.example/")["Location"] == "/sessions/"


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"azp": "another client"},
        {"sub": None},
    ],
    ids=str,
)
def test_token_that_is_not_for_this_sign_in_is_refused(
    client: Client, school: SchoolServer, lies: dict[str, Any]
) -> None:
    school.lies = lies

    response = sign_in(client, school)

    assert (response.status_code, who(client), User.objects.count()) == (401, None, 0)
    assert "Signing in did not work" in response.content.decode()


def test_token_with_a_signature_of_another_key_is_refused(client: Client, school: SchoolServer) -> None:
    school.signs_with = ec.generate_private_key(ec.SECP256R1())

    assert (sign_in(client, school).status_code, User.objects.count()) == (401, 0)


def test_token_signed_by_what_everybody_knows_is_refused(client: Client, school: SchoolServer) -> None:
    school.algorithm, school.signs_with = "HS256", "the client's identifier, long enough for a key"

    assert (sign_in(client, school).status_code, User.objects.count()) == (401, 0)


def test_userinfo_about_somebody_else_is_refused(client: Client, school: SchoolServer) -> None:
    school.userinfo = {"sub": "8"}

    assert (sign_in(client, school).status_code, User.objects.count()) == (401, 0)


@pytest.mark.parametrize("state", ["made-up", "x" * 20_000, "", "\x00"], ids=["made up", "long", "none", "null"])
def test_answer_to_no_question_is_refused(client: Client, school: SchoolServer, state: str) -> None:
    response = client.get(BACK, {"code": "code-0", "state": state})

    assert (response.status_code, who(client)) == (401, None)


def test_answer_to_the_question_of_another_browser_is_refused(client: Client, school: SchoolServer) -> None:
    """As when Zoe sends Hana the address that would sign her in as Zoe."""
    back = school.authorize(leave(Client())).removeprefix("http://testserver")

    assert (client.get(back).status_code, who(client)) == (401, None)


def test_answer_counts_once(client: Client, school: SchoolServer) -> None:
    back = school.authorize(leave(client)).removeprefix("http://testserver")
    assert client.get(back).status_code == 302
    client.logout()

    assert (client.get(back).status_code, who(client)) == (401, None)


def test_server_that_is_down_is_explained(client: Client, school: SchoolServer) -> None:
    back = school.authorize(leave(client)).removeprefix("http://testserver")
    school.is_down = True

    answers = [client.post(LEAVE), client.get(back)]

    assert [answer.status_code for answer in answers] == [401, 401]


def test_cancelling_leads_back_to_the_sign_in_page(client: Client, school: SchoolServer) -> None:
    state = re.search(r"state=(\w+)", leave(client))
    assert state is not None

    response = client.get(BACK, {"error": "access_denied", "state": state[1]}, follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/login/"


def test_question_carries_pkce_nonce_and_nothing_from_the_address(client: Client, school: SchoolServer) -> None:
    address = leave(client, "?scope=admin&auth_params=prompt%3Dnone")

    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert sorted(asked) == sorted(
        (
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "nonce",
            "redirect_uri",
            "response_type",
            "scope",
            "state",
        )
    )
    assert (sorted(asked["scope"].split()), asked["code_challenge_method"]) == (["email", "openid", "profile"], "S256")
    assert asked["redirect_uri"] == f"http://testserver{BACK}"


def test_following_a_link_starts_nothing(client: Client, school: SchoolServer) -> None:
    assert client.get(LEAVE).status_code == 405


def test_without_settings_there_is_no_single_sign_on(client: Client) -> None:
    assert [client.post(LEAVE).status_code, client.get(BACK).status_code] == [404, 404]
    assert LEAVE not in client.get("/accounts/login/").content.decode()


def test_sign_in_page_names_the_server(client: Client, school: SchoolServer) -> None:
    page = client.get("/accounts/login/").content.decode()

    assert "Sign in with School &lt;login&gt;" in page
    assert LEAVE in page


def test_passwords_can_be_switched_off(client: Client, school: SchoolServer, settings: Any) -> None:
    make_user("hana", password="hana's pass phrase")
    settings.LECTERN_PASSWORD_LOGIN = False

    form = {"login": "hana", "password": "hana's pass phrase"}
    response = client.post("/accounts/login/", form)

    assert (response.status_code, who(client)) == (200, None)
    assert 'name="password"' not in client.get("/accounts/login/").content.decode()
