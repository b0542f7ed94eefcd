"""Speaks to a person with an account in their language and shows them their time, whatever the browser asks for."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from .accounts import profile_of


class ReaderMiddleware(MiddlewareMixin):
    """After the login is known. Whoever brings no session costs no look at one."""

    def process_request(self, request: HttpRequest) -> None:
        timezone.deactivate()
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return
        profile = profile_of(request.user)
        if profile.language in dict(settings.LANGUAGES):
            translation.activate(profile.language)
            request.LANGUAGE_CODE = translation.get_language()
        try:
            timezone.activate(ZoneInfo(profile.time_zone or settings.TIME_ZONE))
        except (ValueError, OSError, ZoneInfoNotFoundError):
            # A zone that the machine's table no longer has.
            timezone.deactivate()
