"""What the admin's pages share: rows to look at, filters by time, links from row to row."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

# What tokens and cookies are made of is nobody's to see.
HIDDEN = ("uid", "device", "guest_device")
NOTHING = "–"


def actor_of(request: HttpRequest) -> str:
    return f"user:{request.user.pk}"


class ReadOnlyAdmin(ModelAdmin):
    """Rows to look at: the server makes and ends them, so there is no adding, changing or deleting."""

    editable: tuple[str, ...] = ()
    # Shown on a row's page below its fields: methods, as in list_display.
    extra: tuple[str, ...] = ()
    show_full_result_count = False
    list_per_page = 50

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        names = [field.name for field in self.opts.fields if field.name not in ("id", *HIDDEN)]
        return [*names, *self.extra]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [name for name in self.get_fields(request, obj) if name not in self.editable]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Where nothing can be changed there is nothing to save."""
        saves = {"show_save": bool(self.editable), "show_save_and_continue": bool(self.editable)}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **saves})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RecordAdmin(ReadOnlyAdmin):
    """Rows without an action or a field to change."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class EndFilter(admin.SimpleListFilter):
    """Rows that are over, or not, by the time in `field`."""

    field = "ended_at"
    title = _("state")
    parameter_name = "state"
    names = (("live", _("live")), ("ended", _("ended")))

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return self.names

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(**{f"{self.field}__isnull": self.value() == self.names[0][0]})


class ClosedFilter(EndFilter):
    field = "closed_at"
    names = (("open", _("open")), ("closed", _("closed")))


class RevokedFilter(EndFilter):
    field = "revoked_at"
    names = (("valid", _("valid")), ("revoked", _("revoked")))


class YesNoFilter(admin.SimpleListFilter):
    """Rows that have something, or have not; `having` says which."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("yes", _("Yes")), ("no", _("No")))

    def having(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        found = self.having(queryset.model._default_manager.all()).values("pk")
        return queryset.filter(pk__in=found) if self.value() == "yes" else queryset.exclude(pk__in=found)


def count_of(model: type[Model], by: str = "session") -> Coalesce:
    """How many rows of the model belong to a row here; counted apart, since joins would multiply."""
    rows = model._default_manager.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def address_of(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def rows_link(model: type[Model], by: str, pk: int, label: object) -> SafeString:
    """To the rows of a model that belong to one row."""
    return format_html('<a href="{}?{}__id__exact={}">{}</a>', address_of(model, "changelist"), by, pk, label)


def list_link(model: type[Model], session: Model, label: object) -> SafeString:
    """To the rows of a session."""
    return rows_link(model, "session", session.pk, label)


def row_link(row: Model | None) -> SafeString | str:
    """To the page of a row, by its name."""
    if row is None:
        return NOTHING
    return format_html('<a href="{}"><bdi>{}</bdi></a>', address_of(type(row), "change", row.pk), row)


class OfSession(ReadOnlyAdmin):
    """Rows of a session, with the way to it."""

    list_select_related: ClassVar[Any] = ("session",)

    @admin.display(description=_("session"), ordering="session")
    def session_link(self, row: Any) -> SafeString | str:
        return row_link(row.session)
