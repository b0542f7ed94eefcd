"""A machine that starts programs with few open files, as most do: the class gets in, and so do those who come after."""

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from .client import Phones
from .conftest import Start

FEW = 256
LINES = 400
AT_ONCE = 50


@contextmanager
def few_open_files() -> Iterator[None]:
    """What is started meanwhile has this soft limit, as after `ulimit -Sn 256`."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))


@pytest.fixture(autouse=True)
def _own_limit() -> Iterator[None]:
    """This process holds the other ends of all lines."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["uvicorn", "daphne"])
async def test_more_sockets_than_a_shell_allows_and_pages_still_answer(start: Start, kind: str) -> None:
    with few_open_files():
        server = start(kind=kind)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(phones: Phones) -> None:
        async with gate:
            await phones.open(server.base)

    async with Phones() as phones:
        await asyncio.gather(*(one(phones) for _ in range(LINES)))

        status, _ = await asyncio.to_thread(server.get, "/")
        assert status == 200
