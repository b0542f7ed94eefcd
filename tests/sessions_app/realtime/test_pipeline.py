"""The pipeline: a few threads, and jobs of one kind that wait together run together."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from sessions_app.realtime.pipeline import Pipeline, Runner, each

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


class Gate:
    """A job that holds its thread until it is let go."""

    def __init__(self) -> None:
        self.entered, self.released = threading.Event(), threading.Event()

    def hold(self, items: Sequence[Any]) -> list[Any]:
        self.entered.set()
        assert self.released.wait(10)
        return [None] * len(items)


async def held(pipeline: Pipeline) -> tuple[Gate, "asyncio.Future[Any]"]:
    gate = Gate()
    holding = asyncio.ensure_future(pipeline.run(Runner(gate.hold), None))
    await asyncio.to_thread(gate.entered.wait, 10)
    return gate, holding


def collect(batches: list[list[Any]], most: int) -> Runner:
    def run(items: Sequence[Any]) -> list[Any]:
        batches.append(list(items))
        return [item * 10 for item in items]

    return Runner(run, most=most)


async def test_job_returns_its_outcome_or_raises_it() -> None:
    pipeline = Pipeline(1)
    runner = Runner(each(lambda item: 6 / item), most=10)

    outcomes = await asyncio.gather(*(pipeline.run(runner, item) for item in (1, 0, 3)), return_exceptions=True)

    assert (outcomes[0], type(outcomes[1]), outcomes[2]) == (6, ZeroDivisionError, 2)
    pipeline.close()


async def test_jobs_that_wait_for_the_same_runner_run_together_up_to_its_bound() -> None:
    pipeline = Pipeline(1)
    gate, holding = await held(pipeline)
    batches: list[list[int]] = []
    others: list[list[int]] = []
    votes, joins = collect(batches, 3), collect(others, 3)

    jobs = [pipeline.run(votes if item % 2 else joins, item) for item in range(1, 9)]
    waiting = asyncio.gather(*jobs)
    await asyncio.sleep(0)
    gate.released.set()

    assert await waiting == [10, 20, 30, 40, 50, 60, 70, 80]
    assert (batches, others) == ([[1, 3, 5], [7]], [[2, 4, 6], [8]])
    await holding
    pipeline.close()


async def test_jobs_of_a_runner_that_takes_one_run_one_by_one_in_order() -> None:
    pipeline = Pipeline(1)
    gate, holding = await held(pipeline)
    batches: list[list[int]] = []
    alone = collect(batches, 1)

    waiting = asyncio.gather(*(pipeline.run(alone, item) for item in range(3)))
    await asyncio.sleep(0)
    gate.released.set()

    await waiting
    assert batches == [[0], [1], [2]]
    await holding
    pipeline.close()


async def test_runner_that_fails_as_a_whole_fails_each_of_its_jobs_and_the_thread_lives_on() -> None:
    pipeline = Pipeline(1)

    def fail(items: Sequence[Any]) -> list[Any]:
        raise ConnectionError("the database is away")

    outcomes = await asyncio.gather(*(pipeline.run(Runner(fail, most=9), n) for n in range(2)), return_exceptions=True)

    assert [str(outcome) for outcome in outcomes] == ["the database is away"] * 2
    assert await pipeline.run(Runner(each(str)), 5) == "5"
    pipeline.close()


async def test_threads_work_beside_each_other() -> None:
    pipeline = Pipeline(2)
    gate, holding = await held(pipeline)

    assert await pipeline.run(Runner(each(str)), 5) == "5"

    gate.released.set()
    await holding
    pipeline.close()


async def test_caller_who_gives_up_harms_nobody() -> None:
    pipeline = Pipeline(1)
    gate, holding = await held(pipeline)
    runner = Runner(each(str), most=9)
    first, second = (asyncio.ensure_future(pipeline.run(runner, item)) for item in (1, 2))
    await asyncio.sleep(0)

    first.cancel()
    gate.released.set()

    assert await second == "2"
    assert first.cancelled()
    await holding
    pipeline.close()


async def test_closing_finishes_what_was_handed_in_and_takes_no_more() -> None:
    pipeline = Pipeline(2)
    jobs = [asyncio.ensure_future(pipeline.run(Runner(each(str)), item)) for item in range(20)]
    await asyncio.sleep(0)

    await asyncio.to_thread(pipeline.close)

    assert await asyncio.gather(*jobs) == [str(item) for item in range(20)]
    with pytest.raises(RuntimeError, match="shutting down"):
        await pipeline.run(Runner(each(str)), 1)
    assert [thread.is_alive() for thread in pipeline._threads] == [False, False]
