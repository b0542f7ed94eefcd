"""What was promised, and whether the measured medians keep it."""

from __future__ import annotations

from dataclasses import dataclass

from bench.figures import ratios, spread
from bench.store import Results

MINE = "lectern"


@dataclass(frozen=True)
class Verdict:
    """A target, what was measured, and what that means in a word."""

    target: str
    measured: str
    word: str


@dataclass(frozen=True)
class Goal:
    """A bound for a median, or for the median of the ratios of paired runs where there is a base."""

    text: str
    figure: str
    size: int
    at_most: float | None = None
    at_least: float | None = None
    floor: float | None = None
    base: str = ""
    digits: int = 2

    def judge(self, results: Results) -> Verdict:
        mine = results.values(MINE, self.figure, self.size)
        found = spread(
            ratios(mine, results.values(self.base, self.figure, self.size)) if self.base else [*mine.values()]
        )
        if found is None:
            return Verdict(self.text, "no run without a failure", "**not measured**")
        value = round(found.median, self.digits)
        met = (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)
        below = self.floor is not None and value < self.floor
        word = "met" if met else "**below the floor**" if below else "**missed**"
        return Verdict(self.text, found.text(self.digits) + (" ×" if self.base else ""), word)


def no_failures(results: Results, target: str, size: int | None = None) -> Verdict:
    runs = [run for run in results.runs if run.variant == MINE and size in (None, run.size)]
    failed = [run for run in runs if not run.ok]
    if not runs:
        return Verdict(target, "no run", "**not measured**")
    return Verdict(target, f"{len(failed)} of {len(runs)} runs failed", "**missed**" if failed else "met")


def fanout(results: Results) -> list[Verdict]:
    goals: list[Goal] = []
    for size in results.sizes():
        for phase, least, floor in (("burst", 1.0, 0.5), ("lockstep", 0.6, 0.35)):
            rate = f"{phase} to {size}: ≥ {least:.1f} × Node's messages/s (floor {floor})"
            cpu = f"{phase} to {size}: CPU per message ≤ Node's"
            goals.append(Goal(rate, f"{phase}_per_s", size, at_least=least, floor=floor, base="node"))
            goals.append(Goal(cpu, f"{phase}_cpu_us", size, at_most=1.0, base="node"))
        memory = f"{size} connections: memory per connection ≤ 1.5 × Node's"
        goals.append(Goal(memory, "kib_per_connection", size, at_most=1.5, base="node"))
    every = no_failures(results, "fan-out: every message to every client, in order")
    return [*(goal.judge(results) for goal in goals), every]


def classroom(results: Results) -> list[Verdict]:
    goals = [
        Goal("300 vote: p99 of the confirmation ≤ 150 ms", "confirm_p99_ms", 300, at_most=150, digits=0),
        Goal("300 vote: final tally ≤ 300 ms after the last vote", "final_tally_ms", 300, at_most=300, digits=0),
        Goal("600 vote: p99 of the confirmation ≤ 300 ms", "confirm_p99_ms", 600, at_most=300, digits=0),
        Goal("600 vote: less CPU than the naive Node server", "vote_cpu_s", 600, at_most=0.99, base="naive"),
        Goal("1000 vote: p99 of the confirmation ≤ 1 s", "confirm_p99_ms", 1000, at_most=1000, digits=0),
    ]
    goals += [
        Goal(f"{size} vote: ≤ 4 state frames per client and second", "updates_per_client_s", size, at_most=4, digits=1)
        for size in results.sizes()
    ]
    verdicts = [goal.judge(results) for goal in goals if goal.size in results.sizes()]
    return [*verdicts, no_failures(results, "class: no confirmation lost, every client's tally right")]


def pages(results: Results) -> list[Verdict]:
    """The budgets of the pages, of the medians; asserted by `./dev bench pages`."""
    goals: list[Goal] = []
    for size in results.sizes():
        goals += [
            Goal("student: to the first answer ≤ 2 s", "student_ready_ms", size, at_most=2000, digits=0),
            Goal("student: ≤ 60 kB before the first answer", "student_kb", size, at_most=60, digits=1),
            Goal("student: no layout shift", "student_shift", size, at_most=0.01, digits=3),
            Goal("student: no layout shift over a lesson (< 0.1)", "lesson_shift", size, at_most=0.099, digits=3),
            Goal("board: usable ≤ 2 s", "board_ready_ms", size, at_most=2000, digits=0),
            Goal("board: no layout shift", "board_shift", size, at_most=0.01, digits=3),
            Goal(f"projector, {size} vote: no task ≥ 50 ms", "tally_longest_ms", size, at_most=49, digits=0),
            Goal(f"projector, {size} vote: no layout shift", "tally_shift", size, at_most=0.01, digits=3),
        ]
    return [goal.judge(results) for goal in goals]
