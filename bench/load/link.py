"""The line between the generator and the bench: one JSON object a line.

The generator reports a mark and waits; the bench measures the server and answers with an empty line. So a server is
measured exactly between two phases, and the generator goes on answering pings meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from typing import Any


def own_cpu() -> float:
    """CPU seconds that this process has used."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Link:
    """Standard output to the bench, standard input from it."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    @classmethod
    async def open(cls) -> Link:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        return cls(reader)

    def _say(self, message: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    async def mark(self, name: str) -> None:
        """Tell the bench that a phase begins or ends, and wait until it has measured the server."""
        self._say({"mark": name, "cpu": own_cpu()})
        if not await self._reader.readline():
            raise SystemExit("the bench has gone")

    def result(self, figures: dict[str, Any], failures: list[str]) -> None:
        self._say({"result": figures, "failures": failures})
