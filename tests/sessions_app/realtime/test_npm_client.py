"""The unmodified npm client, in every transport mode."""

import json
import subprocess
from pathlib import Path

import pytest

from .wire import Live

pytestmark = pytest.mark.profile_free

SCRIPT = Path(__file__).with_name("client.mjs")


@pytest.mark.parametrize("mode", ["polling", "websocket", "default"])
def test_npm_client_works_as_with_its_own_server(live: Live, mode: str) -> None:
    run = subprocess.run(
        ["node", SCRIPT, f"http://127.0.0.1:{live.port}", mode], capture_output=True, text=True, timeout=60, check=False
    )

    assert (run.stderr, run.returncode) == ("", 0)
    assert json.loads(run.stdout) == {
        "acks": {"auth": {"token": "abc"}, "ack": 1, "answered": ["REALLY", 2]},
        "binary": {"first": [1, 2, 3], "second": [4, 5], "ack": [6]},
        "burst": {"up": True, "down": True},
        "upgrade": {"echoed": "after", "transport": "polling" if mode == "polling" else "websocket"},
        "refusal": {"message": "Not today", "data": {"code": 7}},
        "reconnect": {"echoed": "back", "renewed": True, "recovered": False},
        "recovery": {"recovered": True, "same": True, "missed": [0, 1, 2], "echoed": "back"},
        "serverLeaves": {"reason": "io server disconnect"},
    }
