"""The admin of who is connected right now, and to which process."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import Connection, ServerProcess
from .base import OfSession, RecordAdmin, row_link


@admin.register(Connection)
class ConnectionAdmin(OfSession, RecordAdmin):
    list_display = ("role", "session_link", "seat_link", "server", "opened_at")
    list_filter = ("role",)
    list_select_related = ("session", "participant", "server")
    search_fields = ("session__code", "participant__name")
    ordering = ("-opened_at", "-pk")

    @admin.display(description=_("seat"), ordering="participant")
    def seat_link(self, connection: Connection) -> SafeString | str:
        return row_link(connection.participant)


@admin.register(ServerProcess)
class ServerProcessAdmin(RecordAdmin):
    list_display = ("host", "pid", "connections", "started_at", "beat_at")
    ordering = ("host", "pid", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        servers: QuerySet[Any] = super().get_queryset(request).annotate(connection_count=Count("connections"))
        return servers

    @admin.display(description=_("connections"), ordering="connection_count")
    def connections(self, server: Any) -> int:
        return int(server.connection_count)
