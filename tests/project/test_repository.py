"""The repository's own papers and tools: changelog, licence, ./dev, migrations, the tests' environment."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from .. import env
from .files import ROOT

CHANGELOG_HEADING = re.compile(r"^## (\d+\.\d+\.\d+) — (unreleased|\d{4}-\d{2}-\d{2})$")
COMMANDS = ["run", "test", "check", "soak", "bench", "e2e", "shots", "manage"]
SHELLS = [shell for shell in ("sh", "dash", "bash") if shutil.which(shell)]


def changelog_headings() -> list[str]:
    return [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]


@pytest.mark.profile_free
def test_changelog_headings_are_versions_and_the_newest_is_the_servers() -> None:
    headings = changelog_headings()

    assert [heading for heading in headings if not CHANGELOG_HEADING.match(heading)] == []
    assert headings[0].split()[1] == settings.VERSION


@pytest.mark.profile_free
def test_only_the_top_entry_of_the_changelog_may_be_unreleased() -> None:
    assert [heading for heading in changelog_headings()[1:] if heading.endswith("unreleased")] == []


@pytest.mark.profile_free
def test_licence_is_the_one_that_package_json_names() -> None:
    title = " ".join((ROOT / "LICENSE").read_text().split()[:9])

    assert title == "GNU AFFERO GENERAL PUBLIC LICENSE Version 3, 19 November"
    assert json.loads((ROOT / "package.json").read_text())["license"] == "AGPL-3.0-or-later"


@pytest.mark.profile_free
@pytest.mark.parametrize("script", ["dev", "tools/machine.sh"])
@pytest.mark.parametrize("shell", SHELLS)
def test_dev_is_portable_shell(shell: str, script: str) -> None:
    checked = subprocess.run([shell, "-n", script], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.profile_free
def test_dev_alone_lists_its_commands() -> None:
    listed = subprocess.run(["./dev"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert re.findall(r"^  ([a-z0-9]+)\b.* {2,}\S", listed, re.MULTILINE) == COMMANDS


@pytest.mark.profile_free
def test_dev_refuses_a_command_it_does_not_have() -> None:
    refused = subprocess.run(["./dev", "frobnicate"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines()[-1] == "There is no command 'frobnicate'."


@pytest.mark.profile_free
def test_ci_runs_the_developers_tests_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()

    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[1:] == ['cd "$(dirname "${BASH_SOURCE[0]}")/.." && exec ./dev test']
    assert os.access(ROOT / "dev", os.X_OK)


@pytest.mark.django_db
def test_migrations_are_in_sync_with_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True)


@pytest.mark.embedded_only
def test_the_test_database_of_the_embedded_profile_is_a_file_of_this_worker() -> None:
    name = Path(str(connection.settings_dict["TEST"]["NAME"]))

    assert name.parent == settings.DATA_DIR
    assert settings.DATA_DIR.name.startswith("lectern-tests-")


def test_the_profile_decides_database_and_layer() -> None:
    layer = settings.CHANNEL_LAYERS["default"]["BACKEND"].rpartition(".")[2]
    expected = {"embedded": ("sqlite", "InProcessLayer"), "services": ("postgresql", "RedisPubSubChannelLayer")}

    assert (connection.vendor, layer) == expected[os.environ["LECTERN_TEST_PROFILE"]]


@pytest.mark.profile_free
def test_the_developers_own_settings_do_not_reach_the_tests() -> None:
    assert env.environment(
        {"LECTERN_DEBUG": "1", "LECTERN_REDIS_URL": "redis://live/0", "HOME": "/"}, "/where/tests/write"
    ) == {
        "LECTERN_TEST_PROFILE": "embedded",
        "LECTERN_SECRET_KEY": "test-only-" + "k" * 50,
        "LECTERN_DATA_DIR": "/where/tests/write",
    }


@pytest.mark.profile_free
def test_each_worker_has_a_redis_database_of_its_own() -> None:
    url = "redis://:secret@localhost:6379/2"

    assert [env.redis_url_of_worker(url, worker) for worker in ("", "gw0", "gw2")] == [
        "redis://:secret@localhost:6379/2",
        "redis://:secret@localhost:6379/2",
        "redis://:secret@localhost:6379/0",
    ]
    with pytest.raises(ValueError, match="no Redis database for worker gw3"):
        env.redis_url_of_worker(url, "gw3")
