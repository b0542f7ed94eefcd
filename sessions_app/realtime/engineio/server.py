"""The ASGI application of the Engine.IO endpoint."""

import asyncio
from collections.abc import Callable
from typing import Any

from .config import EngineConfig, Receive, Scope, Send
from .polling import PollingRequest
from .registry import Registry
from .session import Listener, Session
from .websocket import WebSocketConnection


class EngineServer:
    """Carries sessions by polling and WebSocket; `listen` makes the layer above for each new session."""

    def __init__(self, config: EngineConfig, listen: Callable[[Session], Listener]) -> None:
        self._config = config
        self._registry = Registry(config, listen)
        self._calls: set[asyncio.Task[Any]] = set()

    @property
    def session_count(self) -> int:
        return len(self._registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._calls.add(task)
        try:
            await self._route(scope, receive, send)
        finally:
            self._calls.discard(task)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await PollingRequest(self._registry, scope, receive, send).run()
        elif scope["type"] == "websocket":
            await WebSocketConnection(self._registry, scope, receive, send).run()
        else:
            raise ValueError(f"no Engine.IO over {scope['type']}")

    async def shutdown(self) -> None:
        """Close every session and wait, within bounds, until the requests that carry them have ended."""
        self._registry.close_all()
        calls = self._calls - {asyncio.current_task()}
        if calls:
            await asyncio.wait(calls, timeout=self._config.shutdown_timeout_ms / 1000)
