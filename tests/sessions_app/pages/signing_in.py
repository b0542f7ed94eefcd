"""Signing in as the cast does it, and the codes of their apps."""

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

PASSWORD = "hana's pass phrase"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Checked fast: some of these tests guess many."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in(browser: Client, name: str = "Hana", password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/accounts/login/", {"login": name, "password": password, **more})


def who(browser: Client) -> str | None:
    return browser.session.get("_auth_user_id")
