"""The sessions_app app: live sessions and the transport."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    verbose_name = _("Live sessions")

    # What the group "staff" may do, apart from what every teacher may.
    staff_may = (
        *("auth.view_user", "auth.add_user", "auth.change_user"),
        *("sessions_app.view_session", "sessions_app.change_session"),
        *("sessions_app.view_participant", "sessions_app.change_participant"),
        *("sessions_app.view_accesskey", "sessions_app.change_accesskey"),
        *("sessions_app.view_room", "sessions_app.view_runstep", "sessions_app.view_sessionevent"),
        *("sessions_app.view_lesson", "sessions_app.view_step", "sessions_app.view_profile"),
        *("sessions_app.view_connection", "sessions_app.view_serverprocess"),
    )

    def ready(self) -> None:
        from . import board, handlers, logins, missed, staff  # noqa: F401  # they fill registries and hear of logins
        from .accounts import grant_to_staff

        post_migrate.connect(grant_to_staff, dispatch_uid="lectern.staff")
