"""Results on disk: one JSON file a benchmark under `bench/results/`, so that measuring one again keeps the others.

Those of a `--quick` run are not for comparison, and stay in `.cache/bench/`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.measure import ROOT, machine
from bench.process import CACHE

RESULTS = ROOT / "bench" / "results"


@dataclass
class Run:
    """One server, one run, one size."""

    variant: str
    title: str
    run: int
    size: int
    failures: list[str]
    figures: dict[str, float]

    @property
    def ok(self) -> bool:
        return not self.failures


@dataclass
class Results:
    """All runs of one benchmark with the settings and the machine they were made with."""

    name: str
    settings: dict[str, Any]
    machine: dict[str, Any] = field(default_factory=machine)
    runs: list[Run] = field(default_factory=list)

    def add(self, run: Run) -> None:
        self.runs.append(run)
        self.save()

    def save(self) -> None:
        folder = CACHE if self.settings.get("quick") else RESULTS
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def variants(self) -> dict[str, str]:
        """Names and titles in the order of their first run."""
        return {run.variant: run.title for run in sorted(self.runs, key=lambda run: run.run)}

    def sizes(self) -> list[int]:
        return sorted({run.size for run in self.runs})

    def values(self, variant: str, figure: str, size: int) -> dict[int, float]:
        """A figure by run number, of the runs that did not fail."""
        return {
            run.run: run.figures[figure]
            for run in self.runs
            if run.variant == variant and run.size == size and run.ok and figure in run.figures
        }

    def failed(self) -> list[Run]:
        return [run for run in self.runs if not run.ok]


def load(name: str) -> Results | None:
    path = RESULTS / f"{name}.json"
    if not path.exists():
        return None
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["runs"] = [Run(**run) for run in raw["runs"]]
    return Results(**raw)
