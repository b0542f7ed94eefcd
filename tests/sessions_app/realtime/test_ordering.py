"""Orders of events that a live server meets by chance only, played without one."""

import asyncio
from collections.abc import Sequence

import pytest

from sessions_app.realtime.engineio import EngineConfig, Frame, Session
from sessions_app.realtime.engineio.lines import PollingLine
from sessions_app.realtime.engineio.reasons import Reason
from sessions_app.realtime.engineio.registry import Registry
from sessions_app.realtime.socketio.inbox import MAX_CLIENT_MESSAGES, Inbox

pytestmark = [pytest.mark.asyncio, pytest.mark.profile_free]


class Silence:
    """A listener that does nothing."""

    def received(self, data: str | bytes, received_at: float) -> None:
        pass

    def wait_for_room(self) -> None:
        return None

    def closed(self, reason: Reason) -> None:
        pass


class Tape:
    """A WebSocket line that records."""

    max_frames: int | None = None
    writable = True

    def __init__(self) -> None:
        self.packets: list[str | bytes] = []

    def write(self, frames: Sequence[Frame]) -> None:
        self.packets += [frame.packet for frame in frames]

    def held_bytes(self) -> int:
        return 0

    def peer_read(self) -> None:
        pass

    def close(self, code: int) -> None:
        pass

    def abort(self) -> None:
        pass


async def open_polling_session() -> tuple[Session, PollingLine]:
    line = PollingLine()
    session = Registry(EngineConfig(), lambda session: Silence()).open_session({}, line, upgrades=["websocket"])
    assert (await session.open_poll(line) or "")[0] == "0"
    return session, line


async def test_poll_held_during_the_upgrade_is_refused_after_it() -> None:
    session, line = await open_polling_session()
    session.start_upgrade(Tape())

    poll = session.open_poll(line)
    session.probe()
    assert not poll.done()
    session.finish_upgrade()

    assert await poll is None
    session.close(Reason("over"))


async def test_poll_older_than_the_upgrade_ends_with_a_noop() -> None:
    session, line = await open_polling_session()
    poll = session.open_poll(line)
    session.start_upgrade(Tape())

    session.probe()

    assert await poll == "6"
    session.close(Reason("over"))


async def test_frames_written_during_the_upgrade_leave_on_the_new_line() -> None:
    session, _ = await open_polling_session()
    tape = Tape()
    session.start_upgrade(tape)
    session.send(Frame("4first"))
    session.probe()
    session.send(Frame("4second"))

    session.finish_upgrade()
    session.send(Frame("4third"))
    session.flush()

    assert tape.packets == ["4first", "4second", "4third"]
    session.close(Reason("over"))


async def test_inbox_takes_nothing_after_its_last_message() -> None:
    inbox = Inbox(max_client_bytes=100)
    inbox.put({"type": "first"})
    inbox.finish({"type": "last"})
    inbox.put({"type": "too late"})

    assert [await inbox.get(), await inbox.get()] == [{"type": "first"}, {"type": "last"}]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await inbox.get()


@pytest.mark.parametrize(("messages", "size"), [(MAX_CLIENT_MESSAGES, 1), (1, 101)])
async def test_inbox_has_room_again_once_it_was_read(messages: int, size: int) -> None:
    inbox = Inbox(max_client_bytes=MAX_CLIENT_MESSAGES if size == 1 else 100)
    for _ in range(messages):
        assert inbox.wait_for_room() is None
        inbox.put({"type": "event"}, client_bytes=size)
    room = inbox.wait_for_room()
    assert room is not None
    assert not room.done()

    await inbox.get()

    assert room.done()


async def test_inbox_that_ends_holds_nobody_back() -> None:
    inbox = Inbox(max_client_bytes=100)
    inbox.put({"type": "event"}, client_bytes=101)
    room = inbox.wait_for_room()
    assert room is not None

    inbox.finish({"type": "last"})

    assert room.done()
    assert inbox.wait_for_room() is None
