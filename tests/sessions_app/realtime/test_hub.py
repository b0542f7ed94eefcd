"""The hub: sockets by group, the outbox into the layer, states at most once in an interval."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from django.db import InterfaceError, OperationalError

from sessions_app.realtime import hub as hub_module
from sessions_app.realtime.broadcast import Audience, Dispatch, Mark, Order, StateView
from sessions_app.realtime.engineio import Frame
from sessions_app.realtime.hub import Hub
from sessions_app.realtime.layer import InProcessLayer
from sessions_app.realtime.pipeline import Runner

pytestmark = [pytest.mark.profile_free, pytest.mark.asyncio]


class Layer(InProcessLayer):
    """A layer that can be told to fail, to be slow, or to swallow a cancellation; and remembers what it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.failures: list[Exception] = []
        self.adding = asyncio.Event()
        self.adding.set()
        self.swallows = False

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if self.swallows:
            self.swallows = False
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                return
        if self.failures:
            raise self.failures.pop()
        self.sent.append((group, message))
        await super().group_send(group, message)

    async def group_add(self, group: str, channel: str) -> None:
        await self.adding.wait()
        await super().group_add(group, channel)


class Member:
    def __init__(self) -> None:
        self.frames: list[str] = []
        self.posts: list[dict[str, Any]] = []

    def write(self, frame: Frame) -> None:
        self.frames.append(str(frame.packet))

    def post(self, message: dict[str, Any]) -> None:
        self.posts.append(message)


