"""The project itself as an app, so that its system checks are known."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "config"
    verbose_name = "Lectern"

    def ready(self) -> None:
        from . import checks  # noqa: F401  # registers them
