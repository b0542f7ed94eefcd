"""The same small lesson on either server, over WebSocket and over polling alone."""

import asyncio

import pytest

from .client import Phones
from .conftest import Start
from .lesson import host_again, open_lesson, sit_down, take_seats, vote


@pytest.mark.parametrize("polling", [False, True], ids=["websocket", "polling"])
@pytest.mark.parametrize("kind", ["uvicorn", "daphne"])
@pytest.mark.asyncio
async def test_create_join_vote_and_come_back(start: Start, kind: str, polling: bool) -> None:
    server = start(kind=kind)
    async with Phones() as phones:
        lesson = await open_lesson(phones, server.base, polling=polling)
        ann, ben = await take_seats(phones, server.base, lesson.code, 2, polling=polling)
        await lesson.host.until("session:participantUpdate", lambda people: people["count"] == 2)
        assert (await vote(ann, lesson, 0))["success"] is True
        assert (await vote(ben, lesson, 2))["success"] is True
        heard = (client.until("poll:voteUpdate", lambda s: s["totalVotes"] == 2) for client in (lesson.host, ann, ben))
        assert [state["votes"] for state in await asyncio.gather(*heard)] == [{"0": 1, "1": 0, "2": 1}] * 3

        again = await phones.open(server.base, polling=polling)
        joined = await sit_down(again, lesson.code, token=ann.token)
        assert (joined["participantId"], joined["activeRooms"][0]["room"]["yourVote"]) == (ann.seat, 0)
        assert (await vote(again, lesson, 1))["error"]["code"] == "ALREADY_VOTED"
        assert (await host_again(phones, server.base, lesson, polling=polling))["isExisting"] is True
        assert await lesson.counts() == {"0": 1, "1": 0, "2": 1}

        await lesson.ask("session:close")
        await asyncio.gather(*(client.until("session:closed") for client in (ben, again)))
        assert (await sit_down(ann, lesson.code, token=ann.token))["code"] == "INVALID_SESSION"
