"""Server processes for the fault tests; every one that a test started is dead when the test is over."""

from collections.abc import Callable, Iterator

import pytest

from .server import Process, Server, Stores

Start = Callable[..., Server]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All are slow, and one worker runs them one after another: they measure times."""
    for item in items:
        if "tests/faults/" in item.path.as_posix():
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("faults"))


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    stores = Stores(tmp_path_factory.mktemp("faults"))
    yield stores
    stores.remove()


def end(started: list[Process]) -> None:
    """Kill them; none may have logged trouble that the test did not expect."""
    for process in started:
        process.kill()
    assert {process.log_file.name: process.troubles for process in started if process.troubles} == {}


def starter(stores: Stores, processes: list[Process]) -> Start:
    """Start a server on data of its own, or on `environment`; keyword arguments are LECTERN_… variables."""

    def start_server(environment: dict[str, str] | None = None, *, kind: str = "uvicorn", **variables: str) -> Server:
        server = Server(environment or stores.fresh(**variables), kind=kind)
        processes.append(server)
        server.start()
        return server

    return start_server


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    """Those of this test."""
    started: list[Process] = []
    yield started
    end(started)


@pytest.fixture
def start(stores: Stores, processes: list[Process]) -> Start:
    return starter(stores, processes)


@pytest.fixture(scope="module")
def module_start(stores: Stores) -> Iterator[Start]:
    """For a server that the tests of a module only look at."""
    started: list[Process] = []
    yield starter(stores, started)
    end(started)
