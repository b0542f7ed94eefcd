"""Signing in by a link that is valid once or by single sign-on, and whether the server is well."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2LoginView
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..accounts import user_of_link
from ..errors import LINK_USED, Rejected
from ..oidc import SchoolCallback, SchoolServer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_once(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """One button, so that a link preview does not use the link up. It replaces a password, not a second factor."""
    user = user_of_link(uid, token)
    if user is None:
        refusal = Rejected("NOT_ALLOWED", LINK_USED)
        return render(request, "sessions_app/refused.html", {"refusal": refusal}, status=410)
    if request.method != "POST":
        return render(request, "sessions_app/sign_in_once.html", {"teacher": user})
    # As sure as a password just typed: the pages that change how one signs in ask no more for a while.
    record_authentication(request, user, "link", reauthenticated=True)
    response: HttpResponse = perform_login(request, user)
    return response


@never_cache
@require_POST
def sso(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the school's server, by a page of ours: the redirects on the way are nobody's to foresee in a policy."""
    try:
        response: HttpResponse = OAuth2LoginView.adapter_view(SchoolServer(request, provider_id))(request)
    except SocialApp.DoesNotExist as fault:
        raise Http404("No single sign-on is set.") from fault
    except OAuth2Error as fault:
        return sso_failed(request, fault)
    if not isinstance(response, HttpResponseRedirect):
        return response
    return render(request, "socialaccount/leaving.html", {"address": response.url})


@never_cache
@require_safe
def sso_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = SchoolCallback.adapter_view(SchoolServer(request, provider_id))(request)
    except SocialApp.DoesNotExist as fault:
        raise Http404("No single sign-on is set.") from fault
    except OAuth2Error as fault:
        return sso_failed(request, fault)
    return response


def sso_failed(request: HttpRequest, fault: OAuth2Error) -> HttpResponse:
    page = {"auth_error": {"code": AuthError.UNKNOWN, "exception": fault}}
    return render(request, "socialaccount/authentication_error.html", page, status=401)


@require_safe
def sso_cancelled(request: HttpRequest) -> HttpResponse:
    return redirect("account_login")


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The process answers, and so does its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})
