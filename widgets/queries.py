"""Reads of entries that every kind's report makes; the number of queries does not grow with rooms or seats."""

from collections.abc import Iterator, Sequence

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from sessions_app.models import Room
from sessions_app.reports import Part

from .models import Entry

AT_ONCE = 1000


def count_by(rooms: Sequence[Room], field: str) -> dict[int, dict[object, int]]:
    """How many entries of each room hold which value in this field of their payload."""
    value = f"payload__{field}"
    counted = Entry.objects.filter(room__in=rooms).values_list("room_id", value).annotate(Count("pk")).order_by()
    counts: dict[int, dict[object, int]] = {room.pk: {} for room in rooms}
    for room_id, chosen, number in counted:
        counts[room_id][chosen] = number
    return counts


def entries_of(rooms: Sequence[Room], part: Part) -> Iterator[Entry]:
    """Entries with their authors, room by room, in the order of names; read in pieces, never all at once."""
    entries = Entry.objects.filter(room__in=rooms)
    if part.most is not None:
        rank = Window(RowNumber(), partition_by=[F("room_id")], order_by=["author__name", "author_id", "pk"])
        ranked = entries.annotate(rank=rank).filter(rank__gt=part.skip, rank__lte=part.skip + part.most)
        entries = Entry.objects.filter(pk__in=ranked.values("pk"))
    ordered = entries.select_related("author").order_by("room_id", "author__name", "author_id", "pk")
    return ordered.iterator(chunk_size=AT_ONCE)
