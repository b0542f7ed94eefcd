"""What a first start makes: secret, tables, static files, the first teacher; a later start only what is new."""

import hashlib
import secrets
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import segno
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from config import catalogs, checks

FIRST_TEACHER = "teacher"
Say = Callable[[str], None]


def make_secret(file: Path) -> None:
    """Write a secret key that only the owner may read; an existing one is kept."""
    if file.exists():
        return
    file.touch(mode=0o600)
    file.write_text(secrets.token_urlsafe(64))


def prepare(progress: Say) -> None:
    """Bring tables and static files up to date. Ends the program where a check finds that nothing would work."""
    report_checks(progress)
    catalogs.compile_all()
    if needs_migration():
        progress("Preparing the database …")
        run_quietly("migrate")
    if not settings.DEBUG and static_is_stale():
        progress("Preparing the pages' files …")
        run_quietly("collectstatic", clear=True)
        static_stamp().write_text(static_fingerprint())


def report_checks(say: Say) -> None:
    """What an operator can get wrong, one line each."""
    found = run_checks(databases=["default"])
    for message in found:
        say(
            f"{'Error' if message.is_serious() else 'Warning'} {message.id}: {message.msg} {message.hint or ''}".strip()
        )
    if any(message.is_serious() or message.id == checks.REDIS_AWAY for message in found):
        sys.exit("Lectern does not start before that is mended.")


def run_quietly(command: str, **options: object) -> None:
    call_command(command, interactive=False, verbosity=0, stdout=StringIO(), **options)


def needs_migration() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def static_is_stale() -> bool:
    stamp = static_stamp()
    return not stamp.exists() or stamp.read_text() != static_fingerprint()


def static_stamp() -> Path:
    return Path(settings.DATA_DIR) / "static.stamp"


def static_fingerprint() -> str:
    """Names, sizes and times of all sources: collecting hashes and compresses them, which takes seconds."""
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            seen.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def welcome(base_url: str, *, lan: bool, say: Say) -> None:
    """Say where it runs, and how the first teacher gets in."""
    say(f"\nLectern runs at {base_url}   (Ctrl+C stops it)")
    if link := first_sign_in(base_url):
        say(f"First sign-in as “{FIRST_TEACHER}”, valid once:\n  {link}")
    if lan:
        qr = StringIO()
        segno.make(base_url, error="m").terminal(out=qr, compact=True)
        say(f"Phones on this network join at {base_url}\n{qr.getvalue()}\n{PLAIN_HTTP}")
    say("")


def first_sign_in(base_url: str) -> str:
    """A link for the first teacher, who is made here, as long as nobody has signed in; else nothing."""
    users = get_user_model().objects
    if users.filter(last_login__isnull=False).exists():
        return ""
    teacher = users.filter(username=FIRST_TEACHER).first() or users.order_by("pk").first()
    if teacher is None:
        teacher = users.create_superuser(FIRST_TEACHER)
    # Named by its path: the apps' models are there only after django.setup().
    path: str = import_string("sessions_app.accounts.sign_in_path")(teacher)
    return base_url + path


PLAIN_HTTP = """\
  Over plain HTTP phones can join, vote and come back. What it cannot do: keep passwords and answers from others on
  the same Wi-Fi, keep a phone's screen awake, install as an app, or notify. For that put TLS in front:
  docs/operators.md shows Caddy in five lines."""
