"""A class: the host opens a poll, students join over a few seconds, then all of them vote within one second.

Arrivals are open-loop: every vote has its time before the phase begins, and its latency counts from that time, whether
or not the server or the generator keeps up (from the sending, where a timer fired a fraction of a millisecond early).
Every client's last tally and every confirmation are checked.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter as Tally
from dataclasses import dataclass
from typing import Any

from bench.load.link import Link, own_cpu
from bench.load.wire import Client, arguments, connect, request_bytes

OPTIONS = 4
WIDGET = "poll-1"
_UPDATE, _TOTAL = b'42["poll:voteUpdate"', b'"totalVotes":'


@dataclass
class Config:
    host: str
    port: int
    clients: int
    join_seconds: float
    vote_seconds: float
    quiet: float
    timeout: float
    seed: int


class Student(Client):
    """One participant: its last tally, when it began to show the final one, and when its vote was confirmed."""

    def __init__(self, request: bytes, room: Classroom) -> None:
        super().__init__(request)
        self._room = room
        self.joined: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.tally = b""
        self.updates = 0
        self.first_update_at = self.last_update_at = 0.0
        self.final_at = 0.0
        self.confirmed_at = 0.0
        self.refused = ""

    def event(self, packet: bytes) -> None:
        if packet.startswith(_UPDATE):
            self.tally = packet
            self.updates += 1
            self.last_update_at = time.perf_counter()
            self.first_update_at = self.first_update_at or self.last_update_at
            at = packet.find(_TOTAL) + len(_TOTAL)
            total = packet[at : at + 8].lstrip(b" ")
            if total.startswith(self._room.final_total) and not total[len(self._room.final_total)].to_bytes().isdigit():
                if not self.final_at:
                    self.final_at = self.last_update_at
                    self._room.progress()
            else:
                self.final_at = 0.0
        elif packet.startswith(b'42["session:poll:voteConfirmed"'):
            answer = arguments(packet)[1]
            if self.confirmed_at:
                self.refused = "confirmed twice"
            self.confirmed_at = time.perf_counter()
            if not answer.get("success"):
                self.refused = str(answer.get("error"))
            self._room.progress()
        elif packet.startswith(b'42["session:joined"') and not self.joined.done():
            self.joined.set_result(arguments(packet)[1])

    def update_rate(self) -> float:
        """State frames a second between the first and the last one."""
        lasted = self.last_update_at - self.first_update_at
        return (self.updates - 1) / lasted if lasted > 0 else 0.0


class Votes:
    """Every student's vote at its time, whatever the server does; `due` becomes the sending where that was early."""

    def __init__(self, students: list[Student], code: str, due: list[float]) -> None:
        self.students, self.code, self.due = students, code, due
        self.lag = 0.0
        loop = asyncio.get_running_loop()
        ahead = loop.time() - time.perf_counter()
        for number, moment in enumerate(due):
            loop.call_at(moment + ahead, self._cast, number)

    def _cast(self, number: int) -> None:
        now = time.perf_counter()
        self.lag = max(self.lag, now - self.due[number])
        self.due[number] = min(self.due[number], now)
        vote = {"sessionCode": self.code, "widgetId": WIDGET, "optionIndex": number % OPTIONS}
        self.students[number].emit("session:poll:vote", vote)

    def latencies(self) -> dict[str, Any]:
        """From the moments that votes were due: to each confirmation, and from the last one to the final tally."""
        confirmed = [
            (s.confirmed_at - due) * 1000 for s, due in zip(self.students, self.due, strict=True) if s.confirmed_at
        ]
        seen = [s.final_at - max(self.due) for s in self.students if s.final_at]
        return {
            "confirm_ms": [round(value, 3) for value in confirmed],
            "final_tally_ms": round(max(seen) * 1000, 3) if len(seen) == len(self.students) else None,
        }


