"""The widgets app: every module in kinds/ registers a type of room."""

import importlib
import pkgutil

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WidgetsConfig(AppConfig):
    name = "widgets"
    verbose_name = _("Classroom widgets")
    staff_may = ("widgets.view_entry",)

    def ready(self) -> None:
        from . import kinds

        for module in pkgutil.iter_modules(kinds.__path__):
            importlib.import_module(f"{kinds.__name__}.{module.name}")
