"""Which ways to sign in the school has opened."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django import template
from django.conf import settings

from ..oidc import PROVIDER_ID

register = template.Library()


@register.simple_tag
def ways_to_sign_in() -> dict[str, Any]:
    return {
        "password": settings.LECTERN_PASSWORD_LOGIN,
        "sso_id": PROVIDER_ID,
        "sso_name": settings.LECTERN_OIDC_NAME if settings.LECTERN_OIDC_ISSUER else "",
    }


@register.simple_tag
def needs_password(user: Any) -> bool:
    """Whether this person came by a link and could not come back: no password, no passkey, no single sign-on."""
    if user.has_usable_password() or not settings.LECTERN_PASSWORD_LOGIN:
        return False
    passkeys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return not (passkeys.exists() or SocialAccount.objects.filter(user=user).exists())
