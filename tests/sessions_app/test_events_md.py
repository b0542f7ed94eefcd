"""docs/EVENTS.md says what the registry says."""

import pytest
from django.conf import settings

from sessions_app.management.commands import events_md
from sessions_app.realtime.events import HANDLERS

pytestmark = pytest.mark.profile_free


def test_events_md_is_not_stale() -> None:
    """`./dev manage events_md` writes it anew."""
    assert (settings.BASE_DIR / "docs" / "EVENTS.md").read_text() == events_md.render()


def test_events_md_has_every_event_with_its_bounds() -> None:
    text = events_md.render()

    assert [event for event in HANDLERS if f"### `{event}`" not in text] == []
    assert (
        "| `pollData.options` | array (at least 2 items, at most 10 items) of string (at most 200 long) | required |"
        in text
    )
    assert "| `optionIndex` | integer (≥ 0, < 10) | required |" in text
    assert "At most 2 in 1000 ms for one seat." in text
    assert "| `INVALID_SESSION` | Session not found |" in text


def test_events_md_says_of_every_event_what_it_is_for() -> None:
    """By the docstring of what answers it, where its name is not enough."""
    nameless = {event for event, handler in HANDLERS.items() if not handler.about}

    assert nameless == set()


def test_events_md_describes_what_the_sessions_send_and_nothing_else() -> None:
    ours = {event for event, path in events_md.emitted().items() if path.startswith("sessions_app/")}

    assert ours == set(events_md.HEARD)
