"""The admin of accounts: roles, sign-in links, second factors; staff manages teachers, admins everybody."""

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..accounts import Role, may_manage, role_of, set_role, sign_in_path, trust_address
from ..logins import end_logins
from ..models import Lesson, Profile, Session
from ..pages.devices import page_url
from .base import RecordAdmin, YesNoFilter, count_of, row_link, rows_link

if TYPE_CHECKING:
    AnyUserAdmin = UserAdmin[User]
    NewAccountBase = forms.ModelForm[User]
else:
    AnyUserAdmin = UserAdmin
    NewAccountBase = forms.ModelForm

# Their rows hold secrets, or are nobody's to edit by hand: the account's own actions do what is needed.
for model in (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
admin.site.unregister(User)

IN_ROLE = {
    Role.ADMIN: Q(is_superuser=True),
    Role.STAFF: Q(is_superuser=False, is_staff=True),
    Role.TEACHER: Q(is_superuser=False, is_staff=False),
}


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Role.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(IN_ROLE[Role(value)]) if value in Role.values else queryset


class SecondFactorFilter(YesNoFilter):
    title = gettext_lazy("second factor")
    parameter_name = "factor"

    def having(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(authenticator__isnull=False)


class LanguageFilter(admin.SimpleListFilter):
    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return settings.LANGUAGES

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(language=self.value()) if self.value() else queryset


class NewAccountForm(NewAccountBase):
    """Without a password: the new teacher gets a sign-in link and sets one."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")

    def save(self, commit: bool = True) -> Any:
        self.instance.set_unusable_password()
        return super().save(commit)


@admin.register(User)
class AccountAdmin(AnyUserAdmin):
    add_form = NewAccountForm
    add_fieldsets = ((None, {"fields": NewAccountForm.Meta.fields}),)
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "is_active")}),
        (None, {"fields": ("role", "has_factor", "contents", "last_login", "date_joined")}),
    )
    readonly_fields = ("role", "has_factor", "contents", "last_login", "date_joined")
    list_display = ("username", "name", "email", "role", "is_active", "has_factor", "sessions", "last_login")
    list_filter = (RoleFilter, "is_active", SecondFactorFilter)
    filter_horizontal = ()
    list_per_page = 50
    show_full_result_count = False
    actions_of_admins = ("make_teacher", "make_staff", "make_admin")
    actions = ("issue_links", "sign_out", "remove_factors", "confirm_addresses", *actions_of_admins)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        factors = Authenticator.objects.filter(user=OuterRef("pk"))
        users: QuerySet[Any] = super().get_queryset(request)
        annotated: QuerySet[Any] = users.annotate(factor=Exists(factors), session_count=count_of(Session, "owner"))
        return annotated

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)  # type: ignore[arg-type]
        return allowed and (not isinstance(obj, User) or may_manage(request.user, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found: dict[str, Any] = super().get_actions(request)
        if role_of(request.user) is Role.ADMIN:
            return found
        return {name: action for name, action in found.items() if name not in self.actions_of_admins}

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            trust_address(obj)

    @admin.display(description=gettext_lazy("name"), ordering="first_name")
    def name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=gettext_lazy("role"))
    def role(self, user: User) -> str:
        return str(role_of(user).label)

    @admin.display(boolean=True, description=gettext_lazy("second factor"))
    def has_factor(self, user: Any) -> bool:
        return bool(user.factor)

    @admin.display(description=gettext_lazy("sessions"), ordering="session_count")
    def sessions(self, user: Any) -> SafeString:
        return rows_link(Session, "owner", user.pk, user.session_count)

    @admin.display(description=gettext_lazy("what belongs to it"))
    def contents(self, user: User) -> SafeString:
        owned: tuple[type[Model], ...] = (Session, Lesson)
        links = ((rows_link(model, "owner", user.pk, model._meta.verbose_name_plural),) for model in owned)
        return format_html_join(" · ", "{}", links)

    def manageable(self, request: HttpRequest, queryset: QuerySet[User]) -> list[User]:
        """Those of the chosen whom this person may manage; says how many were left out."""
        chosen = list(queryset)
        found = [user for user in chosen if may_manage(request.user, user)]
        self._tell_left_out(request, len(chosen) - len(found))
        return found

    def _tell_left_out(self, request: HttpRequest, number: int) -> None:
        if number:
            said = ngettext(
                "%(number)s account was left out: you may not manage it.",
                "%(number)s accounts were left out: you may not manage them.",
                number,
            )
            self.message_user(request, said % {"number": number}, messages.WARNING)

    def _tell(self, request: HttpRequest, number: int) -> None:
        said = ngettext("Done for %(number)s account.", "Done for %(number)s accounts.", number)
        self.message_user(request, said % {"number": number}, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Make sign-in links"), permissions=["change"])
    def issue_links(self, request: HttpRequest, queryset: QuerySet[User]) -> TemplateResponse:
        """On a page of their own, not in a message, which would be kept in a cookie."""
        users = [user for user in self.manageable(request, queryset) if user.is_active]
        links = [(user, page_url(request, sign_in_path(user))) for user in users]
        for user in users:
            self.log_change(request, user, "A sign-in link was made.")
        page = {**self.admin_site.each_context(request), "title": _("Sign-in links"), "links": links}
        response = TemplateResponse(request, "admin/sign_in_links.html", {**page, "opts": self.opts})
        response["Cache-Control"] = "no-store"
        return response

    @admin.action(description=gettext_lazy("Sign out everywhere"), permissions=["change"])
    def sign_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = self.manageable(request, queryset)
        for user in users:
            end_logins(user)
            self.log_change(request, user, "Signed out everywhere.")
        self._tell(request, len(users))

    @admin.action(description=gettext_lazy("Remove second factors and passkeys"), permissions=["change"])
    def remove_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = self.manageable(request, queryset)
        for user in users:
            Authenticator.objects.filter(user=user).delete()
            self.log_change(request, user, "Second factors were removed.")
        self._tell(request, len(users))

    @admin.action(description=gettext_lazy("Confirm e-mail addresses for single sign-on"), permissions=["change"])
    def confirm_addresses(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = self.manageable(request, queryset)
        for user in users:
            trust_address(user)
            self.log_change(request, user, "The e-mail address was confirmed.")
        self._tell(request, len(users))

    def _give_role(self, request: HttpRequest, queryset: QuerySet[User], role: Role) -> None:
        """Only admins, and nobody to themselves: so one admin always remains."""
        chosen = list(queryset)
        users = [user for user in chosen if role_of(request.user) is Role.ADMIN and user.pk != request.user.pk]
        self._tell_left_out(request, len(chosen) - len(users))
        for user in users:
            set_role(user, role)
            self.log_change(request, user, f"Role: {role.value}.")
        self._tell(request, len(users))

    @admin.action(description=gettext_lazy("Give the role: teacher"), permissions=["change"])
    def make_teacher(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._give_role(request, queryset, Role.TEACHER)

    @admin.action(description=gettext_lazy("Give the role: staff"), permissions=["change"])
    def make_staff(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._give_role(request, queryset, Role.STAFF)

    @admin.action(description=gettext_lazy("Give the role: administrator"), permissions=["change"])
    def make_admin(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._give_role(request, queryset, Role.ADMIN)


@admin.register(Profile)
class ProfileAdmin(RecordAdmin):
    list_display = ("user_link", "language", "time_zone")
    list_filter = (LanguageFilter,)
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email")
    ordering = ("user__username", "pk")

    @admin.display(description=gettext_lazy("account"), ordering="user")
    def user_link(self, profile: Profile) -> SafeString | str:
        return row_link(profile.user)
