"""What happens to entries; called inside the change that the kind's event opened, with the session locked."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from sessions_app.errors import Rejected
from sessions_app.models import Participant, Room

from .models import Entry


def put_entry(room: Room, author: Participant, payload: dict[str, Any], *, key: str = "", replace: bool) -> None:
    """Store the author's entry; an earlier one is replaced where that is allowed.

    Raises ALREADY_VOTED when it is not, and ROOM_FULL: either undoes the call that it happens in.
    """
    if replace and Entry.objects.filter(room=room, author=author, key=key).update(
        payload=payload, updated_at=timezone.now()
    ):
        return
    try:
        Entry.objects.create(room=room, author=author, key=key, payload=payload)
    except IntegrityError:
        raise Rejected("ALREADY_VOTED") from None
    _refuse_full(room)


def _refuse_full(room: Room) -> None:
    """Counted once a transaction, which has locked the session and goes on counting by itself."""
    if "entries" in room.memo:
        room.memo["entries"] += 1
    else:
        room.memo["entries"] = Entry.objects.filter(room=room).count()
    if room.memo["entries"] > settings.LECTERN_MAX_ENTRIES:
        raise Rejected("ROOM_FULL")


def clear_entries(room: Room) -> None:
    room.memo.pop("entries", None)
    Entry.objects.filter(room=room).delete()
