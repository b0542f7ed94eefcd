"""What a single sign-on says of a person, compared with what an operator asks for (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any


def parse_rule(rule: str) -> tuple[list[str], str] | None:
    """`groups=teachers` or `realm_access.roles=teacher` as path and value; None when it is no rule."""
    path, sign, value = rule.partition("=")
    names = [name.strip() for name in path.split(".")]
    value = value.strip()
    return (names, value) if sign and value and all(names) else None


def has_claim(claims: Mapping[str, Any], rule: str) -> bool:
    """Whether the claim is this value, or a list that holds it."""
    parsed = parse_rule(rule)
    if parsed is None:
        return False
    names, value = parsed
    found: Any = claims
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return (
        value in [str(one) for one in found] if isinstance(found, list) else found is not None and str(found) == value
    )


def is_true(claim: Any) -> bool:
    """Some servers write booleans as words."""
    return claim is True or claim == "true"


def is_in_domain(address: str, domains: Sequence[str]) -> bool:
    """Whether the part behind the last @ is one of the domains; a subdomain is another domain."""
    _, sign, domain = address.rpartition("@")
    return bool(sign) and domain.lower() in domains
