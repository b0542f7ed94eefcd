"""The client of python-socketio, in every transport mode."""

import asyncio
from typing import Any

import pytest
import socketio

from .wire import PATIENCE_S, Peer

pytestmark = [pytest.mark.asyncio, pytest.mark.profile_free]


class Heard:
    """Events by name, to be waited for one by one."""

    def __init__(self, client: socketio.AsyncClient, *names: str) -> None:
        self._queues: dict[str, asyncio.Queue[list[Any]]] = {name: asyncio.Queue() for name in names}
        for name in names:
            client.on(name, self._hear(name))

    def _hear(self, name: str) -> Any:
        async def hear(*args: Any) -> None:
            self._queues[name].put_nowait(list(args))

        return hear

    async def next(self, name: str) -> list[Any]:
        async with asyncio.timeout(PATIENCE_S):
            return await self._queues[name].get()


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]])
async def test_python_client_is_served(peer: Peer, transports: list[str]) -> None:
    client = socketio.AsyncClient(http_session=peer.http, reconnection_delay=0.01, reconnection_delay_max=0.05)
    heard = Heard(client, "auth", "message-back", "answered", "tick", "disconnect")
    client.on("question", lambda word: (word.upper(), 2))
    await client.connect(peer.base, auth={"token": "abc"}, transports=transports, socketio_path="/roomy/")
    try:
        assert await heard.next("auth") == [{"token": "abc"}]

        question = (1, "zwei", {"drei": [None, True]})
        assert await client.call("message-with-ack", question) == question

        await client.emit("ask", "really")
        assert await heard.next("answered") == ["REALLY", 2]

        await client.emit("message", (b"\x01\x02", {"deep": [b"\x03"]}))
        assert await heard.next("message-back") == [b"\x01\x02", {"deep": [b"\x03"]}]

        await client.emit("burst", 500)
        assert [await heard.next("tick") for _ in range(500)] == [[number] for number in range(500)]

        await client.emit("drop-line")
        assert await heard.next("auth") == [{"token": "abc"}]
        assert await client.call("message-with-ack", "back") == "back"
    finally:
        await client.disconnect()


async def test_python_client_is_refused_with_the_reason(peer: Peer) -> None:
    client = socketio.AsyncClient(http_session=peer.http)
    errors: asyncio.Queue[Any] = asyncio.Queue()
    client.on("connect_error", errors.put_nowait)

    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(peer.base, auth={"refuse": True}, transports=["websocket"], socketio_path="/roomy/")

    assert errors.get_nowait() == {"message": "Not today", "data": {"code": 7}}
