"""Which servers there are, and how each is started."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field

NODE_FANOUT = "bench/servers/node_fanout.mjs"
NODE_CLASS = "bench/servers/node_naive_class.mjs"
SERVE = ("-m", "config.serve")
SERVE_FANOUT = ("-m", "bench.servers.lectern_fanout")


@dataclass(frozen=True)
class Variant:
    """One server under test; `command` is what follows the interpreter, `--port N` is added to it."""

    name: str
    title: str
    command: tuple[str, ...]
    lectern: bool = False
    redis: bool = False
    database_url: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def argv(self, port: int) -> list[str]:
        interpreter = sys.executable if self.command[0] == "-m" else "node"
        return [interpreter, *self.command, "--port", str(port)]


def lectern(name: str, title: str, command: tuple[str, ...], *, redis: bool = False, database_url: str = "") -> Variant:
    return Variant(name, title, command, lectern=True, redis=redis, database_url=database_url)


def fanout_variants() -> list[Variant]:
    """The baseline first, then what is compared with it."""
    return [
        Variant("node", "Node socket.io", (NODE_FANOUT,)),
        Variant("uvicorn", "bare uvicorn WebSocket", ("-m", "bench.servers.bare_uvicorn")),
        lectern("lectern", "Lectern", SERVE_FANOUT),
        lectern("lectern-redis", "Lectern, Redis layer", SERVE_FANOUT, redis=True),
        lectern("lectern-daphne", "Lectern on daphne", (*SERVE_FANOUT, "--server", "daphne")),
        Variant("ceiling", "(the generator's own ceiling)", ("-m", "bench.servers.ceiling")),
    ]


def class_variants() -> list[Variant]:
    variants = [
        Variant("naive", "naive Node", (NODE_CLASS,)),
        Variant("coalesced", "Node, 100 ms coalescing", (NODE_CLASS, "--coalesce-ms", "100")),
        lectern("lectern", "Lectern", SERVE),
        lectern("lectern-redis", "Lectern, Redis layer", SERVE, redis=True),
        lectern("lectern-daphne", "Lectern on daphne", (*SERVE, "--server", "daphne")),
    ]
    url = os.environ.get("BENCH_DATABASE_URL", "")
    if url:
        variants.append(lectern("lectern-postgres", "Lectern, PostgreSQL", SERVE, database_url=url))
    return variants


def rest_variants() -> list[Variant]:
    return [
        Variant("node", "Node socket.io", (NODE_FANOUT,)),
        Variant("uvicorn", "bare uvicorn WebSocket", ("-m", "bench.servers.bare_uvicorn")),
        lectern("lectern", "Lectern", SERVE),
        lectern("lectern-daphne", "Lectern on daphne", (*SERVE, "--server", "daphne")),
    ]


def chosen(variants: list[Variant], names: list[str] | None) -> list[Variant]:
    """The variants that were asked for, in the order of the list above."""
    if not names:
        return variants
    unknown = set(names) - {variant.name for variant in variants}
    if unknown:
        raise SystemExit(
            f"no such variant: {', '.join(sorted(unknown))}; there are {', '.join(v.name for v in variants)}"
        )
    return [variant for variant in variants if variant.name in names]
