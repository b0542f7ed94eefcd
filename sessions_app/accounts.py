"""Accounts of teachers: made by staff, by ./dev or by single sign-on, never by whoever comes along; and their roles."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from .models import Profile

STAFF_GROUP_NAME = "staff"


class Role(models.TextChoices):
    """What an account may do, from least to most."""

    TEACHER = "teacher", _("Teacher")
    STAFF = "staff", _("Staff")
    ADMIN = "admin", _("Administrator")


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has passkeys and no app is asked for a passkey first, not for a recovery code."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        has_app = is_mfa_enabled(user, [Authenticator.Type.TOTP])
        return sorted(methods, key=lambda method: method["id"] == "mfa_reauthenticate" and not has_app)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """There is no mail."""


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    def get_user(self, user_id: int) -> User | None:
        """With the profile, which every page of a teacher asks for."""
        user = User.objects.select_related("profile").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """By name or e-mail and password; refused where the school has switched passwords off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or e-mail")
        self.fields["login"].widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Stay signed in on this device")

    def clean(self) -> Any:
        if not settings.LECTERN_PASSWORD_LOGIN:
            raise ValidationError(_("Passwords are switched off here. Use the other ways to sign in."))
        return super().clean()


def sign_in_path(user: User) -> str:
    """The path of a one-time sign-in. Its token holds the time of the last login, so that it dies by being used."""
    uid = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("sign-in-once", args=[uid, default_token_generator.make_token(user)])


def user_of_link(uid: str, token: str) -> User | None:
    """Who may sign in by this link; None when it was used, is old or was made up."""
    try:
        pk = int(force_str(urlsafe_base64_decode(uid)))
    except ValueError:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and default_token_generator.check_token(user, token) else None


def role_of(user: Any) -> Role:
    if user.is_superuser:
        return Role.ADMIN
    return Role.STAFF if user.is_staff else Role.TEACHER


def may_manage(manager: Any, user: User) -> bool:
    """Admins manage every account; staff those of teachers, and so nobody who could do more than they."""
    if role_of(manager) is Role.ADMIN:
        return True
    return role_of(manager) is Role.STAFF and role_of(user) is Role.TEACHER


def set_role(user: User, role: Role) -> None:
    """Give the account this role instead of the one it has; its sockets look whether they may still stay."""
    with transaction.atomic():
        user.is_staff = role is not Role.TEACHER
        user.is_superuser = role is Role.ADMIN
        user.save(update_fields=["is_staff", "is_superuser"])
        group, _made = Group.objects.get_or_create(name=STAFF_GROUP_NAME)
        if role is Role.STAFF:
            user.groups.add(group)
        else:
            user.groups.remove(group)


def grant_to_staff(sender: AppConfig, **named: Any) -> None:
    """After migrating: the group of staff gets what the app says that staff may do; what is there stays."""
    codenames = getattr(sender, "staff_may", ())
    if not codenames:
        return
    using = named["using"]
    group, _made = Group.objects.using(using).get_or_create(name=STAFF_GROUP_NAME)
    wanted = [tuple(codename.split(".")) for codename in codenames]
    found = Permission.objects.using(using).filter(codename__in=[codename for _label, codename in wanted])
    named_so = found.select_related("content_type")
    group.permissions.add(*(one for one in named_so if (one.content_type.app_label, one.codename) in wanted))


def profile_of(user: Any) -> Profile:
    """How this person reads Lectern; an unsaved, empty one where nothing has been chosen."""
    try:
        profile: Profile = user.profile
    except Profile.DoesNotExist:
        return Profile(user_id=user.pk)
    return profile


def claim_address(user: User, address: str) -> None:
    """An e-mail address that the person typed: it signs in, but links no single sign-on to the account."""
    EmailAddress.objects.filter(user=user).delete()
    if address:
        EmailAddress.objects.create(user=user, email=address.lower(), primary=True, verified=False)


def trust_address(user: User) -> None:
    """The account's e-mail address is this person's: staff typed it, or the single sign-on says so."""
    EmailAddress.objects.filter(user=user).delete()
    if user.email:
        EmailAddress.objects.filter(email__iexact=user.email, verified=False).delete()
        EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True, verified=True)


def owner_of_address(address: str) -> User | None:
    """The one account with this e-mail address, unless its owner only claims to have it."""
    found = list(User.objects.filter(email__iexact=address)[:2])
    if len(found) != 1 or EmailAddress.objects.filter(user=found[0], email__iexact=address, verified=False).exists():
        return None
    return found[0]
