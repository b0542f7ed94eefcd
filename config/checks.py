"""Django system checks for what an operator can get wrong; `./dev run` prints them, one line each with its hint."""

import re
import stat
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import Error as DatabaseFault
from django.db import connections
from django.http.request import validate_host
from redis import Redis
from redis.exceptions import RedisError

from config import open_files
from sessions_app.domain.claims import parse_rule

SECRET_LENGTH = 50
# A warning, since `migrate` and others need no Redis; for a server it is the end.
REDIS_AWAY = "lectern.W004"
REDIS_PATIENCE_S = 2
MOUNTS = Path("/proc/mounts")
NETWORK_FILESYSTEMS = {
    *("9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "glusterfs"),
    *("lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"),
}


def is_local(address: SplitResult) -> bool:
    """Whether only this machine reaches the address."""
    host = address.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_origin(address: str) -> bool:
    """`https://host` or `https://host:port`, and nothing behind it."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and address == f"{parts.scheme}://{parts.netloc}"


@register(Tags.security)
def check_addresses(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    return list(_faults_of_addresses())


def _faults_of_addresses() -> Iterator[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        yield Warning(
            "LECTERN_ALLOWED_HOSTS is *: links in pages and mails can be made to point to another server.",
            hint="List the names that this server is reached by, such as class.example.org.",
            id="lectern.W001",
        )
    for origin in settings.LECTERN_ORIGINS:
        if not is_origin(origin):
            yield Error(
                f"LECTERN_ORIGINS has {origin!r}, which is no origin: no page of it could connect.",
                hint="Write scheme and host and nothing more: https://class.example.org.",
                id="lectern.E005",
            )
    if settings.LECTERN_TRUSTED_PROXIES == "*":
        yield Warning(
            "LECTERN_TRUSTED_PROXIES is *: whoever guesses codes can claim a new address for every guess.",
            hint="Name the addresses of your proxies, such as 127.0.0.1 or 172.18.0.0/16.",
            id="lectern.W009",
        )
    if settings.LECTERN_BASE_URL:
        yield from _faults_of_base_url(settings.LECTERN_BASE_URL)


def _faults_of_base_url(base_url: str) -> Iterator[CheckMessage]:
    address = urlsplit(base_url)
    if not is_origin(base_url):
        yield Error(
            f"LECTERN_BASE_URL is {base_url!r}, which is no address of a site.",
            hint="Write scheme and host and nothing more: https://class.example.org.",
            id="lectern.E006",
        )
        return
    if settings.DEBUG and not is_local(address):
        yield Error(
            f"LECTERN_DEBUG is on, and {base_url} is not this machine: its error pages show settings and code.",
            hint="Unset LECTERN_DEBUG, and start without --debug.",
            id="lectern.E001",
        )
    if address.scheme != "https" and not is_local(address):
        yield Warning(
            f"{base_url} is not https: passwords and answers can be read and changed on their way.",
            hint="Put TLS in front, as docs/operators.md shows, and set LECTERN_BASE_URL to https://….",
            id="lectern.W002",
        )
    if not settings.DEBUG and not validate_host(address.hostname or "", settings.ALLOWED_HOSTS):
        yield Warning(
            f"{address.hostname}, the host of LECTERN_BASE_URL, is not in LECTERN_ALLOWED_HOSTS: its pages answer 400.",
            hint=f"Set LECTERN_ALLOWED_HOSTS to {address.hostname}.",
            id="lectern.W010",
        )


@register(Tags.security)
def check_secrets(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < SECRET_LENGTH:
        found.append(
            Warning(
                f"The secret key has only {len(settings.SECRET_KEY)} characters: who guesses it can be anybody.",
                hint="Unset LECTERN_SECRET_KEY, and ./dev run makes a good one; everybody signs in and joins anew.",
                id="lectern.W008",
            )
        )
    file = settings.DATA_DIR / "secret_key"
    if file.is_file() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        found.append(
            Warning(
                f"{file} can be read by other users of this machine, who can then sign in as anybody.",
                hint=f"chmod 600 {file}",
                id="lectern.W005",
            )
        )
    if settings.LECTERN_GUEST_HOSTS:
        found.append(
            Warning(
                "LECTERN_GUEST_HOSTS is on: whoever reaches this server can open sessions.",
                hint="Unset it unless clients without a login must host.",
                id="lectern.W007",
            )
        )
    return found


@register(Tags.security)
def check_single_sign_on(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.LECTERN_OIDC_ISSUER:
        return list(_faults_of_single_sign_on())
    if not settings.LECTERN_PASSWORD_LOGIN:
        return [
            Error(
                "LECTERN_PASSWORD_LOGIN is 0, and there is no single sign-on: only links and passkeys sign anybody in.",
                hint="Set LECTERN_OIDC_ISSUER, or unset LECTERN_PASSWORD_LOGIN.",
                id="lectern.E008",
            )
        ]
    return []


def _faults_of_single_sign_on() -> Iterator[CheckMessage]:
    missing = [name for name in ("LECTERN_OIDC_CLIENT_ID", "LECTERN_OIDC_CLIENT_SECRET") if not getattr(settings, name)]
    if missing:
        yield Error(
            f"LECTERN_OIDC_ISSUER is set, but not {' and '.join(missing)}: nobody can sign in by it.",
            hint="Register Lectern with the single sign-on server, and set what it gives you.",
            id="lectern.E009",
        )
    issuer = urlsplit(settings.LECTERN_OIDC_ISSUER)
    if issuer.scheme != "https" and not is_local(issuer):
        yield Error(
            f"LECTERN_OIDC_ISSUER is {settings.LECTERN_OIDC_ISSUER!r}: who is on the way could sign in as anybody.",
            hint="Give the server's https address, without /.well-known/….",
            id="lectern.E010",
        )
    yield from _faults_of_who_may_come()


def _faults_of_who_may_come() -> Iterator[CheckMessage]:
    for name in ("LECTERN_OIDC_CLAIM", "LECTERN_OIDC_STAFF_CLAIM"):
        rule = getattr(settings, name)
        if rule and parse_rule(rule) is None:
            yield Error(
                f"{name} is {rule!r}, which is no claim and value.",
                hint="Write the claim, an equals sign and the value: groups=teachers.",
                id="lectern.E011",
            )
    odd = [domain for domain in settings.LECTERN_OIDC_DOMAINS if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain)]
    if odd:
        yield Error(
            f"LECTERN_OIDC_DOMAINS has {odd[0]!r}, which is no domain.",
            hint="Write what stands behind the @ of your addresses: school.example.",
            id="lectern.E012",
        )
    if not settings.LECTERN_OIDC_DOMAINS and not settings.LECTERN_OIDC_CLAIM:
        yield Warning(
            "Single sign-on makes no accounts: it lets in only those that are here already.",
            hint="Say who gets one by LECTERN_OIDC_DOMAINS or LECTERN_OIDC_CLAIM.",
            id="lectern.W011",
        )


@register(Tags.files)
def check_data_folder(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Whether it can be written, or made where it is not there yet."""
    folder = Path(settings.DATA_DIR).absolute()
    try:
        with TemporaryFile(dir=next(path for path in (folder, *folder.parents) if path.exists())):
            return []
    except OSError as fault:
        return [
            Error(
                f"The data folder {settings.DATA_DIR} cannot be written ({fault.strerror}).",
                hint="Give it to the user that runs Lectern, or set LECTERN_DATA_DIR to another folder.",
                id="lectern.E004",
            )
        ]


@register(Tags.compatibility)
def check_stores(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Which stores fit together, and whether Redis answers."""
    return [*_faults_of_sqlite(), *_faults_of_redis()]


def _faults_of_sqlite() -> Iterator[CheckMessage]:
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return
    if settings.LECTERN_REDIS_URL:
        yield Warning(
            "Redis is set, for more than one process, but the database is SQLite, which lets one write at a time.",
            hint="Set LECTERN_DATABASE_URL to a PostgreSQL database, or unset LECTERN_REDIS_URL.",
            id="lectern.W003",
        )
    filesystem = filesystem_of(Path(database["NAME"]), MOUNTS)
    if filesystem in NETWORK_FILESYSTEMS:
        yield Warning(
            f"The SQLite database is on a network file system ({filesystem}), where it can be damaged.",
            hint="Set LECTERN_DATA_DIR to a folder on a local disk.",
            id="lectern.W006",
        )


def filesystem_of(path: Path, mounts: Path) -> str:
    """The type of the file system that holds the path; empty where the machine does not tell."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""
    inside = path.resolve()
    found = [line.split()[1:3] for line in lines if len(line.split()) > 2]
    # Of two mounts on one folder the later one covers the earlier.
    holding = [(len(point), number, kind) for number, (point, kind) in enumerate(found) if inside.is_relative_to(point)]
    return max(holding, default=(0, 0, ""))[2]


def _faults_of_redis() -> Iterator[CheckMessage]:
    if not settings.LECTERN_REDIS_URL:
        return
    try:
        with Redis.from_url(settings.LECTERN_REDIS_URL, socket_connect_timeout=REDIS_PATIENCE_S) as client:
            client.ping()
    except (RedisError, ValueError) as fault:
        yield Warning(
            f"Redis does not answer ({fault}): no server can start without it.",
            hint="Start Redis, or correct LECTERN_REDIS_URL.",
            id=REDIS_AWAY,
        )


@register(Tags.compatibility)
def check_open_files(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    most, seats = open_files.most(), settings.LECTERN_MAX_PARTICIPANTS
    if most >= open_files.needed_by(seats):
        return []
    return [
        Warning(
            f"This machine lets a server open {most} files and sockets, too few for {seats} students.",
            hint=f"Allow {open_files.needed_by(seats)}: LimitNOFILE= in the systemd unit, or ulimit -Hn.",
            id="lectern.W012",
        )
    ]


@register(Tags.database)
def check_database(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> Sequence[CheckMessage]:
    """Whether it answers; Django itself refuses one that is too old."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        try:
            connections[alias].ensure_connection()
        except DatabaseFault as fault:
            found.append(
                Error(
                    f"The database cannot be used: {' '.join(str(fault).split())}",
                    hint="Start PostgreSQL 14 or newer, or correct LECTERN_DATABASE_URL.",
                    id="lectern.E003",
                )
            )
    return found
