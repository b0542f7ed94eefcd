"""Decides the environment of the tests before Django reads its settings: pytest loads this with `-p tests.env`.

LECTERN_TEST_PROFILE is `embedded` (SQLite, all in one process; the default) or `services` (PostgreSQL and Redis).
The services are named by LECTERN_TEST_DATABASE_URL, where the test databases are made next to the one it names, and by
LECTERN_TEST_REDIS_URL, whose database is EMPTIED; each parallel worker after the first takes the next one below it.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

DATABASE_URL = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_URL = "redis://127.0.0.1:6379/15"
OURS_TO_READ = ("LECTERN_TEST_", "LECTERN_SOAK")


def redis_url_of_worker(url: str, worker: str) -> str:
    """Parallel workers share rows' ids, so sharing a Redis database they would hear each other's broadcasts."""
    number = int(worker.removeprefix("gw")) if worker else 0
    parts = urlsplit(url)
    database = int(parts.path.strip("/") or 0) - number
    if database < 0:
        raise ValueError(f"{url} leaves no Redis database for worker {worker}: name a higher one, or start fewer.")
    return urlunsplit(parts._replace(path=f"/{database}"))


def environment(given: Mapping[str, str], data_dir: str) -> dict[str, str]:
    """The variables of a server in production, whatever the developer's own shell sets."""
    profile = given.get("LECTERN_TEST_PROFILE") or "embedded"
    if profile not in ("embedded", "services"):
        raise ValueError(f"LECTERN_TEST_PROFILE is {profile!r}: set it to embedded or services.")
    variables = {name: value for name, value in given.items() if name.startswith(OURS_TO_READ)}
    variables |= {
        "LECTERN_TEST_PROFILE": profile,
        "LECTERN_SECRET_KEY": "test-only-" + "k" * 50,
        "LECTERN_DATA_DIR": data_dir,
    }
    if profile == "services":
        redis_url = given.get("LECTERN_TEST_REDIS_URL") or REDIS_URL
        variables["LECTERN_DATABASE_URL"] = given.get("LECTERN_TEST_DATABASE_URL") or DATABASE_URL
        variables["LECTERN_REDIS_URL"] = redis_url_of_worker(redis_url, given.get("PYTEST_XDIST_WORKER", ""))
    return variables


def _set_up() -> None:
    data_dir = tempfile.mkdtemp(prefix="lectern-tests-")
    atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
    # WhiteNoise warns of a missing folder, and warnings are errors.
    (Path(data_dir) / "static").mkdir()
    variables = environment(os.environ, data_dir)
    for name in [name for name in os.environ if name.startswith("LECTERN_")]:
        del os.environ[name]
    os.environ.update(variables)


_set_up()
