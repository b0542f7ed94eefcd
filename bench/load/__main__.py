"""`python -m bench.load <scenario> <json>`: the generator's own process, started by the bench."""

from __future__ import annotations

import gc
import json
import sys
from typing import Any

import uvloop

from bench.load import classroom, fanout, idle
from bench.load.link import Link


async def main(scenario: str, config: dict[str, Any]) -> None:
    link = await Link.open()
    if scenario == "fanout":
        await fanout.Fanout(fanout.Config(**config), link).run()
    elif scenario == "class":
        await classroom.Classroom(classroom.Config(**config), link).run()
    elif scenario == "idle":
        await idle.Idle(idle.Config(**config), link).run()
    else:
        raise SystemExit(f"no such scenario: {scenario}")


if __name__ == "__main__":
    gc.disable()
    uvloop.run(main(sys.argv[1], json.loads(sys.argv[2])))
