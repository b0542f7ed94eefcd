"""Baseline: an ASGI WebSocket fan-out on uvicorn with nothing in between: no Channels, no Django, no heartbeat.

It answers the Engine.IO and Socket.IO handshake with fixed packets, so that the same generator can drive it. Usage:
`python -m bench.servers.bare_uvicorn --port N`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

OPEN = '0{"sid":"bench","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'
BURST = '42["bench:burst",'

clients: set[Send] = set()


async def broadcast(first: int, count: int, size: int) -> None:
    pad = "x" * max(0, size - 23)
    for seq in range(first, first + count):
        text = f'42["bench:message",{{"seq":{seq},"pad":"{pad}"}}]'
        message: Message = {"type": "websocket.send", "text": text}
        for send in list(clients):
            await send(message)


async def websocket(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": OPEN})
    try:
        while (message := await receive())["type"] == "websocket.receive":
            text: str = message.get("text") or ""
            if text.startswith("40"):
                await send({"type": "websocket.send", "text": '40{"sid":"bench"}'})
            elif text.startswith("42") and "bench:enter" in text:
                clients.add(send)
                await send({"type": "websocket.send", "text": f"43{text[2 : text.index('[')]}[{{}}]"})
            elif text.startswith(BURST):
                asked = json.loads(text[2:])[1]
                await broadcast(asked["first"], asked["count"], asked["bytes"])
    finally:
        clients.discard(send)


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await websocket(receive, send)
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"ready"})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
        lifespan="off",
    )


if __name__ == "__main__":
    main()
