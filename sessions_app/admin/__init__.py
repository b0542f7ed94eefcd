"""The admin of live sessions: for reading, and for repair through the services that tell the sockets."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from . import lessons, people, servers, sessions
from .base import RecordAdmin

__all__ = ["RecordAdmin", "lessons", "people", "servers", "sessions"]

admin.site.site_title = _("Lectern")
admin.site.site_header = _("Lectern administration")
admin.site.index_title = _("Administration")
admin.site.site_url = "/sessions/"
