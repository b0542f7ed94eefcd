"""SVG plots of the medians, written into docs/ with pygal: no script, no font and no address outside the file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pygal
from pygal.style import Style

from bench.figures import spread
from bench.store import Results

STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    foreground="#1f2933",
    foreground_strong="#1f2933",
    foreground_subtle="#52606d",
    opacity="1",
    colors=("#1d4ed8", "#b45309", "#047857", "#7e22ce", "#be123c", "#475569"),
    font_family="system-ui, sans-serif",
    label_font_size=14,
    legend_font_size=14,
    title_font_size=18,
    major_label_font_size=14,
)
COMMON: dict[str, Any] = {
    "style": STYLE,
    "js": [],
    "no_prefix": True,
    "pretty_print": False,
    "legend_at_bottom": True,
    "legend_at_bottom_columns": 2,
    "width": 860,
    "height": 460,
}


def middle(results: Results, variant: str, figure: str, size: int) -> float | None:
    found = spread(list(results.values(variant, figure, size).values()))
    return round(found.median, 3) if found else None


def save(chart: Any, path: Path) -> str:
    """Write it without the comment that carries a date and without the line of generator scripts; returns the name."""
    text: str = chart.render(is_unicode=True)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    path.write_text(text.strip() + "\n", encoding="utf-8")
    return path.name


def fanout(results: Results, docs: Path) -> list[str]:
    names = []
    for size in results.sizes():
        chart = pygal.HorizontalBar(title=f"Fan-out to {size} clients, messages delivered a second", **COMMON)
        servers = {name: title for name, title in results.variants().items() if name != "ceiling"}
        chart.x_labels = list(servers.values())
        for phase in ("burst", "lockstep"):
            chart.add(phase, [middle(results, name, f"{phase}_per_s", size) for name in servers])
        names.append(save(chart, docs / f"performance-fanout-{size}.svg"))
    return names


def classroom(results: Results, docs: Path) -> list[str]:
    kinds = (
        ("confirm_p99_ms", "p99", "A vote's confirmation, p99 in ms by class size", True),
        ("vote_cpu_s", "cpu", "Server CPU seconds of the vote by class size", False),
        ("frames_per_client", "frames", "Frames a client gets during the vote by class size", True),
    )
    names = []
    for figure, short, title, logarithmic in kinds:
        chart = pygal.Line(title=title, logarithmic=logarithmic, **COMMON)
        chart.x_labels = [str(size) for size in results.sizes()]
        for name, label in results.variants().items():
            chart.add(label, [middle(results, name, figure, size) for size in results.sizes()])
        names.append(save(chart, docs / f"performance-class-{short}.svg"))
    return names
