"""Small statistics: medians, ranges, percentiles, and ratios of paired runs."""

from __future__ import annotations

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The median of several runs and the range around it."""

    median: float
    low: float
    high: float
    runs: int

    def text(self, digits: int = 2, unit: str = "") -> str:
        def one(value: float) -> str:
            return f"{value:,.{digits}f}".replace(",", " ")

        tail = f" {unit}" if unit else ""
        if self.runs < 2:
            return one(self.median) + tail
        return f"{one(self.median)}{tail} ({one(self.low)}–{one(self.high)})"


def spread(values: list[float]) -> Spread | None:
    if not values:
        return None
    return Spread(statistics.median(values), min(values), max(values), len(values))


def percentile(values: list[float], percent: float) -> float:
    """The nearest-rank percentile: a value that was measured, never one between two."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def ratios(values: dict[int, float], base: dict[int, float]) -> list[float]:
    """Each run's value over the baseline's value of the same run, so that a slow minute hits both."""
    return [values[run] / base[run] for run in sorted(values) if base.get(run)]
