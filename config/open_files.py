"""How many files, and so sockets, a process may have open: the usual 1024 ends a class of a thousand without a word."""

import contextlib
import resource

# Database, static files, logs, and whoever opens a page meanwhile.
SPARE = 200
# What macOS grants, though it calls its hard limit infinite.
GRANTED_AT_LEAST = 10_240


def raise_limit() -> None:
    """Take as many as the system gives: it starts programs with fewer for the sake of those that use select()."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft in (hard, resource.RLIM_INFINITY):
        return
    for wanted in (hard, GRANTED_AT_LEAST):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return


def most() -> float:
    """As many as a server of ours will take, whatever this process has taken."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return float("inf") if hard == resource.RLIM_INFINITY else hard


def needed_by(participants: int) -> int:
    """Two for each: after a bad moment of the Wi-Fi all come back while their old lines still seem to stand."""
    return 2 * participants + SPARE
