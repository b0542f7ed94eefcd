"""The projector's page: its address, its language, and what it does not have."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sessions_app import keys
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


def address_of(session: Session) -> str:
    return f"/p/{keys.token_of(keys.display_key_of(session))}"


def test_projector_speaks_the_language_in_its_address(client: Client, session: Session) -> None:
    response = client.get(address_of(session), {"language": "ar"}, headers={"Accept-Language": "fr"})

    assert '<html lang="ar" dir="rtl">' in response.content.decode()
    assert response.headers["Content-Language"] == "ar"


@pytest.mark.parametrize("language", ["", "xx", "../de"])
def test_projector_speaks_the_browsers_language_without_one(client: Client, session: Session, language: str) -> None:
    response = client.get(address_of(session), {"language": language}, headers={"Accept-Language": "fr"})

    assert '<html lang="fr" dir="ltr">' in response.content.decode()


def test_board_names_its_language_in_the_projectors_address(
    hanas_browser: Client, hana: User, session: Session
) -> None:
    response = hanas_browser.get(f"/sessions/{session.pk}/", headers={"Accept-Language": "de"})

    assert response.context["display_url"] == f"http://testserver{address_of(session)}?language=de"


def test_projector_has_no_form_and_no_part_of_other_audiences(client: Client, session: Session) -> None:
    page = client.get(address_of(session)).content.decode()

    assert '<article data-part="display"' in page
    assert [
        part for part in ('data-part="host"', 'data-part="seat"', "<form", "<button", "poll_host") if part in page
    ] == ["poll_host"], "the import map alone may name it"


def test_projector_of_a_revoked_address_says_so(client: Client, session: Session) -> None:
    address = address_of(session)
    keys.revoke(keys.display_key_of(session), actor="host")

    assert client.get(address, {"language": "de"}).status_code == 410
