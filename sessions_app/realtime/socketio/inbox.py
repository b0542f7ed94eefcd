"""The one queue from which a consumer reads."""

import asyncio
from collections import deque

from sessions_app.realtime.engineio.config import Message

# Above this many waiting messages of the client its line is not read any further.
MAX_CLIENT_MESSAGES = 128
# A consumer that has let so many messages pile up is stuck, whoever sent them.
MAX_MESSAGES = 10_000


class Inbox:
    """Messages in order, with one last message after which nothing is taken in."""

    def __init__(self, max_client_bytes: int) -> None:
        self._max_client_bytes = max_client_bytes
        self._messages: deque[tuple[Message, int]] = deque()
        self._client_messages = 0
        self._client_bytes = 0
        self._finished = False
        self._reader: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None

    def put(self, message: Message, *, client_bytes: int = 0) -> None:
        """`client_bytes` is what the client sent to cause the message; 0 for messages of the server."""
        if not self._finished:
            self._append(message, client_bytes)

    def finish(self, message: Message) -> None:
        self.put(message)
        self._finished = True
        self._release_room()

    def is_stuck(self) -> bool:
        return len(self._messages) > MAX_MESSAGES

    def wait_for_room(self) -> "asyncio.Future[None] | None":
        """What to wait for before taking in more from the client, if anything."""
        if self._finished or not self._is_full():
            return None
        if self._room is None:
            self._room = asyncio.get_running_loop().create_future()
        return self._room

    async def get(self) -> Message:
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        message, client_bytes = self._messages.popleft()
        if client_bytes:
            self._client_messages -= 1
            self._client_bytes -= client_bytes
            if self._room is not None and not self._is_full():
                self._release_room()
        return message

    def _append(self, message: Message, client_bytes: int) -> None:
        self._messages.append((message, client_bytes))
        if client_bytes:
            self._client_messages += 1
            self._client_bytes += client_bytes
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _is_full(self) -> bool:
        return self._client_messages >= MAX_CLIENT_MESSAGES or self._client_bytes > self._max_client_bytes

    def _release_room(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        self._room = None
