"""What every test shares: Hypothesis' profiles, which tests wait for the soak, a clean Redis."""

import os
from collections.abc import Iterator

import pytest
import redis
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings

from config import catalogs

from .emptying import empty

OTHER_PROFILE = "embedded_only" if os.environ["LECTERN_TEST_PROFILE"] == "services" else "services_only"
SOAK = os.environ.get("LECTERN_SOAK", "") not in ("", "0")

# The same examples on every run; what is rare is for the soak to find.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=100, print_blob=True)
settings.register_profile(
    "soak",
    deadline=None,
    max_examples=10_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("soak" if SOAK else "ci")
TransactionTestCase._fixture_teardown = empty


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is for the soak, and what only the other profile can run: it is not skipped, it runs there."""
    elsewhere = {OTHER_PROFILE, *([] if SOAK else ["soak"])}
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in elsewhere)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped, which CI does not forgive.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def _catalogues() -> None:
    catalogs.compile_all()


@pytest.fixture(autouse=True)
def _no_language() -> Iterator[None]:
    """A page in Arabic leaves its language to the thread."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _clean_redis() -> None:
    if url := os.environ.get("LECTERN_REDIS_URL"):
        with redis.Redis.from_url(url) as client:
            client.flushdb()
