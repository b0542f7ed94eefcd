"""Run the load generator against one server and measure the server at every mark it reports."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

from bench.measure import ROOT, Sample
from bench.process import CACHE, Running


@dataclass
class Outcome:
    """What one run gave: server samples by mark, the generator's figures, and what went wrong, in words."""

    samples: dict[str, Sample] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def cpu(self, start: str, end: str) -> float:
        return self.samples[end].cpu - self.samples[start].cpu

    def kib_each(self, start: str, end: str, count: int) -> float:
        return (self.samples[end].rss - self.samples[start].rss) / 1024 / count


def drive(server: Running, scenario: str, config: dict[str, Any], limit: float) -> Outcome:
    """Start the generator, answer its marks, collect its result; past the limit in seconds the run has failed."""
    outcome = Outcome()
    options = json.dumps({"host": "127.0.0.1", "port": server.port, **config})
    argv = [sys.executable, "-m", "bench.load", scenario, options]
    log = CACHE / "generator.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as generator,
    ):
        watchdog = threading.Timer(limit, generator.kill)
        watchdog.start()
        try:
            finished = follow(generator, server, outcome)
        finally:
            watchdog.cancel()
        if generator.wait() or not finished:
            said = log.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing said"]
            outcome.failures.append(
                f"the generator ended without a result, exit code {generator.returncode}: {said[0]}"
            )
    return outcome


def follow(generator: subprocess.Popen[str], server: Running, outcome: Outcome) -> bool:
    """Sample the server at every mark until the generator says no more; whether it gave its result."""
    assert generator.stdin is not None
    assert generator.stdout is not None
    finished = False
    for line in generator.stdout:
        message = json.loads(line)
        if "mark" in message:
            outcome.samples[message["mark"]] = server.sample()
            generator.stdin.write("\n")
            generator.stdin.flush()
        else:
            outcome.figures = message["result"]
            outcome.failures += message["failures"]
            finished = True
    return finished
