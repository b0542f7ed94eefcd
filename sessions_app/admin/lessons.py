"""The admin of prepared lessons: for reading, to help a teacher who asks."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import Lesson, Session, Step
from .base import RecordAdmin, count_of, row_link, rows_link

if TYPE_CHECKING:
    TabularInline = admin.TabularInline[Any, Any]
else:
    TabularInline = admin.TabularInline


class StepInline(TabularInline):
    model = Step
    fields = readonly_fields = ("position", "kind", "config")
    ordering = ("position", "pk")
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Lesson)
class LessonAdmin(RecordAdmin):
    list_display = ("title", "owner_link", "steps", "sessions", "updated_at")
    list_filter = ("updated_at",)
    list_select_related = ("owner",)
    search_fields = ("title", "owner__username", "owner__email")
    ordering = ("-updated_at", "-pk")
    inlines = (StepInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counts: dict[str, Any] = {"step_count": count_of(Step, "lesson"), "session_count": count_of(Session, "lesson")}
        lessons: QuerySet[Any] = super().get_queryset(request).annotate(**counts)
        return lessons

    @admin.display(description=_("owner"), ordering="owner")
    def owner_link(self, lesson: Lesson) -> SafeString | str:
        return row_link(lesson.owner)

    @admin.display(description=_("steps"), ordering="step_count")
    def steps(self, lesson: Any) -> int:
        return int(lesson.step_count)

    @admin.display(description=_("sessions"), ordering="session_count")
    def sessions(self, lesson: Any) -> SafeString:
        return rows_link(Session, "lesson", lesson.pk, lesson.session_count)
