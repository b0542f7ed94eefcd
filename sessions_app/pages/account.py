"""A teacher's own account: who they are, how they read Lectern, how they sign in and where they are signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from ..accounts import claim_address, profile_of, role_of
from ..domain.devices import browser_of, system_of
from ..models import Profile


class AccountForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("You may sign in with it instead of your username. Nothing is sent to it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)

    def __init__(self, user: User, data: Any = None) -> None:
        self.user = user
        profile = profile_of(user)
        initial = {
            "name": user.get_full_name(),
            "email": user.email,
            "language": profile.language,
            "time_zone": profile.time_zone,
        }
        super().__init__(data, initial=initial)
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        server_zone = _("As this server: %(zone)s") % {"zone": settings.TIME_ZONE}
        self.fields["language"].choices = [("", _("As the browser asks")), *settings.LANGUAGES]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", server_zone),
            ("UTC", "UTC"),
            *((zone, zone.replace("_", " ")) for zone in zones),
        ]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email and User.objects.filter(email__iexact=email).exclude(pk=self.user.pk).exists():
            raise forms.ValidationError(_("Another account here uses this e-mail address."))
        return email

    def save(self) -> None:
        said = self.cleaned_data
        with transaction.atomic():
            if said["email"] != self.user.email:
                claim_address(self.user, said["email"])
            if said["name"] != self.user.get_full_name():
                self.user.first_name, self.user.last_name = said["name"], ""
            self.user.email = said["email"]
            self.user.save(update_fields=["first_name", "last_name", "email"])
            keep_profile(self.user, language=said["language"], time_zone=said["time_zone"])


def keep_profile(user: Any, **chosen: str) -> None:
    Profile.objects.update_or_create(user_id=user.pk, defaults=chosen)


@dataclass(frozen=True)
class Device:
    """A browser in which this person is signed in."""

    pk: int
    browser: str
    system: str
    ip: str
    since: datetime
    is_this: bool


def devices_of(request: HttpRequest) -> list[Device]:
    """Newest first; logins that have ended by themselves are dropped."""
    rows = sorted(UserSession.objects.purge_and_list(request.user), key=lambda row: row.created_at, reverse=True)
    return [
        Device(
            pk=row.pk,
            browser=browser_of(row.user_agent) or pgettext("device", "Unknown browser"),
            system=system_of(row.user_agent) or pgettext("device", "unknown system"),
            ip=row.ip,
            since=row.created_at,
            is_this=row.session_key == request.session.session_key,
        )
        for row in rows
    ]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = AccountForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(form.cleaned_data["language"] or translation.get_language()):
            messages.success(request, _("Saved."))
        response = redirect("account")
        if form.cleaned_data["language"]:
            remember_language(response, form.cleaned_data["language"])
        return response
    return render(request, "sessions_app/account.html", {"form": form, **facts_of(request, request.user)})


def facts_of(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the page shows beside the form."""
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = next((one for one in factors if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "role": role_of(user),
        "has_app": any(one.type == Authenticator.Type.TOTP for one in factors),
        "passkeys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "devices": devices_of(request),
        "may_use_password": settings.LECTERN_PASSWORD_LOGIN,
        "is_secure": request.is_secure() or request.get_host().partition(":")[0] == "localhost",
    }


@login_required
@require_POST
def end_devices(request: HttpRequest) -> HttpResponse:
    """Sign out the device that is named, or all but this one; their sockets close."""
    others = UserSession.objects.filter(user_id=request.user.pk).exclude(session_key=request.session.session_key)
    if "device" in request.POST:
        number = request.POST["device"]
        others = others.filter(pk=int(number)) if number.isdecimal() and len(number) < 19 else others.none()
    for device in others:
        device.end()
    messages.success(request, _("Signed out there."))
    return redirect("account")


def choose_language(request: HttpRequest) -> HttpResponseBase:
    """As Django does it, and kept for whoever is signed in."""
    response = set_language(request)
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        keep_profile(request.user, language=chosen)
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    """After signing out, and on the student's page, the same language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
