"""The benchmarks: fan-out, a class that votes, a server at rest, the pages. Paired runs: A B C, then B C A."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.driver import Outcome, drive
from bench.figures import percentile
from bench.pages import lesson
from bench.process import CannotStart, Running, server
from bench.store import Results, Run
from bench.variants import Variant, chosen, class_variants, fanout_variants, rest_variants

Figures = dict[str, float]
Work = Callable[[Running], tuple[Outcome, Figures]]


@dataclass(frozen=True)
class Options:
    """What the command line asked for."""

    runs: int
    sizes: list[int]
    variants: list[str] | None
    quick: bool

    def as_settings(self, config: dict[str, Any], sizes: list[int]) -> dict[str, Any]:
        """What the results say about how they were made; enough to make them again."""
        return {**config, "sizes": sizes, "runs": self.runs, "variants": self.variants, "quick": self.quick}


def rounds(variants: list[Variant], runs: int) -> Iterator[tuple[int, Variant]]:
    """Every variant once a run, each run beginning with another one."""
    for run in range(runs):
        turn = run % len(variants)
        for variant in variants[turn:] + variants[:turn]:
            yield run, variant


def measure(results: Results, variant: Variant, run: int, size: int, work: Work, starts: int = 1) -> None:
    """One run of one server: start it, measure it, say in a line what came out."""
    began = time.monotonic()
    failures: list[str] = []
    figures: Figures = {}
    try:
        with server(variant, starts) as running:
            outcome, figures = work(running)
            failures = outcome.failures
    except CannotStart as error:
        failures = [f"did not start: {error}"]
    results.add(Run(variant.name, variant.title, run, size, failures, figures))
    shown = "  ".join(f"{key} {value:.4g}" for key, value in figures.items())
    if failures:
        shown = f"FAILED: {'; '.join(failures)} {shown}"
    took = time.monotonic() - began
    print(f"[{results.name} {size}] run {run + 1} {variant.title}: {shown}  [{took:.0f} s]", flush=True)


def fanout(options: Options) -> Results:
    config: dict[str, Any] = {
        "messages": 200,
        "bytes": 200,
        "rounds": 1 if options.quick else 5,
        "timeout": 120.0,
    }
    sizes = options.sizes or [300]
    results = Results("fanout", options.as_settings(config, sizes))
    for size in sizes:
        for run, variant in rounds(chosen(fanout_variants(), options.variants), options.runs):
            measure(results, variant, run, size, partial(_fanout, config={**config, "clients": size}))
    return results


def _fanout(running: Running, config: dict[str, Any]) -> tuple[Outcome, Figures]:
    outcome = drive(running, "fanout", config, limit=900)
    figures: Figures = {}
    for phase in ("burst", "lockstep"):
        if phase not in outcome.figures:
            continue
        measured = outcome.figures[phase]
        cpu = outcome.cpu(f"{phase}:start", f"{phase}:end")
        figures[f"{phase}_per_s"] = measured["messages"] / measured["seconds"]
        figures[f"{phase}_cpu_us"] = cpu / measured["messages"] * 1e6
        figures[f"{phase}_server_busy"] = cpu / measured["seconds"]
        figures[f"{phase}_generator_busy"] = measured["generator_cpu"] / measured["seconds"]
    if "connected" in outcome.samples:
        figures["kib_per_connection"] = outcome.kib_each("rest", "connected", config["clients"])
        figures["connect_cpu_ms"] = outcome.cpu("rest", "connected") / config["clients"] * 1e3
    if "done" in outcome.samples:
        figures["kib_per_connection_after"] = outcome.kib_each("rest", "done", config["clients"])
    return outcome, figures


def classroom(options: Options) -> Results:
    config: dict[str, Any] = {
        "join_seconds": 2.0 if options.quick else 5.0,
        "vote_seconds": 1.0,
        "quiet": 1.0,
        "timeout": 60.0,
    }
    sizes = options.sizes or ([30, 100] if options.quick else [30, 100, 300, 600, 1000])
    results = Results("class", options.as_settings(config, sizes))
    for size in sizes:
        for run, variant in rounds(chosen(class_variants(), options.variants), options.runs):
            settings = {**config, "clients": size, "seed": 1000 * size + run}
            measure(results, variant, run, size, partial(_class, config=settings))
    return results


def _class(running: Running, config: dict[str, Any]) -> tuple[Outcome, Figures]:
    outcome = drive(running, "class", config, limit=400)
    measured = outcome.figures
    if not measured.get("confirm_ms"):
        return outcome, {}
    size = config["clients"]
    figures: Figures = {f"confirm_p{p}_ms": percentile(measured["confirm_ms"], p) for p in (50, 95, 99)}
    figures["confirm_max_ms"] = max(measured["confirm_ms"])
    if measured["final_tally_ms"] is not None:
        figures["final_tally_ms"] = measured["final_tally_ms"]
    figures |= {
        "vote_cpu_s": outcome.cpu("joined", "voted"),
        "join_cpu_s": outcome.cpu("rest", "joined"),
        "join_p99_ms": percentile(measured["join_ms"], 99),
        "frames_per_client": measured["frames_per_client"],
        "bytes_per_client": measured["bytes_per_client"],
        "updates_per_client_s": measured["updates_per_s"],
        "rss_mib": outcome.samples["voted"].rss / 2**20,
        "kib_per_connection": outcome.kib_each("rest", "joined", size),
        "generator_busy": measured["generator_busy"],
        "send_lag_ms": measured["send_lag_ms"],
    }
    return outcome, figures


def rest(options: Options) -> Results:
    config: dict[str, Any] = {"seconds": 5.0 if options.quick else 60.0, "settle": 2.0 if options.quick else 10.0}
    sizes = options.sizes or [300]
    results = Results("rest", options.as_settings(config, sizes))
    for size in sizes:
        for run, variant in rounds(chosen(rest_variants(), options.variants), options.runs):
            measure(results, variant, run, size, partial(_rest, config={**config, "clients": size}), starts=2)
    return results


def _rest(running: Running, config: dict[str, Any]) -> tuple[Outcome, Figures]:
    time.sleep(config["settle"])
    before = running.sample()
    time.sleep(config["seconds"])
    empty = running.sample()
    outcome = drive(running, "idle", config, limit=300)
    figures: Figures = {
        "warm_start_ms": running.ready_seconds * 1e3,
        "rss_mib": empty.rss / 2**20,
        "empty_cpu_percent": (empty.cpu - before.cpu) / (empty.at - before.at) * 100,
    }
    if "idle:end" in outcome.samples:
        start, end = outcome.samples["idle:start"], outcome.samples["idle:end"]
        figures["idle_cpu_percent"] = (end.cpu - start.cpu) / (end.at - start.at) * 100
        figures["idle_rss_mib"] = end.rss / 2**20
    if running.status != 200:
        outcome.failures.append(f"the first page answered {running.status}")
    return outcome, figures


def pages(options: Options) -> Results:
    sizes = options.sizes or ([30] if options.quick else [300])
    results = Results("pages", options.as_settings({}, sizes))
    for size in sizes:
        for run in range(options.runs):
            for name, title, figures in lesson(size):
                results.add(Run(name, title, run, size, [], figures))
                print(f"[pages {size}] run {run + 1} {title}: {figures}", flush=True)
    return results
