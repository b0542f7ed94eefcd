"""The in-process channel layer, as https://channels.readthedocs.io/en/stable/channel_layer_spec.html demands."""

import asyncio

import pytest

from sessions_app.realtime.layer import InProcessLayer

pytestmark = [pytest.mark.profile_free, pytest.mark.asyncio]


async def test_messages_arrive_once_and_in_order() -> None:
    layer = InProcessLayer()
    for number in range(3):
        await layer.send("one", {"type": "n", "number": number})

    assert [(await layer.receive("one"))["number"] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(layer.receive("one"), 0.01)


async def test_receiver_waits_for_what_comes_later() -> None:
    layer = InProcessLayer()
    waiting = asyncio.create_task(layer.receive("one"))
    await asyncio.sleep(0)

    await layer.send("one", {"type": "late"})

    assert await waiting == {"type": "late"}


async def test_group_reaches_each_of_its_channels_once() -> None:
    layer = InProcessLayer()
    channels = [await layer.new_channel() for _ in range(3)]
    for channel in channels:
        await layer.group_add("group", channel)
        await layer.group_add("group", channel)
    await layer.group_discard("group", channels[2])

    await layer.group_send("group", {"type": "hello"})
    await layer.group_send("nobody", {"type": "hello"})

    assert [layer._queues[channel].qsize() for channel in channels] == [1, 1, 0]


async def test_discarding_what_is_not_there_is_nothing() -> None:
    layer = InProcessLayer()
    await layer.group_discard("group", "channel")
    await layer.group_add("group", "channel")
    await layer.group_discard("group", "another")
    await layer.group_discard("group", "channel")

    assert layer._groups == {}


async def test_full_channel_drops_and_counts_and_does_not_fail() -> None:
    layer = InProcessLayer(capacity=2)
    await layer.group_add("group", "slow")
    await layer.group_add("group", "fast")

    for number in range(3):
        await layer.group_send("group", {"type": "n", "number": number})
        assert (await layer.receive("fast"))["number"] == number

    assert (layer.dropped, layer._queues["slow"].qsize()) == (1, 2)


async def test_new_channels_differ_and_have_valid_names() -> None:
    layer = InProcessLayer()
    names = {await layer.new_channel("lectern") for _ in range(50)}

    assert len(names) == 50
    assert all(layer.require_valid_channel_name(name) for name in names)
    assert all(name.startswith("lectern.inprocess!") for name in names)


async def test_flush_forgets_everything() -> None:
    layer = InProcessLayer()
    await layer.group_add("group", "channel")
    await layer.send("channel", {"type": "x"})

    await layer.flush()

    assert (layer._queues, layer._groups) == ({}, {})
    assert layer.extensions == ("groups", "flush")
