"""The first start makes everything, the second one nothing; who configures it wrongly is told so in a sentence."""

import http.cookiejar
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ..faults.ports import free_port
from ..faults.server import ROOT, Server, clean_environment

pytestmark = pytest.mark.slow
LINK = re.compile(r"http://\S+/sign-in/\S+")
SECOND_START_S = 15.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """On an empty data folder, with nothing else set: the embedded profile, whatever these tests run on."""
    found = Server({"LECTERN_DATA_DIR": str(tmp_path)})
    yield found
    found.kill()


def test_the_first_start_prepares_and_the_second_only_starts(server: Server, tmp_path: Path) -> None:
    server.start()
    assert server.stop() == 0
    first = server.log
    secret = (tmp_path / "secret_key").read_text()
    assert re.findall(r"^Preparing .*$", first, re.MULTILINE) == [
        "Preparing the database …",
        "Preparing the pages' files …",
    ]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600

    begun = time.monotonic()
    server.start()
    assert time.monotonic() - begun < SECOND_START_S
    assert "Preparing" not in server.log[len(first) :]
    assert (tmp_path / "secret_key").read_text() == secret
    # Nobody has signed in yet, so there is a link again.
    assert len(LINK.findall(server.log)) == 2
    assert server.troubles == []


class Browser:
    """Keeps cookies, follows redirects, sends the page's own form."""

    def __init__(self) -> None:
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, url: str) -> tuple[int, str, str]:
        return self._open(urllib.request.Request(url))  # noqa: S310  # of our own server

    def send_form(self, url: str, page: str) -> tuple[int, str, str]:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token, page
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1]}).encode()
        return self._open(urllib.request.Request(url, data, {"Referer": url}))  # noqa: S310

    def _open(self, request: urllib.request.Request) -> tuple[int, str, str]:
        """Status, address after redirects, body."""
        try:
            with self._opener.open(request, timeout=30) as response:
                return response.status, response.url, response.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.url or "", refusal.read().decode()


def test_the_first_teachers_link_signs_in_once(server: Server) -> None:
    server.start()
    (link,) = LINK.findall(server.log)
    hana, zoe = Browser(), Browser()

    status, _, page = hana.get(link)
    assert status == 200
    # Looking at it, as a link preview does, has not used it up.
    status, _, page = hana.get(link)
    assert status == 200
    assert hana.send_form(link, page)[0] == 200
    assert "sessionid" in {cookie.name for cookie in hana.cookies}
    assert hana.get(f"{server.base}/sessions/")[:2] == (200, f"{server.base}/sessions/")

    status, _, page = zoe.get(link)
    assert (status, "has been used or is too old" in page) == (410, True)
    assert zoe.get(f"{server.base}/sessions/")[1] != f"{server.base}/sessions/"

    assert server.stop() == 0
    before = server.log
    server.start()
    assert LINK.findall(server.log[len(before) :]) == []


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command that is expected to end at once."""

    def run_command(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        environment = clean_environment() | {"LECTERN_DATA_DIR": str(tmp_path / "data")} | variables
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return run_command


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"LECTERN_MAX_ROOMS": "many"}, "LECTERN_MAX_ROOMS is 'many': set it to a whole number of at least 1."),
        ({"LECTERN_POWER_SAFE": "maybe"}, "LECTERN_POWER_SAFE is 'maybe': set it to 1 or 0."),
        ({"LECTERN_TIME_ZONE": "Mars"}, "LECTERN_TIME_ZONE is 'Mars': set it to a zone such as Europe/Berlin."),
        (
            {"LECTERN_LOG_LEVEL": "LOUD"},
            "LECTERN_LOG_LEVEL is 'LOUD': set it to one of DEBUG, INFO, WARNING, ERROR.",
        ),
        (
            {"LECTERN_DATABASE_URL": "lectern"},
            "LECTERN_DATABASE_URL cannot be read: set it to postgres://user:password@host/name.",
        ),
        (
            {"LECTERN_DATABASE_URL": "postgres://127.0.0.1:1/lectern"},
            "Lectern does not start before that is mended.",
        ),
        ({"LECTERN_BASE_URL": "class.example.org"}, "Lectern does not start before that is mended."),
    ],
)
def test_a_start_that_cannot_work_ends_with_a_sentence(run: Run, variables: dict[str, str], sentence: str) -> None:
    done = run("-m", "config.serve", "--port", str(free_port()), **variables)

    assert (done.returncode, done.stderr.splitlines()[-1:]) == (1, [sentence])
    assert "Traceback" not in done.stdout + done.stderr


def test_a_redis_that_is_away_is_named_and_the_start_fails(run: Run) -> None:
    done = run("-m", "config.serve", "--port", str(free_port()), LECTERN_REDIS_URL="redis://127.0.0.1:1/0")

    assert done.returncode == 1
    assert "Warning lectern.W004: Redis does not answer" in done.stdout
    assert done.stderr.splitlines() == ["Lectern does not start before that is mended."]


def test_without_a_secret_nothing_but_run_starts(run: Run) -> None:
    done = run("manage.py", "check")

    assert done.returncode != 0
    assert "There is no secret: set LECTERN_SECRET_KEY, or start with ./dev run" in done.stderr


@pytest.mark.parametrize(("power_safe", "level"), [("0", "1"), ("1", "2")])
def test_power_safe_makes_sqlite_wait_for_the_disk(run: Run, tmp_path: Path, power_safe: str, level: str) -> None:
    """PRAGMA synchronous: 1 is NORMAL, 2 is FULL."""
    (tmp_path / "data").mkdir()
    ask = "from django.db import connection as c; q = c.cursor().execute; "
    ask += "print(*(q(f'PRAGMA {name}').fetchone()[0] for name in ('journal_mode', 'synchronous')))"

    done = run(
        "manage.py", "shell", "--no-imports", "-c", ask, LECTERN_SECRET_KEY="s" * 60, LECTERN_POWER_SAFE=power_safe
    )

    assert (done.returncode, done.stdout.split()) == (0, ["wal", level]), done.stderr
