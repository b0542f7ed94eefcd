"""Lectern as `config.serve` runs it, with the two events of `fanout_events`, so that the fan-out takes the real path.

That is: pipeline thread, commit, hub, channel layer, sockets. Takes the options of `config.serve`.
"""

import importlib
import sys

import django

from config import serve, setup


def main() -> None:
    options = serve.parse(sys.argv[1:])
    serve.prepare_environment(options, options.host)
    django.setup()
    setup.prepare(progress=serve.say)
    importlib.import_module("bench.servers.fanout_events")
    serve.serve(options)


if __name__ == "__main__":
    main()
