"""`python -m bench fanout | class | rest | pages | all | report`: run benchmarks, then write docs/PERFORMANCE.md."""

from __future__ import annotations

import argparse

from bench import report, scenarios, targets
from bench.store import Results

BENCHMARKS = {
    "fanout": scenarios.fanout,
    "class": scenarios.classroom,
    "rest": scenarios.rest,
    "pages": scenarios.pages,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", default=["all"], help="fanout, class, rest, pages, all, report (default: all)"
    )
    parser.add_argument("--runs", type=int, default=0, help="paired runs of every server (default 3, with --quick 1)")
    parser.add_argument(
        "--sizes", type=lambda text: [int(part) for part in text.split(",")], default=[], help="clients: 30,300"
    )
    parser.add_argument(
        "--variants", type=lambda text: text.split(","), default=None, help="only these servers: node,lectern"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a smoke test: one short run; its figures are not for comparison"
    )
    return parser.parse_args()


def missed(results: Results) -> int:
    """The budgets of the pages are asserted: a missed one fails the command."""
    verdicts = [verdict for verdict in targets.pages(results) if verdict.word != "met"]
    for verdict in verdicts:
        print(f"MISSED {verdict.target}: {verdict.measured}")
    return len(verdicts)


def main() -> int:
    asked = arguments()
    names = [name for given in asked.names for name in (BENCHMARKS if given == "all" else [given])]
    unknown = [name for name in names if name not in BENCHMARKS and name != "report"]
    if unknown:
        raise SystemExit(f"no such benchmark: {', '.join(unknown)}")
    options = scenarios.Options(asked.runs or (1 if asked.quick else 3), asked.sizes, asked.variants, asked.quick)
    failed = 0
    for name in names:
        if name == "report":
            report.write()
            continue
        results = BENCHMARKS[name](options)
        for run in results.failed():
            failed += 1
            print(f"FAILED {name} {run.size} run {run.run + 1} {run.title}: {'; '.join(run.failures)}")
        if name == "pages":
            failed += missed(results)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
