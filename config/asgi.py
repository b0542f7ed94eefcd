"""The ASGI application: /socket.io/ goes to the transport, everything else to Django."""

import os
from typing import Any, cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_app = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  # needs the apps
from django.conf import settings  # noqa: E402

from config import alone, open_files  # noqa: E402
from sessions_app.realtime import handshake, runtime  # noqa: E402
from sessions_app.realtime.consumer import SocketConsumer  # noqa: E402
from sessions_app.realtime.engineio import EngineConfig, Receive, Scope, Send  # noqa: E402
from sessions_app.realtime.socketio import NamespaceConfig, SocketServer  # noqa: E402

engine_config = EngineConfig(
    ping_interval_ms=settings.LECTERN_PING_INTERVAL_MS,
    ping_timeout_ms=settings.LECTERN_PING_TIMEOUT_MS,
    max_payload_bytes=settings.LECTERN_MAX_PAYLOAD_BYTES,
    allow_host=handshake.is_our_host,
    allow_origin=handshake.may_connect_from,
    handshake_headers=handshake.device_cookie_headers,
)
sockets = SocketServer(
    AuthMiddlewareStack(SocketConsumer.as_asgi()),
    engine_config,
    {"/": NamespaceConfig(recovery_s=settings.LECTERN_RECOVERY_SECONDS)},
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["path"].startswith(engine_config.path) and scope["type"] in ("http", "websocket"):
        await sockets(scope, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4404})
    else:
        await django_app(cast(Any, scope), receive, cast(Any, send))


async def close_sockets() -> None:
    """Say good-bye to every socket while its line still stands, then stop what they share. Safe to repeat."""
    await sockets.shutdown()
    await runtime.shut_down()


async def _start() -> dict[str, Any]:
    """What ./dev run has done already is done here too, for a process that it did not start."""
    open_files.raise_limit()
    try:
        alone.claim_data_folder()
    except alone.FolderTakenError as refusal:
        return {"type": "lifespan.startup.failed", "message": str(refusal)}
    await runtime.current()
    return {"type": "lifespan.startup.complete"}


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send(await _start())
        elif message["type"] == "lifespan.shutdown":
            await close_sockets()
            await send({"type": "lifespan.shutdown.complete"})
            return
