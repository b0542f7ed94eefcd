"""Values from the environment are parsed, or refused with a sentence that names the variable and what it may be."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

NAME = "LECTERN_TEST_VALUE"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv(NAME, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("true", True), (" ON ", True), ("Yes", True), ("0", False), ("off", False), ("no", False)],
)
def test_flag_reads_what_people_write(given: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    given.setenv(NAME, value)

    assert env.flag(NAME, default=not expected) is expected


@pytest.mark.parametrize("default", [True, False])
def test_flag_unset_or_empty_is_its_default(given: pytest.MonkeyPatch, default: bool) -> None:
    assert env.flag(NAME, default=default) is default

    given.setenv(NAME, " ")

    assert env.flag(NAME, default=default) is default


def test_flag_refuses_anything_else(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "maybe")

    with pytest.raises(ImproperlyConfigured, match=r"^LECTERN_TEST_VALUE is 'maybe': set it to 1 or 0\.$"):
        env.flag(NAME)


@pytest.mark.parametrize(("value", "expected"), [("", 7), ("3", 3), (" 12 ", 12)])
def test_number_reads_whole_numbers(given: pytest.MonkeyPatch, value: str, expected: int) -> None:
    given.setenv(NAME, value)

    assert env.number(NAME, 7, least=3) == expected


@pytest.mark.parametrize("value", ["2", "-3", "3.5", "many", "1e3", "²", "0x10"])
def test_number_refuses_anything_else(given: pytest.MonkeyPatch, value: str) -> None:
    given.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match="set it to a whole number of at least 3"):
        env.number(NAME, 7, least=3)


def test_items_are_trimmed_and_empty_ones_dropped(given: pytest.MonkeyPatch) -> None:
    assert env.items(NAME, ("a",)) == ["a"]

    given.setenv(NAME, " a.example , ,b.example,")

    assert env.items(NAME, ("a",)) == ["a.example", "b.example"]


def test_one_of_takes_its_options_only(given: pytest.MonkeyPatch) -> None:
    assert env.one_of(NAME, "INFO", options=("INFO", "DEBUG")) == "INFO"

    given.setenv(NAME, "LOUD")

    with pytest.raises(ImproperlyConfigured, match="is 'LOUD': set it to one of INFO, DEBUG"):
        env.one_of(NAME, "INFO", options=("INFO", "DEBUG"))


def test_time_zone_is_one_that_exists(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "Europe/Berlin")
    assert env.time_zone(NAME, "UTC") == "Europe/Berlin"

    for wrong in ("Mars/Olympus", "../etc/passwd", "Europe"):
        given.setenv(NAME, wrong)
        with pytest.raises(ImproperlyConfigured, match="set it to a zone such as Europe/Berlin"):
            env.time_zone(NAME, "UTC")


def test_database_address_is_read(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "postgres://hana:pass%40word@db.example:5433/lectern")

    found = env.database(NAME, "sqlite:///x")

    assert {key: found[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "lectern",
        "USER": "hana",
        "PASSWORD": "pass@word",
        "HOST": "db.example",
        "PORT": 5433,
    }


@pytest.mark.parametrize("wrong", ["lectern", "postgers://hana:s3cret@db/lectern", "postgres://hana:s3cret@db:port/x"])
def test_database_address_that_cannot_be_read_is_not_repeated(given: pytest.MonkeyPatch, wrong: str) -> None:
    given.setenv(NAME, wrong)

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.database(NAME, "sqlite:///x")

    assert str(refusal.value) == f"{NAME} cannot be read: set it to postgres://user:password@host/name."


def test_secret_comes_from_the_environment_then_the_file_then_debug(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    with pytest.raises(ImproperlyConfigured, match=f"There is no secret: set {NAME}, or start with ./dev run"):
        env.secret(NAME, file=file, debug=False)
    assert env.secret(NAME, file=file, debug=True).startswith("debug-only-")

    file.write_text("from the file\n")
    assert env.secret(NAME, file=file, debug=True) == "from the file"

    given.setenv(NAME, "from the environment")
    assert env.secret(NAME, file=file, debug=False) == "from the environment"


def test_secret_is_read_from_the_file_that_is_named(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n")
    assert env.text_or_file(NAME) == ""

    given.setenv(f"{NAME}_FILE", str(file))
    assert env.text_or_file(NAME) == "from the file"
    given.setenv(NAME, "from the environment")
    assert env.text_or_file(NAME) == "from the environment"


def test_file_that_cannot_be_read_is_named(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given.setenv(f"{NAME}_FILE", str(tmp_path / "none"))

    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE is .*none.*cannot be read"):
        env.text_or_file(NAME)
