"""`./dev run`: prepare the data folder, then serve sockets, pages and background work in one process."""

import argparse
import asyncio
import errno
import os
import socket
import sys
from pathlib import Path

import django
import uvicorn
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from config import alone, embedded, env, open_files, setup, uvicorn_protocol

HIGHEST_PORT = 65535
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def main() -> None:
    options = parse(sys.argv[1:])
    refuse_debug_for_others(options)
    address = lan_address() if options.lan else options.host
    prepare_environment(options, address)
    open_files.raise_limit()

    try:
        django.setup()
        # Before the port: another port is no way out where this data folder is served already.
        alone.claim_data_folder()
    except (ImproperlyConfigured, alone.FolderTakenError) as fault:
        sys.exit(str(fault))
    refuse_used_port("0.0.0.0" if options.lan else options.host, options.port)  # noqa: S104  # asked for by --lan
    setup.prepare(progress=say)
    host = f"[{address}]" if ":" in address else address
    base_url = settings.LECTERN_BASE_URL or f"http://{host}:{options.port}"
    setup.welcome(base_url, lan=options.lan, say=say)
    serve(options)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev run", description="Serve Lectern from this folder.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=port_number, default=8000, help="port to listen on (8000)")
    parser.add_argument("--lan", action="store_true", help="serve the local network, and show a QR for phones")
    parser.add_argument("--debug", action="store_true", help="for developers: DEBUG on")
    parser.add_argument("--server", choices=("uvicorn", "daphne"), default="uvicorn", help="the ASGI server (uvicorn)")
    return parser.parse_args(arguments)


def refuse_debug_for_others(options: argparse.Namespace) -> None:
    if (options.debug or env.flag("LECTERN_DEBUG")) and (options.lan or options.host not in THIS_MACHINE):
        sys.exit(
            "DEBUG shows code and settings to everybody who can reach this server: leave out --debug (LECTERN_DEBUG), "
            "or serve this machine alone, without --lan and with --host 127.0.0.1."
        )


def port_number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: choose one from 1024 to {HIGHEST_PORT}")
    return int(text)


def prepare_environment(options: argparse.Namespace, address: str) -> None:
    """What settings read: made here for who runs one command, left alone where an operator has set it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    data_dir = Path(os.environ.setdefault("LECTERN_DATA_DIR", str(Path(__file__).resolve().parent.parent / "data")))
    data_dir.mkdir(parents=True, exist_ok=True)
    if options.debug:
        os.environ["LECTERN_DEBUG"] = "1"
    if "LECTERN_SECRET_KEY" not in os.environ:
        setup.make_secret(data_dir / "secret_key")
    if options.lan:
        os.environ.setdefault("LECTERN_ALLOWED_HOSTS", f"localhost,127.0.0.1,{address},{socket.gethostname()}")
        os.environ.setdefault("LECTERN_LAN_URL", f"http://{address}:{options.port}")


def lan_address() -> str:
    """The address that other machines of the local network reach this one by. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            sys.exit("This machine has no network address. Connect it to a network, or run without --lan.")
        return str(probe.getsockname()[0])


def refuse_used_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            other = port + 1 if fault.errno == errno.EADDRINUSE and port < HIGHEST_PORT else 8000
            sys.exit(f"Port {port} of {host} cannot be used ({fault.strerror}). Try ./dev run --port {other}.")


def serve(options: argparse.Namespace) -> None:
    worker = embedded.start() if settings.CELERY_BROKER_URL.startswith("memory:") else None
    try:
        host = "0.0.0.0" if options.lan else options.host  # noqa: S104  # asked for by --lan
        run = {"uvicorn": run_uvicorn, "daphne": run_daphne}[options.server]
        run(host, options.port)
    finally:
        if worker is not None:
            worker.stop()


def run_uvicorn(host: str, port: int) -> None:
    config = uvicorn.Config(
        "config.asgi:application",
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws=uvicorn_protocol.FrameProtocol,
        ws_max_size=settings.LECTERN_MAX_PAYLOAD_BYTES,
        proxy_headers=True,
        forwarded_allow_ips=settings.LECTERN_TRUSTED_PROXIES,
        # Without a database or channel layer there is no server: the start fails, and says so.
        lifespan="on",
        access_log=settings.DEBUG,
        log_level="info" if settings.DEBUG else "warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    uvicorn_protocol.Server(config, before_shutdown=import_string("config.asgi.close_sockets")).run()


def run_daphne(host: str, port: int) -> None:
    # Imported here: they bring Twisted, which the other server does without.
    from daphne.cli import CommandLineInterface
    from twisted.internet import defer

    close_sockets = import_string("config.asgi.close_sockets")
    import_string("twisted.internet.reactor").addSystemEventTrigger(
        "before", "shutdown", lambda: defer.Deferred.fromFuture(asyncio.ensure_future(close_sockets()))
    )
    # daphne believes every peer's X-Forwarded-For: only where none but this machine's proxy can reach it.
    proxy = ["--proxy-headers"] if host in THIS_MACHINE else []
    # Beyond these daphne drops the line without a word; up to our own limit we say why.
    most = str(max(2**20, settings.LECTERN_MAX_PAYLOAD_BYTES + 1))
    sizes = ["--websocket-max-message-size", most, "--websocket-max-frame-size", most]
    options = ["--bind", host, "--port", str(port), *proxy, *sizes, "--no-server-name", "-v", "0"]
    CommandLineInterface().run([*options, "config.asgi:application"])


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
