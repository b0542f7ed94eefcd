"""Where servers of the fault tests keep their state: PostgreSQL databases, a Redis of our own, rows read directly."""

import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
from psycopg import sql

from .ports import free_port, until

SERVICES = os.environ["LECTERN_TEST_PROFILE"] == "services"
REDIS_BINARY = shutil.which("redis-server")

needs_redis_binary = pytest.mark.skipif(
    REDIS_BINARY is None and os.environ.get("CI") != "true", reason="no redis-server here to stop and start"
)


def make_database(template: str = "") -> str:
    """The URL of a new PostgreSQL database next to the one that the tests were given."""
    url = os.environ["LECTERN_DATABASE_URL"]
    name = f"lectern_faults_{secrets.token_hex(4)}"
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(_name(template)))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def drop_database(url: str) -> None:
    with psycopg.connect(os.environ["LECTERN_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(_name(url))))


def _name(url: str) -> str:
    return urlsplit(url).path.strip("/")


def rows(environment: dict[str, str], statement: str) -> list[tuple[Any, ...]]:
    """What the database of a server holds, read past the server."""
    url = environment.get("LECTERN_DATABASE_URL")
    if url:
        with psycopg.connect(url) as postgres:
            return postgres.execute(statement.encode()).fetchall()
    file = Path(environment["LECTERN_DATA_DIR"], "lectern.sqlite3")
    with closing(sqlite3.connect(file, timeout=20)) as sqlite, sqlite:
        return sqlite.execute(statement).fetchall()


def write(environment: dict[str, str], statement: str, *values: str) -> None:
    """Change rows behind the server's back; values stand for each %s."""
    url = environment.get("LECTERN_DATABASE_URL")
    if url:
        with psycopg.connect(url) as postgres:
            postgres.execute(statement.encode(), values)
        return
    file = Path(environment["LECTERN_DATA_DIR"], "lectern.sqlite3")
    with closing(sqlite3.connect(file, timeout=20)) as sqlite, sqlite:
        sqlite.execute(statement.replace("%s", "?"), values)


class OwnRedis:
    """A Redis that a test may stop and start; it keeps nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert REDIS_BINARY, "redis-server is missing"
        command = [REDIS_BINARY, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers, "redis-server to answer")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def is_down(self) -> bool:
        return self._process is None

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


@contextmanager
def own_redis() -> Iterator[OwnRedis]:
    server = OwnRedis()
    server.start()
    try:
        yield server
    finally:
        server.kill()
