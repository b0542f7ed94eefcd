"""CPU seconds and memory of a server's process tree, and a line about the machine."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Sample:
    """What a server had used at one moment: CPU seconds since it started, resident bytes now."""

    at: float
    cpu: float
    rss: int


def tree(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def sample(pid: int, companions: tuple[int, ...] = ()) -> Sample:
    """Measure the tree of `pid`; companions (a Redis server) count for CPU and not for memory."""
    cpu, rss = 0.0, 0
    for process in tree(pid):
        try:
            times = process.cpu_times()
            cpu += times.user + times.system
            rss += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    for companion in companions:
        times = psutil.Process(companion).cpu_times()
        cpu += times.user + times.system
    return Sample(time.perf_counter(), cpu, rss)


def output_of(*command: str) -> str:
    """The first line that a command prints, or nothing."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else ""


def machine() -> dict[str, Any]:
    """Where and when the figures were taken."""
    processor = ""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            processor = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        processor = platform.processor()
    return {
        "cores": psutil.cpu_count(),
        "processor": processor,
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "node": output_of("node", "--version").lstrip("v"),
        "socketio": output_of("node", "-p", "require('socket.io/package.json').version"),
        "commit": output_of("git", "rev-parse", "--short", "HEAD"),
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()) + " UTC",
        "load_before": round(os.getloadavg()[0], 2),
    }
