"""What a single sign-on says, compared with what an operator asks for."""

import pytest

from sessions_app.domain.claims import has_claim, is_in_domain, is_true, parse_rule

pytestmark = pytest.mark.profile_free


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("groups=teachers", (["groups"], "teachers")),
        (" realm . roles = a=b ", (["realm", "roles"], "a=b")),
        ("groups", None),
        ("groups=", None),
        ("=teachers", None),
        ("a..b=c", None),
        ("", None),
    ],
)
def test_rule_is_a_path_and_a_value(rule: str, expected: object) -> None:
    assert parse_rule(rule) == expected


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"a": {"b": ["x", "y"]}}, True),
        ({"a": {"b": "y"}}, True),
        ({"a": {"b": "xyz"}}, False),
        ({"a": {"b": ["xyz"]}}, False),
        ({"a": {"b": None}}, False),
        ({"a": {"b": [None, 1, {}]}}, False),
        ({"a": ["b"]}, False),
        ({"a.b": "y"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_claim_is_the_value_or_holds_it(claims: dict[str, object], expected: bool) -> None:
    assert has_claim(claims, "a.b=y") is expected


def test_rule_that_is_none_fits_nobody() -> None:
    assert not has_claim({"groups": ""}, "groups=")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("hana@school.example", True),
        ("hana@SCHOOL.example", True),
        ("hana@a.school.example", False),
        ("hana@school.example.elsewhere.example", False),
        ("school.example", False),
        ("hana@school.example@elsewhere.example", False),
        ("", False),
    ],
)
def test_address_is_in_its_own_domain_only(address: str, expected: bool) -> None:
    assert is_in_domain(address, ["school.example"]) is expected


def test_only_true_is_true() -> None:
    assert [is_true(claim) for claim in (True, "true", 1, "false", "", None, [True])] == [True, True, *[False] * 5]
