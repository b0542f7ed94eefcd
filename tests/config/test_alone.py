"""One data folder has one server, unless Redis carries the news between several."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from config import alone

from ..faults.ports import free_port
from ..faults.server import ROOT, Server, clean_environment

SENTENCE = (
    "Another Lectern (process {process}) serves the data folder {folder}, and both would tear a class apart. Stop it, "
    "or set LECTERN_DATA_DIR to another folder; docs/operators.md says how several serve together, by Redis."
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One that has started, on the embedded profile whatever these tests run on."""
    found = Server({"LECTERN_DATA_DIR": str(tmp_path)})
    found.start()
    yield found
    found.kill()


def start_another(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = clean_environment() | {"LECTERN_DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_a_second_server_on_a_data_folder_is_refused_and_the_next_one_not(server: Server, tmp_path: Path) -> None:
    assert server.process is not None
    sentence = SENTENCE.format(process=server.process.pid, folder=tmp_path)

    on_another_port = start_another(tmp_path, "config.serve", "--port", str(free_port()))
    on_the_same = start_another(tmp_path, "config.serve", "--port", str(server.port))
    by_itself = start_another(tmp_path, "uvicorn", "config.asgi:application", "--port", str(free_port()))

    assert (on_another_port.returncode, on_another_port.stderr) == (1, sentence + "\n")
    assert (on_the_same.returncode, on_the_same.stderr) == (1, sentence + "\n")
    assert (by_itself.returncode, sentence in by_itself.stderr, "Traceback" in by_itself.stderr) == (3, True, False)
    assert server.get("/readyz")[0] == 200

    server.kill()
    server.start()
    assert server.troubles == []


def test_a_process_that_asks_twice_does_not_refuse_itself(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.LECTERN_REDIS_URL = tmp_path, ""

    alone.claim_data_folder()
    alone.claim_data_folder()

    assert (tmp_path / "server.lock").read_text().isdecimal()
    os.close(alone._hold(tmp_path / "server.lock"))
    alone._hold.cache_clear()


def test_servers_that_share_redis_share_a_data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.LECTERN_REDIS_URL = tmp_path, "redis://127.0.0.1:6379/0"

    alone.claim_data_folder()

    assert list(tmp_path.iterdir()) == []
