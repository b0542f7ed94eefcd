"""The admin of sessions and what is in them: rooms, seats, the run list, the record, the keys."""

import random
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import keys, services
from ..domain.names import friendly_name
from ..kinds import KINDS
from ..models import AccessKey, Participant, Room, RunStep, Session, SessionEvent
from .base import (
    ClosedFilter,
    EndFilter,
    OfSession,
    ReadOnlyAdmin,
    RecordAdmin,
    RevokedFilter,
    YesNoFilter,
    actor_of,
    count_of,
    list_link,
    row_link,
)

rng = random.SystemRandom()
IN_A_SESSION: tuple[type[Model], ...] = (Participant, Room, RunStep, SessionEvent, AccessKey)


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, str(kind.label)) for name, kind in sorted(KINDS.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class PeopleHereFilter(YesNoFilter):
    title = gettext_lazy("somebody here now")
    parameter_name = "here"

    def having(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(connections__isnull=False)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("code", "title", "owner_link", "is_live", "people", "rooms", "record", "created_at")
    list_filter: ClassVar[Any] = [EndFilter, PeopleHereFilter, "created_at"]
    list_select_related = ("owner",)
    search_fields = ("code", "title", "owner__username", "owner__email")
    ordering = ("-created_at", "-pk")
    date_hierarchy = None
    actions = ("end_sessions",)
    extra = ("contents", "afterwards")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counts: dict[str, Any] = {"people_count": count_of(Participant), "rooms_count": count_of(Room)}
        sessions: QuerySet[Any] = super().get_queryset(request).annotate(**counts)
        return sessions

    @admin.display(description=gettext_lazy("owner"), ordering="owner")
    def owner_link(self, session: Session) -> SafeString | str:
        return row_link(session.owner)

    @admin.display(boolean=True, description=gettext_lazy("live"), ordering=F("ended_at").desc(nulls_first=True))
    def is_live(self, session: Session) -> bool:
        return session.is_live

    @admin.display(description=gettext_lazy("people"), ordering="people_count")
    def people(self, session: Any) -> SafeString:
        return list_link(Participant, session, session.people_count)

    @admin.display(description=gettext_lazy("rooms"), ordering="rooms_count")
    def rooms(self, session: Any) -> SafeString:
        return list_link(Room, session, session.rooms_count)

    @admin.display(description=gettext_lazy("events"), ordering="sequence")
    def record(self, session: Session) -> SafeString:
        return list_link(SessionEvent, session, session.sequence)

    @admin.display(description=gettext_lazy("what is in it"))
    def contents(self, session: Session) -> SafeString:
        links = ((list_link(model, session, model._meta.verbose_name_plural),) for model in IN_A_SESSION)
        return format_html_join(" · ", "{}", links)

    @admin.display(description=gettext_lazy("after class"))
    def afterwards(self, session: Session) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("record", args=[session.pk]), _("The teacher's page of it"))

    @admin.action(description=gettext_lazy("End selected sessions"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        live = [session for session in queryset if session.is_live]
        for session in live:
            services.end_session(session, actor=actor_of(request))
        said = _("Ended %(number)s of %(all)s; the others were over.")
        self.message_user(request, said % {"number": len(live), "all": len(queryset)}, messages.SUCCESS)


@admin.register(Room)
class RoomAdmin(OfSession, RecordAdmin):
    list_display = ("widget_id", "kind", "session_link", "is_active", "is_open", "revision", "created_at")
    list_filter: ClassVar[Any] = [ClosedFilter, KindFilter, "is_active"]
    search_fields = ("session__code", "kind", "widget_id")
    ordering = ("-created_at", "-pk")
    extra = ("session_link",)

    @admin.display(boolean=True, description=gettext_lazy("open"))
    def is_open(self, room: Room) -> bool:
        return room.closed_at is None


@admin.register(RunStep)
class RunStepAdmin(OfSession, RecordAdmin):
    list_display = ("position", "kind", "session_link", "room_link")
    list_filter = (KindFilter,)
    list_select_related = ("session", "room")
    search_fields = ("session__code", "kind")
    ordering = ("-session", "position", "pk")

    @admin.display(description=gettext_lazy("room"))
    def room_link(self, step: RunStep) -> SafeString | str:
        return row_link(step.room)


class SeatHereFilter(YesNoFilter):
    title = gettext_lazy("here now")
    parameter_name = "here"

    def having(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(connections__isnull=False)


@admin.register(Participant)
class ParticipantAdmin(OfSession):
    editable = ("name",)
    list_display = ("name", "session_link", "student_id", "joined_at", "last_seen_at")
    list_filter = (SeatHereFilter, "joined_at")
    search_fields = ("name", "student_id", "session__code")
    ordering = ("-joined_at", "-pk")
    actions = ("forget_names",)
    extra = ("session_link",)

    def save_model(self, request: HttpRequest, obj: Participant, form: Any, change: bool) -> None:
        services.rename_seat(obj, name=form.cleaned_data["name"], actor=actor_of(request))

    @admin.action(description=gettext_lazy("Replace names by friendly ones"), permissions=["change"])
    def forget_names(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for seat in queryset:
            services.rename_seat(seat, name=friendly_name(rng), actor=actor_of(request))
        self.message_user(request, _("Names replaced: %(number)s.") % {"number": len(queryset)}, messages.SUCCESS)


@admin.register(SessionEvent)
class SessionEventAdmin(OfSession, RecordAdmin):
    list_display = ("sequence", "session_link", "kind", "actor", "at")
    list_filter = ("at",)
    search_fields = ("session__code", "kind", "actor")
    ordering = ("-session", "-sequence")
    extra = ("session_link",)


@admin.register(AccessKey)
class AccessKeyAdmin(OfSession):
    list_display = ("__str__", "session_link", "role", "created_at", "used_at", "expires_at", "revoked_at")
    list_filter = (RevokedFilter, "role")
    search_fields = ("session__code",)
    ordering = ("-created_at", "-pk")
    actions = ("revoke_keys",)
    extra = ("session_link",)

    @admin.action(description=gettext_lazy("Revoke selected keys"), permissions=["change"])
    def revoke_keys(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        valid = [key for key in queryset if key.revoked_at is None]
        for key in valid:
            keys.revoke(key, actor=actor_of(request))
        said = _("Revoked %(number)s of %(all)s; the others were.")
        self.message_user(request, said % {"number": len(valid), "all": len(queryset)}, messages.SUCCESS)