class Direct:
    """A pipeline that runs its work at once, on the loop; `gate` holds it up."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(self, runner: Runner, item: Any) -> Any:
        await self.gate.wait()
        (outcome,) = runner.run([item])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Layer:
    layer = Layer()
    monkeypatch.setattr(hub_module, "get_channel_layer", lambda: layer)
    monkeypatch.setattr(hub_module, "RETRY_S", (0.001, 0.001))
    settings.LECTERN_STATE_INTERVAL_MS = 20
    return layer


@pytest_asyncio.fixture
async def hub(layer: Layer) -> AsyncIterator[Hub]:
    hub = Hub(Direct())  # type: ignore[arg-type]
    await hub.start()
    yield hub
    await asyncio.wait_for(hub.stop(), 5)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


def counter() -> tuple[StateView, list[int]]:
    """A state whose value is the only item of a list."""
    value = [0]
    return StateView("counted", lambda session_id: (session_id, {Audience.SEAT: {"value": value[0]}})), value


async def test_message_reaches_the_members_of_its_group_alone(hub: Hub) -> None:
    ann, ben, zoe = Member(), Member(), Member()
    for member, group in ((ann, "a"), (ben, "a"), (zoe, "z")):
        await hub.join(group, member)

    hub.take(Dispatch("a", '42["hello"]'))
    hub.take(Order("a", {"type": "lectern.test"}))

    await until(lambda: ben.posts)
    assert [(member.frames, member.posts) for member in (ann, ben, zoe)] == [
        (['42["hello"]'], [{"type": "lectern.test"}]),
        (['42["hello"]'], [{"type": "lectern.test"}]),
        ([], []),
    ]


async def test_who_left_hears_nothing_and_the_last_one_ends_the_subscription(hub: Hub, layer: Layer) -> None:
    ann, ben = Member(), Member()
    await hub.join("a", ann)
    await hub.join("a", ben)

    await hub.leave("a", ann)
    hub.take(Dispatch("a", "42[1]"))
    await until(lambda: ben.frames)
    await hub.leave("a", ben)
    await hub.leave("a", ben)

    assert (ann.frames, layer._groups) == ([], {})


async def test_second_who_joins_waits_for_the_subscription_too(hub: Hub, layer: Layer) -> None:
    layer.adding.clear()
    first, second = (asyncio.create_task(hub.join("a", Member())) for _ in range(2))
    for _ in range(5):
        await asyncio.sleep(0)

    assert (first.done(), second.done()) == (False, False)
    layer.adding.set()
    await asyncio.gather(first, second)


async def test_message_is_sent_again_until_the_layer_takes_it(hub: Hub, layer: Layer) -> None:
    ann = Member()
    await hub.join("a", ann)
    layer.failures = [ConnectionResetError("gone"), ConnectionResetError("gone")][:1]

    hub.take(Dispatch("a", "42[1]"))

    await until(lambda: ann.frames)
    assert ann.frames == ["42[1]"]


async def test_message_that_the_layer_never_takes_is_given_up_and_the_next_one_goes(
    hub: Hub, layer: Layer, caplog: pytest.LogCaptureFixture
) -> None:
    ann = Member()
    await hub.join("a", ann)
    layer.failures = [OSError("gone")] * 2

    hub.take(Dispatch("a", "42[1]"))
    hub.take(Dispatch("a", "42[2]"))

    await until(lambda: ann.frames)
    assert ann.frames == ["42[2]"]
    assert "one message to a is lost" in caplog.text


async def test_stop_ends_also_where_a_cancellation_is_swallowed(hub: Hub, layer: Layer) -> None:
    layer.swallows = True
    hub.take(Dispatch("a", "42[1]"))
    await until(lambda: not layer.swallows)

    await asyncio.wait_for(hub.stop(), 5)


async def test_state_that_changes_often_is_sent_at_most_once_an_interval_and_the_last_always(
    hub: Hub, layer: Layer
) -> None:
    view, value = counter()
    loop = asyncio.get_running_loop()
    sent_at: list[float] = []
    layer.sent = Stamped(sent_at)  # type: ignore[assignment]

    begun = loop.time()
    while loop.time() - begun < 0.15:
        value[0] += 1
        hub.take(Mark(view, 7))
        await asyncio.sleep(0.001)
    await until(lambda: layer.sent[-1][1]["frame"] == f'42["counted",{{"value":{value[0]}}}]')

    assert min(later - earlier for earlier, later in itertools.pairwise(sent_at)) >= 0.018
    assert len(sent_at) <= 10


class Stamped(list[Any]):
    """A list that notes when something was appended to it."""

    def __init__(self, stamps: list[float]) -> None:
        super().__init__()
        self.stamps = stamps

    def append(self, item: Any) -> None:
        self.stamps.append(asyncio.get_running_loop().time())
        super().append(item)


async def test_state_that_changes_while_it_is_computed_is_sent_once_more(hub: Hub, layer: Layer) -> None:
    view, value = counter()
    compute = view.compute

    def compute_and_change(session_id: int) -> Any:
        result = compute(session_id)
        if value[0] == 0:
            value[0] = 1
            hub.take(Mark(changing, session_id))
        return result

    changing = StateView("counted", compute_and_change)
    hub.take(Mark(changing, 7))

    await until(lambda: len(layer.sent) == 2)
    assert [message["frame"] for _, message in layer.sent] == [
        '42["counted",{"value":0}]',
        '42["counted",{"value":1}]',
    ]


async def test_states_of_several_targets_do_not_wait_for_each_other(hub: Hub, layer: Layer) -> None:
    view, _ = counter()

    for target in (1, 2, 3):
        hub.take(Mark(view, target))

    await until(lambda: len(layer.sent) == 3)
    assert [group for group, _ in layer.sent] == [f"session.{target}.seat" for target in (1, 2, 3)]


async def test_state_that_is_gone_sends_nothing_and_a_fault_is_logged(
    hub: Hub, layer: Layer, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(target_id: int) -> Any:
        raise ValueError("broken state")

    view, _ = counter()
    hub.take(Mark(StateView("gone", lambda _: None), 7))
    hub.take(Mark(StateView("faulty", fail), 7))
    hub.take(Mark(view, 7))

    await until(lambda: layer.sent)
    assert [group for group, _ in layer.sent] == ["session.7.seat"]
    assert "The state faulty of 7 could not be computed." in caplog.text


async def test_state_is_computed_again_when_the_database_was_away(
    hub: Hub, layer: Layer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub_module, "COMPUTE_AGAIN_S", 0.01)
    view, _ = counter()
    faults: list[Exception] = [OperationalError("restarting"), InterfaceError("closed")]

    def compute(target_id: int) -> Any:
        if faults:
            raise faults.pop(0)
        return view.compute(target_id)

    hub.take(Mark(StateView("counted", compute), 7))

    await until(lambda: layer.sent)
    assert caplog.text.count("The database is away") == 2
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2


async def test_resend_sends_again_what_was_sent_lately(hub: Hub, layer: Layer) -> None:
    view, _ = counter()
    hub.take(Mark(view, 7))
    await until(lambda: layer.sent)

    hub._states.resend()

    await until(lambda: len(layer.sent) == 2)


async def test_outbox_that_is_full_is_logged_and_harms_nobody(
    layer: Layer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub_module, "OUTBOX_BOUND", 1)
    hub = Hub(Direct())  # type: ignore[arg-type]

    hub.put([("a", {})])
    hub.put([("a", {})])

    assert "The channel layer has not taken messages for long" in caplog.text
