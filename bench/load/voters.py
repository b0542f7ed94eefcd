"""A class that joins, waits for a word, and votes over some seconds in the first poll that is open."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from bench.load.wire import Client, arguments, connect, request_bytes

VOTE_SECONDS = 5.0
OPTIONS = 4
AT_ONCE = 10


class Voter(Client):
    """One student: joins, and remembers the poll that is open."""

    def __init__(self, request: bytes) -> None:
        super().__init__(request)
        self.joined: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    def event(self, packet: bytes) -> None:
        if packet.startswith(b'42["session:joined"') and not self.joined.done():
            self.joined.set_result(arguments(packet)[1])


async def voting(port: int, code: str, count: int, joined: threading.Event, asked: threading.Event) -> None:
    """All join and `joined` is set; when `asked` is set, they vote, one after another, and stay a while."""
    request = request_bytes("127.0.0.1", port)
    voters: list[Voter] = []
    while len(voters) < count:
        some = await asyncio.gather(*(connect(lambda: Voter(request), "127.0.0.1", port) for _ in range(AT_ONCE)))
        voters += await asyncio.gather(*(_join(voter, code) for voter in some))
    joined.set()
    await asyncio.to_thread(asked.wait, 60)
    for number, voter in enumerate(voters):
        await _vote(voter, code, number)
        await asyncio.sleep(VOTE_SECONDS / count)
    await asyncio.sleep(VOTE_SECONDS)
    for voter in voters:
        voter.close()


async def _join(voter: Voter, code: str) -> Voter:
    voter.emit("session:join", {"code": code, "name": ""})
    await asyncio.wait_for(voter.joined, 30)
    return voter


async def _vote(voter: Voter, code: str, number: int) -> None:
    (poll, *_) = [room for room in voter.joined.result()["activeRooms"] if room["roomType"] == "poll"]
    vote = {"sessionCode": code, "widgetId": poll["widgetId"], "optionIndex": number % OPTIONS}
    await voter.call("session:poll:vote", vote)
