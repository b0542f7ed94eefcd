"""Fan-out: one client asks, the server broadcasts, every client must get every message in order.

Burst: the server sends all broadcasts of a round in one go. Lockstep: the next broadcast is asked for only when every
client has the previous one. Every client enters one room first. The argument of a broadcast is
`{"seq": …, "pad": …}`, `bytes` long.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from bench.load.link import Link, own_cpu
from bench.load.wire import Client, connect, connect_all, request_bytes

FIRST_SEQ = 100_000
"""Six digits, so that every message of a run is equally long."""


@dataclass
class Config:
    host: str
    port: int
    clients: int
    messages: int
    bytes: int
    rounds: int
    timeout: float


class Counter:
    """Counts deliveries and wakes the scenario when a round is complete."""

    def __init__(self) -> None:
        self.delivered = 0
        self.wanted = -1
        self.complete: asyncio.Future[None] | None = None

    def expect(self, count: int) -> asyncio.Future[None]:
        self.delivered = 0
        self.wanted = count
        self.complete = asyncio.get_running_loop().create_future()
        return self.complete

    def one_more(self) -> None:
        self.delivered += 1
        if self.delivered == self.wanted and self.complete is not None and not self.complete.done():
            self.complete.set_result(None)


class Listener(Client):
    """A client that checks the sequence of what it gets."""

    def __init__(self, request: bytes, counter: Counter) -> None:
        super().__init__(request)
        self._counter = counter
        self.next_seq = FIRST_SEQ
        self.out_of_order = 0
        self.wrong_size = 0
        self.size = 0

    def event(self, packet: bytes) -> None:
        at = packet.find(b'"seq":')
        if at < 0:
            return
        seq = int(packet[at + 6 : packet.index(b",", at)])
        if seq != self.next_seq:
            self.out_of_order += 1
        self.next_seq = seq + 1
        if self.size and len(packet) != self.size:
            self.wrong_size += 1
        self.size = len(packet)
        self._counter.one_more()


class Fanout:
    def __init__(self, config: Config, link: Link) -> None:
        self.config = config
        self.link = link
        self.counter = Counter()
        self.clients: list[Listener] = []
        self.seq = FIRST_SEQ
        self.failures: list[str] = []

    async def run(self) -> None:
        config = self.config
        request = request_bytes(config.host, config.port)
        first = await connect(lambda: Client(request), config.host, config.port)
        first.close()
        await asyncio.sleep(0.5)
        await self.link.mark("rest")
        self.clients = await connect_all(
            lambda: Listener(request, self.counter), config.clients, config.host, config.port
        )
        await asyncio.gather(*(client.call("bench:enter", {}) for client in self.clients))
        await asyncio.sleep(0.5)
        await self.link.mark("connected")
        figures: dict[str, Any] = {}
        try:
            await self._measure(figures)
        except TimeoutError:
            progress = f"{self.counter.delivered} of {self.counter.wanted}"
            self.failures.append(f"messages lost: {progress} delivered after {config.timeout:.0f} s")
        await self.link.mark("done")
        self._check()
        self.link.result(figures, self.failures)
        for client in self.clients:
            client.close()

    async def _measure(self, figures: dict[str, Any]) -> None:
        """Warm up, then fill in the figures of both ways; raises TimeoutError when messages are lost."""
        config = self.config
        warm = max(1, config.messages // 4)
        await self._burst(warm)
        await self._lockstep(warm)
        for name, step in (("burst", self._burst), ("lockstep", self._lockstep)):
            await self.link.mark(f"{name}:start")
            before, seconds = own_cpu(), 0.0
            for _ in range(config.rounds):
                seconds += await step(config.messages)
            cpu = own_cpu() - before
            await self.link.mark(f"{name}:end")
            delivered = config.rounds * config.messages * config.clients
            figures[name] = {"messages": delivered, "seconds": seconds, "generator_cpu": cpu}

    async def _burst(self, count: int) -> float:
        complete = self.counter.expect(count * len(self.clients))
        start = time.perf_counter()
        self.clients[0].emit("bench:burst", {"first": self.seq, "count": count, "bytes": self.config.bytes})
        self.seq += count
        await asyncio.wait_for(complete, self.config.timeout)
        return time.perf_counter() - start

    async def _lockstep(self, count: int) -> float:
        deadline = asyncio.get_running_loop().time() + self.config.timeout
        start = time.perf_counter()
        for _ in range(count):
            complete = self.counter.expect(len(self.clients))
            self.clients[0].emit("bench:burst", {"first": self.seq, "count": 1, "bytes": self.config.bytes})
            self.seq += 1
            async with asyncio.timeout_at(deadline):
                await complete
        return time.perf_counter() - start

    def _check(self) -> None:
        lost = [client.lost for client in self.clients if client.lost]
        if lost:
            self.failures.append(f"{len(lost)} connections lost ({lost[0]})")
        odd = sum(client.out_of_order for client in self.clients)
        if odd:
            self.failures.append(f"{odd} messages out of order")
        behind = sum(1 for client in self.clients if client.next_seq != self.seq)
        if behind:
            self.failures.append(f"{behind} clients did not get the last message")
        uneven = sum(client.wrong_size for client in self.clients)
        if uneven:
            self.failures.append(f"{uneven} messages of another length than the first")
