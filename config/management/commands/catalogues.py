"""`manage.py catalogues update|compile|check`: the translations, for whoever changes a sentence."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import catalogs


class Command(BaseCommand):
    help = (
        "update: bring locale/ up to date with the sources; compile: write what gettext reads; check: what is missing."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("update", "compile", "check"))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "update":
            catalogs.update()
        if options["what"] == "check":
            self.check_all()
        catalogs.compile_all()

    def check_all(self) -> None:
        found = list(catalogs.faults())
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(
                f"{len(found)} texts are untranslated. `./dev manage catalogues update` puts them into locale/."
            )
