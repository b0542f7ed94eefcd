"""A lesson of more activities than a session holds at a time."""

import pytest
from playwright.sync_api import expect

from .conftest import Cast

pytestmark = pytest.mark.browser

POLLS = 12
MOST = 10


def test_twelve_quick_polls_and_each_is_answered(cast: Cast) -> None:
    hana = cast.hana()
    ann = cast.student().join(hana.open_session())
    for number in range(1, POLLS + 1):
        name, last = ("A–D", "D") if number % 2 else ("1–5", "5")
        hana.press(name)
        expect(hana.page.locator("#others li, #steps li")).to_have_count(min(number, MOST))
        ann.vote(last)
        ann.is_counted(last)

    expect(hana.page.locator("#trouble")).to_be_hidden()
    hana.press("End the session …")
    hana.press("End it now")
    hana.page.wait_for_url("**/record")
    expect(hana.page.locator("article.activity")).to_have_count(POLLS)
