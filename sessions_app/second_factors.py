"""Second factors: how the secrets of authenticator apps are kept, and what a passkey must prove."""

import base64
import hashlib
from io import BytesIO
from typing import Any

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What a credential that somebody made up makes the parsers of the library raise.
JUNK = (ValueError, TypeError, KeyError, AttributeError)


def _locks() -> MultiFernet:
    """Keys made of the server's secret, and of older ones, for this purpose alone."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = [hashlib.sha256(f"lectern.second-factor.{secret}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    def encrypt(self, text: str) -> str:
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was locked by a secret that is gone becomes a secret that nobody has."""
        try:
            return _locks().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return str(generate_totp_secret())

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def build_totp_svg(self, url: str) -> str:
        drawn = BytesIO()
        qr = segno.make(url, error="m", micro=False)
        # With its name space, since the page shows it as a picture of its own.
        qr.save(drawn, kind="svg", xmldecl=False, svgns=True, scale=5, border=4, dark="black", light="white")
        return drawn.getvalue().decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Lectern"}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """There is no mail."""


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Every passkey here signs in by itself, and so it must check who holds it."""

    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
        self.fields["name"].max_length = 60
        self.fields["name"].widget.attrs |= {"maxlength": 60, "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        try:
            cleaned: dict[str, Any] = super().clean()
        except JUNK as fault:
            raise ValidationError(_("This passkey could not be read. Try again.")) from fault
        return cleaned


class ReadsCarefully:
    """A form with what a browser says of a passkey, which anybody can make up."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except JUNK as fault:
            raise ValidationError(_("This passkey could not be read. Try again.")) from fault


class SecondStepForm(ReadsCarefully, AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """After the password."""


class SignInByPasskeyForm(ReadsCarefully, LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Instead of it."""


class ConfirmByPasskeyForm(ReadsCarefully, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Before something about signing in changes."""
