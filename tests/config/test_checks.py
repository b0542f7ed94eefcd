"""System checks: each fault of an operator is named once, with what to do; an ordinary installation has none."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, run_checks
from django.db import connection
from django.db.utils import OperationalError
from pytest_django.fixtures import Settings

from config import checks, open_files, setup


def ids(messages: Sequence[CheckMessage]) -> list[str]:
    return [str(message.id) for message in messages]


@pytest.fixture
def installation(settings: Settings, tmp_path: Path) -> Settings:
    """One with nothing to say against it."""
    settings.DEBUG = False
    settings.DATA_DIR = tmp_path
    settings.SECRET_KEY = "k" * 64
    settings.ALLOWED_HOSTS = ["class.example.org", "localhost"]
    settings.LECTERN_BASE_URL = "https://class.example.org"
    settings.LECTERN_ORIGINS = ["https://pages.example.org:8443"]
    settings.LECTERN_TRUSTED_PROXIES = "127.0.0.1"
    settings.LECTERN_GUEST_HOSTS = False
    settings.LECTERN_REDIS_URL = ""
    return settings


def test_an_ordinary_installation_has_nothing_to_mend(installation: Settings) -> None:
    ours = [message for message in run_checks() if str(message.id).startswith("lectern.")]

    assert ours == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ALLOWED_HOSTS": ["*"]}, ["lectern.W001"]),
        ({"LECTERN_BASE_URL": "http://class.example.org"}, ["lectern.W002"]),
        ({"LECTERN_BASE_URL": "http://192.168.1.5:8000", "ALLOWED_HOSTS": ["192.168.1.5"]}, ["lectern.W002"]),
        ({"LECTERN_BASE_URL": "http://localhost:8000"}, []),
        ({"LECTERN_BASE_URL": "http://127.0.0.1:8000", "ALLOWED_HOSTS": ["127.0.0.1"]}, []),
        ({"LECTERN_BASE_URL": "https://other.example.org"}, ["lectern.W010"]),
        ({"LECTERN_BASE_URL": "class.example.org"}, ["lectern.E006"]),
        ({"LECTERN_BASE_URL": "https://class.example.org/lectern"}, ["lectern.E006"]),
        ({"DEBUG": True}, ["lectern.E001"]),
        ({"DEBUG": True, "LECTERN_BASE_URL": "http://localhost:8000"}, []),
        ({"LECTERN_BASE_URL": ""}, []),
        ({"LECTERN_ORIGINS": ["pages.example.org"]}, ["lectern.E005"]),
        ({"LECTERN_ORIGINS": ["https://a.example/", "https://b.example", "*"]}, ["lectern.E005", "lectern.E005"]),
        ({"LECTERN_TRUSTED_PROXIES": "*"}, ["lectern.W009"]),
    ],
)
def test_addresses_that_do_not_fit_are_named(
    installation: Settings, changes: dict[str, Any], expected: list[str]
) -> None:
    for name, value in changes.items():
        setattr(installation, name, value)

    assert ids(checks.check_addresses()) == expected


def test_a_short_secret_and_guests_are_named(installation: Settings) -> None:
    installation.SECRET_KEY = "k" * 49
    installation.LECTERN_GUEST_HOSTS = True

    assert ids(checks.check_secrets()) == ["lectern.W008", "lectern.W007"]


@pytest.mark.parametrize(("mode", "expected"), [(0o600, []), (0o640, ["lectern.W005"]), (0o604, ["lectern.W005"])])
def test_a_secret_file_that_others_can_read_is_named(installation: Settings, mode: int, expected: list[str]) -> None:
    file = Path(installation.DATA_DIR) / "secret_key"
    file.write_text("k" * 64)
    file.chmod(mode)

    assert ids(checks.check_secrets()) == expected


def test_a_data_folder_that_cannot_be_written_is_named(installation: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.touch()
    installation.DATA_DIR = file

    (fault,) = checks.check_data_folder()

    assert (fault.id, str(file) in fault.msg) == ("lectern.E004", True)


def test_a_data_folder_that_is_yet_to_be_made_is_fine(installation: Settings, tmp_path: Path) -> None:
    installation.DATA_DIR = tmp_path / "not" / "yet"

    assert checks.check_data_folder() == []


def test_redis_beside_sqlite_and_redis_away_are_named(installation: Settings) -> None:
    installation.LECTERN_REDIS_URL = "redis://127.0.0.1:1/0"
    expected = ["lectern.W003", "lectern.W004"] if connection.vendor == "sqlite" else ["lectern.W004"]

    assert ids(checks.check_stores()) == expected


def test_a_redis_url_that_is_none_is_named(installation: Settings) -> None:
    installation.LECTERN_REDIS_URL = "127.0.0.1"

    assert ids(checks.check_stores())[-1] == "lectern.W004"


@pytest.mark.services_only
def test_a_redis_that_answers_is_fine(installation: Settings) -> None:
    installation.LECTERN_REDIS_URL = os.environ["LECTERN_REDIS_URL"]

    assert checks.check_stores() == []


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/lectern/data ext4 rw 0 0
//server/share /mnt/share cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/lectern.sqlite3", "ext4"),
        ("/home/teacher/lectern.sqlite3", "nfs4"),
        ("/home/lectern/data/lectern.sqlite3", "ext4"),
        ("/mnt/share/lectern.sqlite3", "cifs"),
        ("/mnt/shared/lectern.sqlite3", "ext4"),
    ],
)
def test_the_file_system_is_that_of_the_innermost_mount(tmp_path: Path, path: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)

    assert checks.filesystem_of(Path(path), mounts) == kind


def test_a_machine_that_does_not_tell_its_mounts_is_not_warned(tmp_path: Path) -> None:
    assert checks.filesystem_of(tmp_path, tmp_path / "missing") == ""


@pytest.mark.embedded_only
def test_sqlite_on_a_network_file_system_is_named(
    installation: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("server:/ / nfs4 rw 0 0\n")
    monkeypatch.setattr(checks, "MOUNTS", mounts)

    assert ids(checks.check_stores()) == ["lectern.W006"]


def test_a_machine_that_gives_too_few_files_is_named(installation: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_files, "most", lambda: 2 * 100 + open_files.SPARE)
    installation.LECTERN_MAX_PARTICIPANTS = 100
    assert checks.check_open_files() == []

    installation.LECTERN_MAX_PARTICIPANTS = 101

    assert ids(checks.check_open_files()) == ["lectern.W012"]


def test_a_database_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused\n\tIs the server running?")

    monkeypatch.setattr(connection, "ensure_connection", refuse)

    (fault,) = checks.check_database(databases=["default"])

    assert fault.id == "lectern.E003"
    assert fault.msg == "The database cannot be used: connection refused Is the server running?"


@pytest.mark.django_db
def test_a_database_that_answers_is_fine_and_asked_only_where_that_is_wanted() -> None:
    assert checks.check_database(databases=["default"]) == []
    assert checks.check_database() == []


@pytest.mark.django_db
def test_starting_prints_one_line_each_and_goes_on(installation: Settings) -> None:
    installation.LECTERN_GUEST_HOSTS = True
    said: list[str] = []

    setup.report_checks(said.append)

    ours = [line for line in said if "lectern." in line]
    assert ours == [
        "Warning lectern.W007: LECTERN_GUEST_HOSTS is on: whoever reaches this server can open sessions. "
        "Unset it unless clients without a login must host."
    ]


@pytest.mark.django_db
def test_starting_ends_where_nothing_would_work(installation: Settings) -> None:
    installation.LECTERN_ORIGINS = ["pages.example.org"]
    said: list[str] = []

    with pytest.raises(SystemExit, match="does not start before that is mended"):
        setup.report_checks(said.append)

    assert [line.split(":")[0] for line in said if "lectern." in line] == ["Error lectern.E005"]


def test_every_check_has_an_id_of_its_own_and_a_hint() -> None:
    source = (django_settings.BASE_DIR / "config" / "checks.py").read_text()
    used = re.findall(r"\"lectern\.([WE]\d{3})\"", source)

    assert sorted(used) == sorted(set(used))
    assert source.count("hint=") == len(used)


SIGN_ON = {
    "LECTERN_OIDC_ISSUER": "https://id.school.example",
    "LECTERN_OIDC_CLIENT_ID": "lectern",
    "LECTERN_OIDC_CLIENT_SECRET": "secret",
    "LECTERN_OIDC_DOMAINS": ["school.example"],
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"LECTERN_OIDC_CLIENT_ID": ""}, ["lectern.E009"]),
        ({"LECTERN_OIDC_CLIENT_SECRET": ""}, ["lectern.E009"]),
        ({"LECTERN_OIDC_ISSUER": "http://id.school.example"}, ["lectern.E010"]),
        ({"LECTERN_OIDC_ISSUER": "id.school.example"}, ["lectern.E010"]),
        ({"LECTERN_OIDC_ISSUER": "http://localhost:9000/school"}, []),
        ({"LECTERN_OIDC_CLAIM": "teachers"}, ["lectern.E011"]),
        ({"LECTERN_OIDC_STAFF_CLAIM": "groups="}, ["lectern.E011"]),
        ({"LECTERN_OIDC_STAFF_CLAIM": "realm.groups=office"}, []),
        ({"LECTERN_OIDC_DOMAINS": ["@school.example"]}, ["lectern.E012"]),
        ({"LECTERN_OIDC_DOMAINS": []}, ["lectern.W011"]),
        ({"LECTERN_OIDC_DOMAINS": [], "LECTERN_OIDC_CLAIM": "groups=teachers"}, []),
        ({"LECTERN_PASSWORD_LOGIN": False}, []),
        ({"LECTERN_OIDC_ISSUER": "", "LECTERN_PASSWORD_LOGIN": False}, ["lectern.E008"]),
    ],
    ids=str,
)
def test_single_sign_on(installation: Settings, changes: dict[str, Any], expected: list[str]) -> None:
    for name, value in {**SIGN_ON, **changes}.items():
        setattr(installation, name, value)

    assert ids(checks.check_single_sign_on()) == expected
