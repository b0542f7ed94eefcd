"""Browsers and systems by the names that their owners know."""

import pytest

from sessions_app.domain.devices import browser_of, system_of

pytestmark = pytest.mark.profile_free
MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
        (f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows")),
        (f"{MOZILLA} (Linux; Android 15) {WEBKIT} Chrome/140.0 Mobile Safari/537.36", ("Chrome", "Android")),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) {WEBKIT} Safari/604.1", ("Safari", "iPhone")),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Safari/605.1", ("Safari", "macOS")),
        ("curl/8", ("", "")),
        ("", ("", "")),
    ],
)
def test_device_has_the_name_that_its_owner_knows(user_agent: str, expected: tuple[str, str]) -> None:
    assert (browser_of(user_agent), system_of(user_agent)) == expected
