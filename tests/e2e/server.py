"""A real server for browsers: `python -m config.serve` in a process of its own, which can be killed and come back."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from ..project.files import ROOT

START_S = 90
MAKE_USER = """
import sys, django
django.setup()
from django.contrib.auth import get_user_model
from sessions_app.accounts import sign_in_path
name, password = sys.argv[1:]
user = get_user_model().objects.create_user(name, password=password or None)
sys.stdout.write(sign_in_path(user))
"""
ADD_STEPS = """
import sys, json, django
django.setup()
from sessions_app.models import RunStep, Session
session = Session.objects.get(code=sys.argv[1], ended_at=None)
for position, config in enumerate(json.loads(sys.argv[2]), 1):
    RunStep.objects.create(session=session, position=position, kind="poll", config=config)
"""
ADD_CROWD = """
import sys, django
django.setup()
from sessions_app.models import Connection, Participant, ServerProcess, Session
session = Session.objects.get(code=sys.argv[1], ended_at=None)
process = ServerProcess.objects.latest("pk")
seats = Participant.objects.bulk_create(
    Participant(session=session, name=f"Student {number}") for number in range(1, int(sys.argv[2]) + 1)
)
Connection.objects.bulk_create(
    Connection(server=process, session=session, participant=seat, role="participant", sid=f"crowd-{seat.uid}")
    for seat in seats
)
"""
SIGN_IN = re.compile(r"http://\S+/sign-in/\S+")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Starts on a data folder of its own; on the profile with services it has a PostgreSQL database of its own too.

    `root` is where its code is, if not here.
    """

    def __init__(self, port: int = 0, *, root: Path = ROOT, **environment: str) -> None:
        self._root = root
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data_dir = Path(tempfile.mkdtemp(prefix="lectern-e2e-"))
        self._log = self.data_dir / "server.log"
        self._database = ""
        own = {"LECTERN_DATA_DIR": str(self.data_dir), "DJANGO_SETTINGS_MODULE": "config.settings", **environment}
        if url := os.environ.get("LECTERN_DATABASE_URL"):
            own["LECTERN_DATABASE_URL"] = self._make_database(url)
        self._environment = {**os.environ, **own}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "config.serve", "--port", str(self.port)],
                cwd=self._root,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_S
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The server did not start:\n{self.log}")
            time.sleep(0.1)
        return self

    def kill(self) -> None:
        """As when the power of the process goes: no goodbye."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def freeze(self) -> None:
        """As when a switch on the way dies: lines stay open, and nothing comes through them."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)
        shutil.rmtree(self.data_dir, ignore_errors=True)
        if self._database:
            with psycopg.connect(os.environ["LECTERN_DATABASE_URL"], autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{self._database}" WITH (FORCE)')

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def first_sign_in(self) -> str:
        """The link that the server prints as long as nobody has signed in."""
        found = SIGN_IN.search(self.log)
        assert found is not None, self.log
        return found[0]

    def make_user(self, name: str, password: str = "") -> str:
        """A teacher; returns the address of a one-time sign-in."""
        command = [sys.executable, "-c", MAKE_USER, name, password]
        made = subprocess.run(
            command, cwd=self._root, env=self._environment, capture_output=True, text=True, check=True
        )
        return self.url + made.stdout.strip()

    def add_steps(self, code: str, configs: list[dict[str, Any]]) -> None:
        """Polls on the run list of the session with this code."""
        command = [sys.executable, "-c", ADD_STEPS, code, json.dumps(configs)]
        subprocess.run(command, cwd=self._root, env=self._environment, check=True)

    def add_crowd(self, code: str, count: int) -> None:
        """Students 1, 2, 3 … who are here, without a browser; pages that are open hear of them with the next news."""
        command = [sys.executable, "-c", ADD_CROWD, code, str(count)]
        subprocess.run(command, cwd=self._root, env=self._environment, check=True)

    def _is_ready(self) -> bool:
        line = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            line.request("GET", "/readyz")
            return line.getresponse().status == 200
        except OSError:
            return False
        finally:
            line.close()

    def _make_database(self, url: str) -> str:
        parts = urlsplit(url)
        self._database = f"lectern_e2e_{self.port}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self._database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{self._database}"')
        return urlunsplit(parts._replace(path=f"/{self._database}"))
