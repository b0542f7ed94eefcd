"""The live servers of the transport's tests: one process per kind of server, shared by all tests of a worker."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
import pytest_asyncio

from .wire import Live, Peer, start_live

SERVERS = ("uvicorn", "daphne", "uvicorn-plain")


@pytest.fixture(scope="session", params=SERVERS[:2])
def live(request: pytest.FixtureRequest) -> Iterator[Live]:
    """A server that many tests share: counters only ever grow."""
    with start_live(request.param) as server:
        yield server


@pytest.fixture(params=SERVERS)
def own_live(request: pytest.FixtureRequest) -> Iterator[Live]:
    """A server of the test's own, for what disturbs others or ends the process."""
    with start_live(request.param) as server:
        yield server


@pytest_asyncio.fixture
async def peer(live: Live) -> AsyncIterator[Peer]:
    async with aiohttp.ClientSession() as http:
        yield Peer(http, live)


@pytest_asyncio.fixture
async def own_peer(own_live: Live) -> AsyncIterator[Peer]:
    async with aiohttp.ClientSession() as http:
        yield Peer(http, own_live)
