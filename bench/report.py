"""Renders the results in `bench/results/` into docs/PERFORMANCE.md, between its markers, with plots beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench import plots, tables, targets
from bench.measure import ROOT
from bench.store import Results, load

DOCS = ROOT / "docs"
PAGE = DOCS / "PERFORMANCE.md"
START, END = "<!-- bench:start -->", "<!-- bench:end -->"


def machine_line(results: Results) -> str:
    found: dict[str, Any] = results.machine
    return (
        f"{found['cores']} cores ({found['processor']}), {found['memory_gib']} GiB, {found['system']}, "
        f"Python {found['python']}, Node {found['node']}, socket.io {found['socketio']}, "
        f"commit {found['commit']}, {found['date']}; load average before the runs {found['load_before']}."
    )


def repeat_line(results: Results) -> str:
    made = results.settings
    command = f"./dev bench {results.name} --runs {made['runs']} --sizes {','.join(map(str, made['sizes']))}"
    if made.get("variants"):
        command += f" --variants {','.join(made['variants'])}"
    return f"`{command}`"


def section(title: str, results: Results, body: list[str], names: list[str]) -> list[str]:
    """A heading, how to repeat it, where it was measured, the failures first, then the tables and the plots."""
    lines = [f"## {title}", "", f"Repeat: {repeat_line(results)}. Machine: {machine_line(results)}", ""]
    failed = tables.failures(results)
    if failed:
        lines += [*failed, ""]
    lines += body
    for name in names:
        lines += [f"![{title}]({name})", ""]
    return lines


def body() -> str:
    kinds: list[tuple[str, str, Callable[[Results], list[str]]]] = [
        ("fanout", "Fan-out", tables.fanout),
        ("class", "A class that votes", tables.classroom),
        ("rest", "Start and rest", tables.rest),
        ("pages", "The pages on a slow phone", tables.pages),
    ]
    found = {name: load(name) for name, _, _ in kinds}
    verdicts = [
        *(targets.fanout(found["fanout"]) if found["fanout"] else []),
        *(targets.classroom(found["class"]) if found["class"] else []),
        *(targets.pages(found["pages"]) if found["pages"] else []),
    ]
    lines = ["## Targets", "", *tables.verdicts(verdicts)]
    for name, title, render in kinds:
        results = found[name]
        if results is None:
            lines += [f"## {title}", "", "Not measured yet.", ""]
            continue
        drawn: list[str] = []
        if name == "fanout":
            drawn = plots.fanout(results, DOCS)
        elif name == "class":
            drawn = plots.classroom(results, DOCS)
        lines += section(title, results, render(results), drawn)
    return "\n".join(lines).strip()


def write() -> None:
    """Replace what stands between the markers; everything else on the page is written by hand."""
    DOCS.mkdir(exist_ok=True)
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else f"# Performance\n\n{START}\n{END}\n"
    if START not in page or END not in page:
        raise SystemExit(f"{PAGE.name} has lost its markers {START} and {END}")
    head, rest = page.split(START, 1)
    tail = rest.split(END, 1)[1]
    PAGE.write_text(f"{head}{START}\n\n{body()}\n\n{END}{tail}", encoding="utf-8")
    print(f"written: docs/{PAGE.name}")
