"""`./dev run` before it serves: arguments, ports, the secret, what it says."""

import os
import re
import socket
import stat
from argparse import Namespace
from pathlib import Path

import pytest

from config import serve, setup


def test_arguments_have_defaults_for_one_machine() -> None:
    assert serve.parse([]) == Namespace(host="127.0.0.1", port=8000, lan=False, debug=False, server="uvicorn")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--port", "0"], "'0' is no port"),
        (["--port", "65536"], "'65536' is no port"),
        (["--port", "http"], "'http' is no port"),
        (["--server", "gunicorn"], "invalid choice: 'gunicorn'"),
        (["--loud"], "unrecognized arguments: --loud"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    with pytest.raises(SystemExit) as ending:
        serve.parse(arguments)

    assert ending.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "variable"),
    [
        (["--lan", "--debug"], ""),
        (["--lan"], "1"),
        (["--debug", "--host", "10.0.0.5"], ""),
        (["--debug", "--host", "192.168.1.5"], ""),
        (["--debug", "--host", "::"], ""),
        (["--host", "10.0.0.5"], "1"),
    ],
)
def test_debug_is_not_for_others(monkeypatch: pytest.MonkeyPatch, arguments: list[str], variable: str) -> None:
    monkeypatch.setenv("LECTERN_DEBUG", variable)
    monkeypatch.setattr("sys.argv", ["serve", *arguments])

    with pytest.raises(SystemExit, match="DEBUG shows code and settings to everybody who can reach this server"):
        serve.main()


@pytest.mark.parametrize("arguments", [["--debug"], ["--debug", "--host", "::1"], ["--lan"], ["--host", "10.0.0.5"]])
def test_debug_here_and_others_without_debug_pass(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setenv("LECTERN_DEBUG", "")

    serve.refuse_debug_for_others(serve.parse(arguments))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_in_use_is_refused_with_another_one(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ending:
            serve.refuse_used_port(host, port)

    sentence = f"Port {port} of {host} cannot be used (Address already in use). Try ./dev run --port {port + 1}."
    assert ending.value.code == sentence


def test_a_free_port_passes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    serve.refuse_used_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"Port 8000 of 192\.0\.2\.1 cannot be used .* Try ./dev run --port 8000"):
        serve.refuse_used_port("192.0.2.1", 8000)


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"

    setup.make_secret(file)
    first = file.read_text()
    setup.make_secret(file)

    assert file.read_text() == first
    assert len(first) >= 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nothing set but the data folder."""
    for name in ("LECTERN_SECRET_KEY", "LECTERN_ALLOWED_HOSTS", "LECTERN_LAN_URL", "LECTERN_DEBUG"):
        # Set first, so that what the code sets is taken back.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("LECTERN_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_the_environment_of_one_command_is_made(environment: Path) -> None:
    serve.prepare_environment(serve.parse([]), "127.0.0.1")

    assert (environment / "secret_key").is_file()
    assert "LECTERN_ALLOWED_HOSTS" not in os.environ
    assert "LECTERN_LAN_URL" not in os.environ
    assert "LECTERN_DEBUG" not in os.environ


def test_what_an_operator_has_set_is_left_alone(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTERN_SECRET_KEY", "mine")
    monkeypatch.setenv("LECTERN_ALLOWED_HOSTS", "class.example.org")

    serve.prepare_environment(serve.parse(["--debug"]), "192.168.1.5")

    assert not (environment / "secret_key").exists()
    assert os.environ["LECTERN_ALLOWED_HOSTS"] == "class.example.org"
    assert os.environ["LECTERN_DEBUG"] == "1"


def test_lan_answers_to_the_address_that_phones_use(environment: Path) -> None:
    serve.prepare_environment(serve.parse(["--lan", "--port", "8235"]), "192.168.1.5")

    assert os.environ["LECTERN_ALLOWED_HOSTS"] == f"localhost,127.0.0.1,192.168.1.5,{socket.gethostname()}"
    assert os.environ["LECTERN_LAN_URL"] == "http://192.168.1.5:8235"


def test_lan_address_is_one_of_this_machine() -> None:
    try:
        address = serve.lan_address()
    except SystemExit:
        pytest.skip("this machine has no network address")
    with socket.socket() as bound:
        bound.bind((address, 0))
        assert bound.getsockname()[0] == address


@pytest.mark.django_db
def test_lan_says_address_qr_and_what_plain_http_cannot() -> None:
    said: list[str] = []

    setup.welcome("http://192.168.1.5:8000", lan=True, say=said.append)

    text = "\n".join(said)
    assert "Lectern runs at http://192.168.1.5:8000" in text
    assert "Phones on this network join at http://192.168.1.5:8000" in text
    assert len(re.findall(r"^.*[▀▄█].*$", text, re.MULTILINE)) > 10
    assert "passwords and answers from others on\n  the same Wi-Fi" in text
    assert "docs/operators.md" in text


@pytest.mark.django_db
def test_without_lan_there_is_no_qr() -> None:
    said: list[str] = []

    setup.welcome("http://127.0.0.1:8000", lan=False, say=said.append)

    assert re.findall(r"[▀▄█]|Phones", "\n".join(said)) == []
