"""Single sign-on: who gets an account, which one, and in what role."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client

from sessions_app.accounts import Role, claim_address, role_of

from ...factories import make_user
from ...oidc import SchoolServer
from .single_sign_on import leave, school, sign_in, who

__all__ = ["school"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "person",
    [
        {"email": "zoe@elsewhere.example"},
        {"email": "zoe@school.example.elsewhere.example"},
        {"email": "zoe@sub.school.example"},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
    ],
    ids=str,
)
def test_stranger_gets_no_account(client: Client, school: SchoolServer, person: dict[str, Any]) -> None:
    school.person |= person

    response = sign_in(client, school)

    assert (response.status_code, who(client), User.objects.count()) == (403, None, 0)
    assert "No account here" in response.content.decode()


def test_without_a_rule_nobody_gets_an_account(client: Client, school: SchoolServer, settings: Any) -> None:
    settings.LECTERN_OIDC_DOMAINS = []

    assert (sign_in(client, school).status_code, User.objects.count()) == (403, 0)


@pytest.mark.parametrize(("groups", "status"), [(["teachers"], 302), (["pupils"], 403), (None, 403)])
def test_claim_says_who_gets_an_account(
    client: Client, school: SchoolServer, settings: Any, groups: Any, status: int
) -> None:
    settings.LECTERN_OIDC_DOMAINS, settings.LECTERN_OIDC_CLAIM = [], "realm.groups=teachers"
    school.person["realm"] = {"groups": groups}

    assert sign_in(client, school).status_code == status


def test_account_of_the_same_verified_address_is_linked(client: Client, school: SchoolServer) -> None:
    hana = make_user("h.sato", password="hana's pass phrase", email="Hana@School.example")

    assert sign_in(client, school).status_code == 302

    assert (who(client), User.objects.count()) == (str(hana.pk), 1)
    hana.refresh_from_db()
    assert hana.check_password("hana's pass phrase")


def test_address_that_a_teacher_only_claims_links_nothing(client: Client, school: SchoolServer) -> None:
    """Zoe has typed Hana's address into her account, and waits for Hana to sign in to it."""
    zoe = make_user("zoe", email="hana@school.example")
    claim_address(zoe, "hana@school.example")

    response = sign_in(client, school)

    assert (response.status_code, who(client), SocialAccount.objects.count()) == (403, None, 0)
    assert "Another account here uses your e-mail address" in response.content.decode()
    assert not EmailAddress.objects.get(user=zoe).verified


def test_unverified_address_of_the_server_links_nothing(client: Client, school: SchoolServer) -> None:
    make_user("h.sato", email="hana@school.example")
    school.person["email_verified"] = False

    assert (sign_in(client, school).status_code, SocialAccount.objects.count()) == (403, 0)


def test_server_whose_addresses_are_trusted_needs_not_verify_them(
    client: Client, school: SchoolServer, settings: Any
) -> None:
    settings.LECTERN_OIDC_TRUST_EMAIL = True
    school.person["email_verified"] = None

    assert sign_in(client, school).status_code == 302


def test_name_that_is_taken_is_not_taken_over(client: Client, school: SchoolServer) -> None:
    other = make_user("hana")

    assert sign_in(client, school).status_code == 302
    assert who(client) not in (None, str(other.pk))


def test_claim_makes_staff_and_unmakes_it_and_leaves_admins(
    client: Client, school: SchoolServer, settings: Any
) -> None:
    settings.LECTERN_OIDC_STAFF_CLAIM = "groups=office"
    school.person["groups"] = ["office"]
    sign_in(client, school)
    user = User.objects.get()
    roles = [role_of(user)]
    school.person["groups"] = []
    for is_superuser in (False, True):
        User.objects.filter(pk=user.pk).update(is_superuser=is_superuser)
        sign_in(Client(), school)
        user.refresh_from_db()
        roles.append(role_of(user))

    assert roles == [Role.STAFF, Role.TEACHER, Role.ADMIN]


def test_second_factor_is_asked_for_all_the_same(client: Client, school: SchoolServer) -> None:
    hana = make_user("h.sato", email="hana@school.example")
    Authenticator.objects.create(user=hana, type=Authenticator.Type.TOTP, data={"secret": "x"})

    response = sign_in(client, school)

    assert (response["Location"], who(client)) == ("/accounts/factor/", None)


def test_account_that_is_switched_off_stays_out(client: Client, school: SchoolServer) -> None:
    make_user("h.sato", email="hana@school.example", is_active=False)

    assert (sign_in(client, school)["Location"], who(client)) == ("/accounts/inactive/", None)


def test_nobody_links_an_identity_to_the_account_of_another(client: Client, school: SchoolServer) -> None:
    """`process=connect` in the address would add Zoe's identity to whoever is signed in."""
    ann = make_user("ann")
    client.force_login(ann)
    address = leave(client, process="connect")

    client.get(school.authorize(address).removeprefix("http://testserver"))

    assert not SocialAccount.objects.filter(user=ann).exists()
