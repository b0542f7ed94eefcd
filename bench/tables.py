"""Markdown tables: absolute medians with their range, and ratios of paired runs."""

from __future__ import annotations

from dataclasses import dataclass

from bench.figures import ratios, spread
from bench.store import Results
from bench.targets import Verdict


@dataclass(frozen=True)
class Column:
    """A figure as it is, or divided by that of a baseline in the same run."""

    header: str
    figure: str
    digits: int = 2
    scale: float = 1.0
    base: str = ""

    def cell(self, results: Results, variant: str, size: int) -> str:
        mine = results.values(variant, self.figure, size)
        if not self.base:
            found = spread([value * self.scale for value in mine.values()])
        elif variant == self.base:
            return "1"
        else:
            found = spread(ratios(mine, results.values(self.base, self.figure, size)))
        return found.text(self.digits) if found else "–"


def against(figure: str, *bases: tuple[str, str]) -> list[Column]:
    return [Column(f"÷ {title}", figure, base=base) for base, title in bases]


PLAIN = (("node", "Node"), ("uvicorn", "uvicorn"))


def markdown(header: list[str], rows: list[list[str]]) -> list[str]:
    if not rows:
        return []
    lines = ["| " + " | ".join(header) + " |", "| --- |" + " ---: |" * (len(header) - 1)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def table(results: Results, size: int, columns: list[Column], without: tuple[str, ...] = ()) -> list[str]:
    """One row a server."""
    rows = [
        [title, *(column.cell(results, name, size) for column in columns)]
        for name, title in results.variants().items()
        if name not in without
    ]
    return markdown(["server", *(column.header for column in columns)], rows)


def fanout(results: Results) -> list[str]:
    lines: list[str] = []
    for size in results.sizes():
        for phase in ("burst", "lockstep"):
            columns = [
                Column("messages/s", f"{phase}_per_s", 0),
                *against(f"{phase}_per_s", *PLAIN),
                Column("CPU µs/message", f"{phase}_cpu_us"),
                *against(f"{phase}_cpu_us", *PLAIN),
                Column("server busy", f"{phase}_server_busy"),
                Column("generator busy", f"{phase}_generator_busy"),
            ]
            lines += [f"**{phase.capitalize()}, {size} clients**", "", *table(results, size, columns)]
        columns = [
            Column("KiB/connection", "kib_per_connection", 1),
            *against("kib_per_connection", *PLAIN),
            Column("KiB/connection after the load", "kib_per_connection_after", 1),
            Column("CPU ms to connect one", "connect_cpu_ms"),
        ]
        lines += [f"**Memory and connecting, {size} clients**", "", *table(results, size, columns, ("ceiling",))]
    return lines


def classroom(results: Results) -> list[str]:
    measured = [
        Column("p50 ms", "confirm_p50_ms", 1),
        Column("p95 ms", "confirm_p95_ms", 1),
        Column("p99 ms", "confirm_p99_ms", 1),
        Column("final tally ms", "final_tally_ms", 0),
        Column("CPU s", "vote_cpu_s"),
        Column("frames", "frames_per_client", 1),
        Column("KiB in", "bytes_per_client", 1, 1 / 1024),
        Column("state frames/s", "updates_per_client_s", 1),
        Column("memory MiB", "rss_mib", 0),
    ]
    compared = [
        Column("p99 ÷ naive", "confirm_p99_ms", base="naive"),
        Column("÷ coalesced", "confirm_p99_ms", base="coalesced"),
        Column("final tally ÷ naive", "final_tally_ms", base="naive"),
        Column("÷ coalesced", "final_tally_ms", base="coalesced"),
        Column("CPU ÷ naive", "vote_cpu_s", base="naive"),
        Column("÷ coalesced", "vote_cpu_s", base="coalesced"),
        Column("join CPU s", "join_cpu_s"),
        *against("join_cpu_s", ("naive", "naive")),
        Column("join p99 ms", "join_p99_ms", 1),
    ]
    lines: list[str] = []
    for size in results.sizes():
        lines += [f"**A class of {size}**", "", *table(results, size, measured), *table(results, size, compared)]
    return lines


def rest(results: Results) -> list[str]:
    lines: list[str] = []
    for size in results.sizes():
        columns = [
            Column("first page ms", "warm_start_ms", 0),
            *against("warm_start_ms", *PLAIN),
            Column("memory MiB", "rss_mib", 0),
            *against("rss_mib", *PLAIN),
            Column("CPU %", "empty_cpu_percent"),
            Column(f"CPU %, {size} idle", "idle_cpu_percent"),
            Column(f"memory MiB, {size} idle", "idle_rss_mib", 0),
        ]
        lines += table(results, size, columns)
    return lines


def pages(results: Results) -> list[str]:
    lines: list[str] = []
    for size in results.sizes():
        columns = [
            Column("student ready ms", "student_ready_ms", 0),
            Column("÷ empty page", "student_ready_ms", base="blank"),
            Column("student kB", "student_kb", 1),
            Column("shift, loading", "student_shift", 3),
            Column("shift, lesson", "lesson_shift", 3),
            Column("board ready ms", "board_ready_ms", 0),
            Column("÷ empty page", "board_ready_ms", base="blank"),
            Column("board kB", "board_kb", 1),
            Column("board shift", "board_shift", 3),
            Column(f"projector, longest task ms, {size} vote", "tally_longest_ms", 0),
            Column("main thread busy, all votes, ms", "tally_busy_ms", 0),
        ]
        lines += table(results, size, columns)
    return lines


def verdicts(found: list[Verdict]) -> list[str]:
    return markdown(["target", "measured", "verdict"], [[one.target, one.measured, one.word] for one in found])


def failures(results: Results) -> list[str]:
    return [
        f"- FAILED: {run.title}, {run.size} clients, run {run.run + 1}: {'; '.join(run.failures)}"
        for run in results.failed()
    ]
