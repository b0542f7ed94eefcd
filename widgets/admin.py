"""The admin of what participants put into rooms: for reading."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from sessions_app.admin.base import RecordAdmin, YesNoFilter, row_link
from sessions_app.admin.figures import figure, rows_since, start_of_today
from sessions_app.admin.sessions import RoomAdmin, SessionAdmin

from .models import Entry


class RoomAnswersFilter(YesNoFilter):
    title = _("with answers")
    parameter_name = "answers"

    def having(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(entries__isnull=False)


class SessionAnswersFilter(RoomAnswersFilter):
    def having(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(rooms__entries__isnull=False)


RoomAdmin.list_filter.append(RoomAnswersFilter)
SessionAdmin.list_filter.append(SessionAnswersFilter)


@figure(_("Answers today"))
def answers_today() -> tuple[int, str]:
    since = start_of_today()
    return Entry.objects.filter(updated_at__gte=since).count(), rows_since(Entry, "updated_at", since)


@admin.register(Entry)
class EntryAdmin(RecordAdmin):
    list_display = ("__str__", "room_link", "author_link", "key", "payload", "updated_at")
    list_filter = ("updated_at",)
    list_select_related = ("room", "author")
    search_fields = ("room__session__code", "room__widget_id", "author__name")
    ordering = ("-updated_at", "-pk")

    @admin.display(description=_("room"), ordering="room")
    def room_link(self, entry: Entry) -> SafeString | str:
        return row_link(entry.room)

    @admin.display(description=_("seat"), ordering="author")
    def author_link(self, entry: Entry) -> SafeString | str:
        return row_link(entry.author)
