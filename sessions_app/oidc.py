"""Single sign-on by OpenID Connect: what of the answer is believed, who may come in, and as whom."""

import hmac
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from requests import RequestException

from .accounts import Role, owner_of_address, role_of, set_role, trust_address
from .domain.claims import has_claim, is_in_domain, is_true

PROVIDER_ID = "school"
# Signatures by a key pair: one by a shared secret could be made by whoever knows the public key.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
CLOCKS_DIFFER_S = 60
# What an answer that somebody made up makes us and the libraries raise.
JUNK = (KeyError, TypeError, ValueError, AttributeError, ImproperlyConfigured, jwt.PyJWTError)


class SchoolServer(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """Talks to the school's server. Whatever it answers wrongly becomes an OAuth2Error, which a page explains."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        try:
            config: dict[str, Any] = super().openid_config
            if config["issuer"].rstrip("/") != settings.LECTERN_OIDC_ISSUER:
                raise OAuth2Error(f"The server calls itself {config['issuer']!r}, not as LECTERN_OIDC_ISSUER does.")
        except (RequestException, *JUNK) as fault:
            raise OAuth2Error("The single sign-on server does not say where it signs in.") from fault
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        path = reverse("openid_connect_callback", args=[self.provider_id])
        base: str = settings.LECTERN_BASE_URL
        return base + path if base else request.build_absolute_uri(path)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        try:
            claims = self._claims_of(kwargs["response"]["id_token"], app.client_id)
            claims = {**claims, **self._more_about(claims["sub"], token.token)}
            login = self.get_provider().sociallogin_from_response(request, {"userinfo": claims})
        except JUNK as fault:
            raise OAuth2Error("The single sign-on server's answer is not valid.") from fault
        login.claims = claims
        return login

    def _claims_of(self, id_token: str, client_id: str) -> dict[str, Any]:
        """What the signed token says; it must be for us, fresh, and the answer to this very sign-in."""
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key=self._key_of(id_token),
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=self.openid_config["issuer"],
            leeway=CLOCKS_DIFFER_S,
            options={"require": REQUIRED},
        )
        if not self.nonce or not hmac.compare_digest(str(claims["nonce"]).encode(), self.nonce.encode()):
            raise OAuth2Error("The token answers another sign-in.")
        if claims.get("azp", client_id) != client_id:
            raise OAuth2Error("The token was made for another client.")
        return claims

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        header = jwt.get_unverified_header(id_token)
        if header["alg"] not in ALGORITHMS:
            raise OAuth2Error(f"The token is signed by {header['alg']}.")
        with get_social_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = [key for key in answer.json()["keys"] if key.get("use", "sig") == "sig"]
        if "kid" in header:
            keys = [key for key in keys if key.get("kid") == header["kid"]]
        if len(keys) != 1:
            raise OAuth2Error("The token names no key of the server.")
        return jwt.PyJWK.from_dict(keys[0], algorithm=header["alg"])

    def _more_about(self, subject: str, access_token: str) -> dict[str, Any]:
        """What the server adds at its other address, which is about the same person or about nobody."""
        if not self.openid_config.get("userinfo_endpoint"):
            return {}
        found: dict[str, Any] = self._fetch_user_info(access_token)
        if found["sub"] != subject:
            raise OAuth2Error("The server speaks of two persons.")
        return found


class SchoolCallback(OAuth2CallbackView):  # type: ignore[misc]  # allauth has no types
    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, response


class SchoolProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    oauth2_adapter_class = SchoolServer

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, **kwargs: Any) -> HttpResponse:
        """Always to sign in, with our scope and nothing that the address adds."""
        nonce = get_random_string(32)
        params = {**self.get_auth_params(), "nonce": nonce}
        response: HttpResponse = super().redirect(
            request, AuthProcess.LOGIN, next_url, auth_params=params, scope=self.get_scope(), nonce=nonce
        )
        return response

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        said = data["userinfo"]
        verified = is_true(said.get("email_verified")) or settings.LECTERN_OIDC_TRUST_EMAIL
        # An address that nobody vouches for is not taken over: it could be anybody's.
        email = str(said.get("email") or "") if verified else ""
        fields: dict[str, Any] = {**super().extract_common_fields(data), "email": email, "email_verified": verified}
        return fields

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """The one above is enough."""
        return []

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Of all that the server says we keep who it is."""
        return {"userinfo": {name: data["userinfo"].get(name, "") for name in ("sub", "name", "email")}}


class SchoolAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def list_apps(self, request: HttpRequest, provider: str = "", client_id: str = "") -> list[SocialApp]:
        """The one of the settings; the database holds none."""
        if not settings.LECTERN_OIDC_ISSUER or (provider or PROVIDER_ID) not in (PROVIDER_ID, OpenIDConnectProvider.id):
            return []
        return [
            SocialApp(
                provider=OpenIDConnectProvider.id,
                provider_id=PROVIDER_ID,
                name=settings.LECTERN_OIDC_NAME,
                client_id=settings.LECTERN_OIDC_CLIENT_ID,
                secret=settings.LECTERN_OIDC_CLIENT_SECRET,
                settings={"server_url": settings.LECTERN_OIDC_ISSUER, "oauth_pkce_enabled": True},
            )
        ]

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """An account that is there already, by an address that both sides vouch for."""
        address = verified_address(sociallogin)
        user = owner_of_address(address) if address else None
        if user is None:
            return None
        trust_address(user)
        return user, address

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing:
            settle_role(sociallogin.user, sociallogin.claims)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Raises ImmediateHttpResponse with a page that says why not."""
        address = verified_address(sociallogin)
        if not may_have_account(address, sociallogin.claims):
            refuse(request, _("This school account may not open sessions here. Ask the person who runs this server."))
        if address and User.objects.filter(email__iexact=address).exists():
            refuse(
                request,
                _(
                    "Another account here uses your e-mail address, and nobody has confirmed that it is yours. "
                    "Ask the person who runs this server."
                ),
            )
        return True

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        user: User = super().save_user(request, sociallogin, form)
        trust_address(user)
        settle_role(user, sociallogin.claims)
        return user


def verified_address(sociallogin: SocialLogin) -> str:
    return next((one.email for one in sociallogin.email_addresses if one.verified), "")


def may_have_account(address: str, claims: dict[str, Any]) -> bool:
    """Whether a person whom nobody here knows gets an account: by every rule that is set, and there must be one."""
    domains, claim = settings.LECTERN_OIDC_DOMAINS, settings.LECTERN_OIDC_CLAIM
    rules = [is_in_domain(address, domains)] if domains else []
    rules += [has_claim(claims, claim)] if claim else []
    return bool(rules) and all(rules)


def settle_role(user: User, claims: dict[str, Any]) -> None:
    """Where a claim decides who is staff, it decides at every sign-in; admins are left alone."""
    if not settings.LECTERN_OIDC_STAFF_CLAIM or role_of(user) is Role.ADMIN:
        return
    role = Role.STAFF if has_claim(claims, settings.LECTERN_OIDC_STAFF_CLAIM) else Role.TEACHER
    if role is not role_of(user):
        set_role(user, role)


def refuse(request: HttpRequest, reason: str) -> None:
    raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", {"reason": reason}, status=403))
