"""Start a server, wait until it answers, stop it, and remove what it wrote."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.measure import ROOT, Sample, sample
from bench.variants import Variant

CACHE = ROOT / ".cache" / "bench"


class CannotStart(Exception):
    """A server did not come up; the message says why."""


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    variant: Variant
    pid: int
    port: int
    ready_seconds: float
    status: int
    companions: tuple[int, ...] = ()

    def sample(self) -> Sample:
        return sample(self.pid, self.companions)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def first_page(port: int) -> int:
    """The status of `/`, or 0 while nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def environment(variant: Variant, data: str, redis_port: int) -> dict[str, str]:
    """What a server is told by its environment: nothing of the caller's own Lectern settings."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("LECTERN_")}
    env |= {"NODE_ENV": "production", "PYTHONUNBUFFERED": "1"}
    if variant.lectern:
        env |= {
            "LECTERN_DATA_DIR": data,
            "LECTERN_SECRET_KEY": "only-for-the-bench-0123456789-0123456789-0123456789",
            "LECTERN_GUEST_HOSTS": "1",
            "LECTERN_ALLOWED_HOSTS": "127.0.0.1",
        }
    if variant.redis:
        env["LECTERN_REDIS_URL"] = f"redis://127.0.0.1:{redis_port}/14"
    if variant.database_url:
        env["LECTERN_DATABASE_URL"] = variant.database_url
    return env | variant.env


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask, wait, and only then insist. The process leads its own group, so that nothing of it stays."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def spawn(stack: ExitStack, argv: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    out = stack.enter_context(log.open("wb"))
    process = subprocess.Popen(argv, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    stack.callback(stop, process)
    return process


def wait_ready(process: subprocess.Popen[bytes], port: int, log: Path, limit: float = 60.0) -> tuple[float, int]:
    """Seconds from now until `/` is answered, and the status of the answer."""
    start = time.perf_counter()
    while time.perf_counter() - start < limit:
        if process.poll() is not None:
            break
        if status := first_page(port):
            return time.perf_counter() - start, status
        time.sleep(0.01)
    tail = log.read_text(errors="replace").strip().splitlines()[-3:]
    what = f"no page within {limit:.0f} s" if process.poll() is None else f"ended with exit code {process.returncode}"
    raise CannotStart(f"{what}: {' | '.join(tail)}")


def start_redis(stack: ExitStack) -> tuple[int, int]:
    """A Redis server of our own that keeps nothing on disk: its port and its pid."""
    if shutil.which("redis-server") is None:
        raise CannotStart("redis-server is not installed")
    port = free_port()
    argv = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = spawn(stack, argv, dict(os.environ), CACHE / "redis.log")
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return port, process.pid
        time.sleep(0.02)
    raise CannotStart("redis-server does not answer")


@contextmanager
def server(variant: Variant, starts: int = 1) -> Iterator[Running]:
    """A running server with a fresh data directory; of several starts the last counts, the others warm caches."""
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / f"{variant.name}.log"
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="lectern-bench-", ignore_cleanup_errors=True))
        redis_port, companions = 0, tuple[int, ...]()
        if variant.redis:
            redis_port, redis_pid = start_redis(stack)
            companions = (redis_pid,)
        env = environment(variant, data, redis_port)
        if variant.lectern:
            argv = [variant.argv(0)[0], "manage.py", "migrate", "--verbosity", "0"]
            done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
            if done.returncode:
                raise CannotStart(f"migrate failed: {' | '.join(done.stderr.strip().splitlines()[-3:])}")
        for attempt in range(starts):
            port = free_port()
            with ExitStack() as inner:
                process = spawn(inner, variant.argv(port), env, log)
                seconds, status = wait_ready(process, port, log)
                if attempt == starts - 1:
                    yield Running(variant, process.pid, port, seconds, status, companions)
