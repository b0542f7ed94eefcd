"""The command for a lost password."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client


@pytest.mark.django_db
def test_sign_in_link_signs_the_teacher_in_once(client: Client) -> None:
    hana = User.objects.create_user("hana", password="forgotten, alas")
    out = StringIO()
    call_command("sign_in_link", "hana", stdout=out)
    path = out.getvalue().strip().removeprefix("http://127.0.0.1:8000")

    assert client.post(path).status_code == 302
    assert client.session["_auth_user_id"] == str(hana.pk)
    assert Client().post(path).status_code == 410


@pytest.mark.django_db
def test_sign_in_link_helps_who_has_lost_the_phone_too(client: Client) -> None:
    hana = User.objects.create_user("hana")
    Authenticator.objects.create(user=hana, type=Authenticator.Type.TOTP, data={"secret": "x"})
    out = StringIO()

    call_command("sign_in_link", "hana", "--without-second-factor", stdout=out)
    client.post(out.getvalue().strip().removeprefix("http://127.0.0.1:8000"))

    assert client.session["_auth_user_id"] == str(hana.pk)


@pytest.mark.django_db
def test_sign_in_link_names_an_account_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="no active account “zoe”"):
        call_command("sign_in_link", "zoe")