class Classroom:
    def __init__(self, config: Config, link: Link) -> None:
        self.config = config
        self.link = link
        self.random = random.Random(config.seed)
        self.final_total = str(config.clients).encode()
        self.students: list[Student] = []
        self.failures: list[str] = []
        self.steps = 0
        self.complete: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def progress(self) -> None:
        """A confirmation or a final tally arrived; cheap, and exact only once all of them could have."""
        self.steps += 1
        if self.steps >= 2 * self.config.clients and not self.complete.done() and self._all_there():
            self.complete.set_result(None)

    def _all_there(self) -> bool:
        return all(student.final_at and student.confirmed_at for student in self.students)

    async def run(self) -> None:
        config = self.config
        request = request_bytes(config.host, config.port)
        host = await connect(lambda: Client(request), config.host, config.port)
        code = await self._open_poll(host)
        await asyncio.sleep(0.5)
        await self.link.mark("rest")
        join_times = await self._join(code, request)
        await asyncio.sleep(1.0)
        await self.link.mark("joined")
        figures = await self._vote(code)
        await self.link.mark("voted")
        self._check(host)
        figures["join_ms"] = [round(value * 1000, 3) for value in join_times]
        self.link.result(figures, self.failures)
        for client in (host, *self.students):
            client.close()

    async def _open_poll(self, host: Client) -> str:
        created = await host.call("session:create", {})
        if not created.get("success"):
            raise SystemExit(f"session:create was refused: {created}")
        code = str(created["code"])
        room = {"sessionCode": code, "roomType": "poll", "widgetId": WIDGET}
        opened = await host.call("session:createRoom", room)
        if not opened.get("success"):
            raise SystemExit(f"session:createRoom was refused: {opened}")
        poll = {"question": "Which one?", "options": [f"Option {number}" for number in range(OPTIONS)]}
        host.emit("session:poll:update", {"sessionCode": code, "widgetId": WIDGET, "pollData": poll})
        host.emit("session:updateWidgetState", {**room, "isActive": True})
        return code

    async def _join(self, code: str, request: bytes) -> list[float]:
        config = self.config
        start = time.perf_counter()

        async def one(number: int) -> float:
            due = start + config.join_seconds * number / config.clients
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            student = await connect(lambda: Student(request, self), config.host, config.port)
            self.students.append(student)
            student.emit("session:join", {"code": code, "name": f"Student {number}"})
            answer = await asyncio.wait_for(student.joined, config.timeout)
            if not answer.get("success"):
                self.failures.append(f"a join was refused: {answer.get('error')}")
            return time.perf_counter() - due

        results = await asyncio.gather(*(one(number) for number in range(config.clients)), return_exceptions=True)
        broken = [result for result in results if isinstance(result, BaseException)]
        if broken:
            self.failures.append(f"{len(broken)} students could not join ({broken[0]!r})")
        return [result for result in results if isinstance(result, float)]

    async def _vote(self, code: str) -> dict[str, Any]:
        config, students = self.config, self.students
        frames, read = sum(s.frames for s in students), sum(s.bytes_in for s in students)
        start, cpu = time.perf_counter() + 0.1, own_cpu()
        votes = Votes(students, code, [start + self.random.random() * config.vote_seconds for _ in students])
        try:
            await asyncio.wait_for(asyncio.shield(self.complete), config.vote_seconds + config.timeout)
        except TimeoutError:
            self.failures.append(f"not every confirmation and final tally arrived within {config.timeout:.0f} s")
        busy_seconds, busy_cpu = time.perf_counter() - start, own_cpu() - cpu
        await asyncio.sleep(config.quiet)
        return {
            **votes.latencies(),
            "frames_per_client": (sum(s.frames for s in students) - frames) / max(1, len(students)),
            "bytes_per_client": (sum(s.bytes_in for s in students) - read) / max(1, len(students)),
            "updates_per_s": max((s.update_rate() for s in students), default=0.0),
            "generator_cpu": busy_cpu,
            "generator_busy": busy_cpu / busy_seconds,
            "send_lag_ms": round(votes.lag * 1000, 3),
        }

    def _check(self, host: Client) -> None:
        lost = [client.lost for client in (host, *self.students) if client.lost]
        if lost:
            self.failures.append(f"{len(lost)} connections lost ({lost[0]})")
        refused = [student.refused for student in self.students if student.refused]
        if refused:
            self.failures.append(f"{len(refused)} votes refused ({refused[0]})")
        unconfirmed = sum(1 for student in self.students if not student.confirmed_at)
        if unconfirmed:
            self.failures.append(f"{unconfirmed} votes without a confirmation")
        expected = Tally(str(number % OPTIONS) for number in range(len(self.students)))
        wrong = 0
        for student in self.students:
            shown = arguments(student.tally)[1]["votes"] if student.tally else {}
            wrong += {key: count for key, count in shown.items() if count} != dict(expected)
        if wrong:
            self.failures.append(f"{wrong} clients show a wrong final tally")
