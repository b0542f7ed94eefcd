"""A school's server, and a browser that signs in by it."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from ...oidc import CLIENT_ID, CLIENT_SECRET, SchoolServer, school_server

HANA = {
    "sub": "7",
    "name": "Hana Sato",
    "email": "hana@school.example",
    "email_verified": True,
    "preferred_username": "hana",
}
LEAVE = "/accounts/sso/school/"
BACK = "/accounts/sso/school/back/"


@pytest.fixture
def school(settings: Any) -> Iterator[SchoolServer]:
    with school_server() as server:
        server.person = dict(HANA)
        settings.LECTERN_OIDC_ISSUER = server.issuer
        settings.LECTERN_OIDC_CLIENT_ID = CLIENT_ID
        settings.LECTERN_OIDC_CLIENT_SECRET = CLIENT_SECRET
        settings.LECTERN_OIDC_NAME = "School <login>"
        settings.LECTERN_OIDC_DOMAINS = ["school.example"]
        yield server


def leave(browser: Client, query: str = "", **form: str) -> str:
    """The address that the button leads to."""
    page = browser.post(LEAVE + query, form)
    found = re.search(r'id="onward" class="button primary" href="([^"]+)"', page.content.decode())
    assert found is not None, page.content
    return html.unescape(found[1])


def sign_in(browser: Client, school: SchoolServer, **form: str) -> Any:
    back = school.authorize(leave(browser, **form))
    return browser.get(back.removeprefix("http://testserver"))


def who(browser: Client) -> str | None:
    return browser.session.get("_auth_user_id")
