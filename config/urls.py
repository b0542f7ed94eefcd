"""Routes of the project: every app's own, the accounts, the admin, the API's description."""

from allauth.account import views as allauth_account
from allauth.account.decorators import secure_admin_login
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView

from sessions_app.pages import account, sign_in

# The admin signs in through the teachers' page, which is throttled.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Of allauth's pages those that need no e-mail: whoever forgot a password is given a sign-in link by staff.
signing_in = [
    path("login/", allauth_account.login, name="account_login"),
    path("logout/", allauth_account.logout, name="account_logout"),
    path("signup/", allauth_account.signup, name="account_signup"),
    path("inactive/", allauth_account.account_inactive, name="account_inactive"),
    path("factor/", factors.authenticate, name="mfa_authenticate"),
    path("passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sso/<str:provider_id>/", sign_in.sso, name="openid_connect_login"),
    path("sso/<str:provider_id>/back/", sign_in.sso_back, name="openid_connect_callback"),
    path("sso/cancelled", sign_in.sso_cancelled, name="socialaccount_login_cancelled"),
]
# Each asks once more who is there, when that was long ago.
keeping_safe = [
    path("password/change/", allauth_account.password_change, name="account_change_password"),
    path("password/set/", allauth_account.password_set, name="account_set_password"),
    path("confirm/", allauth_account.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("app/add/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/name/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
]
# Where allauth has pages of its own for these, we have one for all.
one_page = [
    path("account/", account.account, name=name)
    for name in ("account", "mfa_index", "mfa_list_webauthn", "socialaccount_connections", "socialaccount_signup")
]

urlpatterns = [
    path("", include("sessions_app.urls")),
    # Exempt, so that a phone's page needs no token and no cookie of its own: all that a stranger's page could do with
    # it is to change the language. (The cookie of a login does not come along with a stranger's form.)
    path("language/", csrf_exempt(account.choose_language), name="set_language"),
    *one_page,
    path("account/devices/end", account.end_devices, name="end-devices"),
    path("accounts/", include(signing_in)),
    path("accounts/", include(keeping_safe)),
    path("admin/", admin.site.urls),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
]
