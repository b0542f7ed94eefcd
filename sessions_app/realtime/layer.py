"""The channel layer of the embedded default: one process, no copies, bounded queues; format as channels specifies.

Cf. https://channels.readthedocs.io/en/stable/channel_layer_spec.html
"""

import asyncio
import secrets
from collections import defaultdict
from typing import Any

from channels.layers import BaseChannelLayer

Message = dict[str, Any]


class InProcessLayer(BaseChannelLayer):  # type: ignore[misc]  # channels has no types
    """Channels and groups of one event loop; a full channel drops the message, as every layer may."""

    extensions = ("groups", "flush")
    # There is no line that could break: nobody has to listen whether it still carries.
    never_deaf = True

    def __init__(self, expiry: int = 60, capacity: int = 100_000) -> None:
        super().__init__(expiry=expiry, capacity=capacity)
        self._queues: dict[str, asyncio.Queue[Message]] = {}
        self._groups: defaultdict[str, set[str]] = defaultdict(set)
        self.dropped = 0

    async def new_channel(self, prefix: str = "specific") -> str:
        return f"{prefix}.inprocess!{secrets.token_hex(8)}"

    async def send(self, channel: str, message: Message) -> None:
        self._put(self._queue(channel), message)

    async def receive(self, channel: str) -> Message:
        return await self._queue(channel).get()

    async def group_add(self, group: str, channel: str) -> None:
        self._queue(channel)
        self._groups[group].add(channel)

    async def group_discard(self, group: str, channel: str) -> None:
        members = self._groups.get(group)
        if members is None:
            return
        members.discard(channel)
        if not members:
            del self._groups[group]

    async def group_send(self, group: str, message: Message) -> None:
        for channel in self._groups.get(group, ()):
            self._put(self._queue(channel), message)

    async def flush(self) -> None:
        self._queues.clear()
        self._groups.clear()

    def _queue(self, channel: str) -> asyncio.Queue[Message]:
        if channel not in self._queues:
            self._queues[channel] = asyncio.Queue(self.capacity)
        return self._queues[channel]

    def _put(self, queue: asyncio.Queue[Message], message: Message) -> None:
        try:
            queue.put_nowait(message)
        except asyncio.QueueFull:
            self.dropped += 1
