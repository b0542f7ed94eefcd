"""Free ports, and waiting for a thing itself instead of for a time."""

import socket
import time
from collections.abc import Callable

# For what takes a second on an idle machine; a busy one may take long.
PATIENCE_S = 30.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], what: str, *, patience_s: float = PATIENCE_S) -> None:
    """Ask again until it is so; fails saying what was waited for."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"waited {patience_s:.0f} s in vain for {what}"
        time.sleep(0.02)
