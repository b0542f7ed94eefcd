"""What every page goes through: compression, and the language and time of a person with an account."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from .accounts import profile_of


class CompressPages(GZipMiddleware):
    """Whole pages only: a file is streamed as it is.

    Django pads what it compresses by chance, so that a page's length tells no secret in it (Heal The Breach).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)


class ReaderMiddleware(MiddlewareMixin):
    """Whatever the browser asks for. After the login is known. Whoever brings no session costs no look at one."""

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
