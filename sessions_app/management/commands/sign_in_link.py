"""`manage.py sign_in_link NAME`: a sign-in that is valid once, for a teacher who has lost the password."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app.accounts import sign_in_path


class Command(BaseCommand):
    help = "Print a one-time sign-in link for an account; it is valid for three days or until the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--without-second-factor",
            action="store_true",
            help="Remove authenticator app, passkeys and recovery codes.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account “{options['username']}”. The admin lists all of them.")
        if options["without_second_factor"]:
            Authenticator.objects.filter(user=user).delete()
        self.stdout.write((settings.LECTERN_BASE_URL or "http://127.0.0.1:8000") + sign_in_path(user))
