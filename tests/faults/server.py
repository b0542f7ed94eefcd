"""Real server processes: started as an operator does, killed, and started again on the same data."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import redis

from .ports import free_port, until
from .stores import SERVICES, drop_database, make_database

ROOT = Path(__file__).resolve().parents[2]
TROUBLE = re.compile(r"^.* (?:ERROR|CRITICAL) .*$|^Traceback .*$|^.*(?:never awaited|never retrieved).*$", re.MULTILINE)


def clean_environment() -> dict[str, str]:
    """The developer's own, without what would configure Lectern or belongs to this pytest."""
    ours = ("LECTERN_", "PYTEST_", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


class Process:
    """A process of Lectern with its log; the same one can be started again."""

    def __init__(self, environment: dict[str, str], arguments: list[str], log: Path) -> None:
        self.environment = environment
        self.arguments = arguments
        self.log_file = log
        self.process: subprocess.Popen[bytes] | None = None
        # Words of trouble that the test brings about itself.
        self.expects: tuple[str, ...] = ()

    def start(self) -> None:
        assert self.process is None, "it runs already"
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "default", *self.arguments],
                cwd=ROOT,
                env=clean_environment() | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    @property
    def troubles(self) -> list[str]:
        """Lines of the log that say that something went wrong."""
        return [line for line in TROUBLE.findall(self.log) if not any(word in line for word in self.expects)]

    def refuse_death(self) -> None:
        assert self.process is not None
        assert self.process.poll() is None, f"the process ended by itself:\n{self.log[-3000:]}"

    def kill(self) -> None:
        """Without warning, its children too, and reaped, as a power cut would leave no trace of it."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self, *, within_s: float = 10.0) -> int:
        """Ask it to end as a supervisor does; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.wait(within_s=within_s)

    def wait(self, *, within_s: float) -> int:
        assert self.process is not None
        code = self.process.wait(timeout=within_s)
        self.process = None
        return code

    @property
    def rss_mib(self) -> float:
        assert self.process is not None
        return float(psutil.Process(self.process.pid).memory_info().rss) / 2**20


class Server(Process):
    """`python -m config.serve` on a data folder and a port of its own."""

    def __init__(self, environment: dict[str, str], *options: str, kind: str = "uvicorn") -> None:
        self.port = free_port()
        self.kind = kind
        log = Path(environment["LECTERN_DATA_DIR"], f"server-{self.port}.log")
        super().__init__(environment, ["-m", "config.serve", "--port", str(self.port), "--server", kind, *options], log)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        super().start()
        until(self._is_ready, f"the server on port {self.port} to be ready")

    def _is_ready(self) -> bool:
        self.refuse_death()
        return self.get("/readyz")[0] == 200

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body; (0, b"") while nobody listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()


class Stores:
    """Data folders and databases for servers: prepared once, copied for every test, removed at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._databases: list[str] = []
        self._count = 0
        self._prepared: dict[str, str] = {}

    def fresh(self, **variables: str) -> dict[str, str]:
        """The environment of a server whose tables and static files are in place and empty."""
        if not self._prepared:
            self._prepare()
        self._count += 1
        data_dir = self._folder / f"data-{self._count}"
        shutil.copytree(self._prepared["LECTERN_DATA_DIR"], data_dir)
        environment = self._prepared | {"LECTERN_DATA_DIR": str(data_dir)}
        if SERVICES:
            environment["LECTERN_DATABASE_URL"] = self._database(self._prepared["LECTERN_DATABASE_URL"])
            forget_redis(environment["LECTERN_REDIS_URL"])
        return environment | variables

    def _prepare(self) -> None:
        data_dir = self._folder / "prepared"
        data_dir.mkdir()
        environment = {
            "LECTERN_DATA_DIR": str(data_dir),
            "LECTERN_SECRET_KEY": "faults-only-" + "f" * 50,
            "LECTERN_GUEST_HOSTS": "1",
        }
        if SERVICES:
            environment["LECTERN_DATABASE_URL"] = self._database()
            environment["LECTERN_REDIS_URL"] = os.environ["LECTERN_REDIS_URL"]
        server = Server(environment)
        server.start()
        assert server.stop() == 0, server.log
        self._prepared = environment

    def _database(self, template: str = "") -> str:
        url = make_database(template)
        self._databases.append(url)
        return url

    def remove(self) -> None:
        for url in self._databases:
            drop_database(url)
        shutil.rmtree(self._folder, ignore_errors=True)


def forget_redis(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushdb()
