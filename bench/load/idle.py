"""Idle: connections that do nothing but answer pings."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bench.load.link import Link
from bench.load.wire import Client, connect_all, request_bytes


@dataclass
class Config:
    host: str
    port: int
    clients: int
    seconds: float
    settle: float


class Idle:
    def __init__(self, config: Config, link: Link) -> None:
        self.config = config
        self.link = link

    async def run(self) -> None:
        config = self.config
        await self.link.mark("rest")
        request = request_bytes(config.host, config.port)
        clients = await connect_all(lambda: Client(request), config.clients, config.host, config.port)
        await asyncio.sleep(config.settle)
        await self.link.mark("idle:start")
        before = sum(client.frames for client in clients)
        await asyncio.sleep(config.seconds)
        await self.link.mark("idle:end")
        lost = [client.lost for client in clients if client.lost]
        failures = [f"{len(lost)} connections lost ({lost[0]})"] if lost else []
        self.link.result(
            {"frames": sum(client.frames for client in clients) - before, "seconds": config.seconds}, failures
        )
        for client in clients:
            client.close()
