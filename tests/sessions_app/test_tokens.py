"""Tokens: only what we signed, and only for its purpose."""

import uuid

import pytest

from sessions_app.tokens import issue_token, read_token

pytestmark = pytest.mark.profile_free


def test_token_is_good_for_its_purpose_alone() -> None:
    uid = uuid.uuid4()
    purposes = ("host", "display", "handover", "participant", "device")

    found = {(made, read) for made in purposes for read in purposes if read_token(read, issue_token(made, uid)) == uid}

    assert found == {(purpose, purpose) for purpose in purposes}


@pytest.mark.parametrize("token", ["", ".", "x.y", "é", "\0", "a" * 10_000, "0" * 32 + "." + "A" * 43])
def test_token_that_we_did_not_sign_is_nothing(token: str) -> None:
    assert read_token("host", token) is None


def test_token_with_another_uid_is_nothing() -> None:
    _, _, signature = issue_token("host", uuid.uuid4()).partition(".")

    assert read_token("host", f"{uuid.uuid4().hex}.{signature}") is None
