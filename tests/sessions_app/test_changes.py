"""A change: one transaction, a record without gaps, news that leave with the commit or not at all."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, connections, transaction

from sessions_app import changes, services
from sessions_app.changes import change, part_of, patiently
from sessions_app.errors import Rejected
from sessions_app.models import Room, Session, SessionEvent
from sessions_app.realtime import broadcast

from .. import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def posted() -> Iterator[list[Any]]:
    """What leaves for the sockets, in order."""
    letters: list[Any] = []
    broadcast.open_post_office(letters.append)
    yield letters
    broadcast.open_post_office(None)


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@contextmanager
def failing(surroundings: AbstractContextManager[Any]) -> Iterator[Any]:
    """Run the body in a change, or a part of one, that fails at its end."""
    with suppress(Rejected), surroundings as given:
        yield given
        raise Rejected("CONFLICT")


def record_of(session: Session) -> list[tuple[int, str]]:
    return list(session.events.values_list("sequence", "kind"))


def fail_in_part(whole: changes.Change, session: Session, fault: Exception) -> None:
    with part_of(whole):
        whole.record(session, "lost", "test")
        services.open_room(session, kind="poll", widget_id="lost", config={}, is_active=True, actor="test")
        raise fault


def test_sequence_has_no_gap_when_many_write_at_once(posted: list[Any]) -> None:
    session = factories.make_session()

    def write(number: int) -> None:
        for step in range(10):
            with change() as now:
                now.record(now.lock(session.pk), f"{number}.{step}", "test")

    in_threads(4, write)

    record = record_of(session)
    assert [sequence for sequence, _ in record] == list(range(1, 42))
    assert sorted(kind for _, kind in record[1:]) == sorted(f"{n}.{s}" for n in range(4) for s in range(10))
    session.refresh_from_db()
    assert session.sequence == 41


def test_one_part_that_fails_is_undone_alone(posted: list[Any]) -> None:
    session = factories.make_session()
    posted.clear()

    with change() as whole:
        with part_of(whole):
            whole.record(session, "first", "test")
            broadcast.emit(session.pk, "told:first", to=(broadcast.Audience.HOST,))
        with pytest.raises(ZeroDivisionError):
            fail_in_part(whole, session, ZeroDivisionError())
        with part_of(whole):
            whole.record(session, "third", "test")
        assert posted == [], "nothing leaves before the commit"

    assert record_of(session) == [(1, "session:created"), (2, "first"), (3, "third")]
    assert Room.objects.count() == 0
    assert [letter.frame for letter in posted] == ['42["told:first"]']


def test_part_that_fails_in_the_database_leaves_the_others_whole(posted: list[Any]) -> None:
    session = factories.make_session()

    with change() as whole:
        with part_of(whole):
            whole.record(session, "first", "test")
        with pytest.raises(DatabaseError), part_of(whole), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        with part_of(whole):
            whole.record(session, "third", "test")

    assert [kind for _, kind in record_of(session)] == ["session:created", "first", "third"]


def test_nothing_is_written_or_told_when_the_whole_fails(posted: list[Any]) -> None:
    session = factories.make_session()
    posted.clear()
    before = factories.everything()

    with failing(change()) as now:
        services.open_room(session, kind="poll", widget_id="w1", config={}, is_active=True, actor="test")
        now.record(session, "more", "test")

    assert (factories.everything(), posted) == (before, [])


def test_room_that_is_touched_often_gets_one_revision(posted: list[Any]) -> None:
    room = factories.make_room(factories.make_session())

    with change() as now:
        for _ in range(3):
            now.touch(now.room(room.session, "poll", "w1"))

    room.refresh_from_db()
    assert room.revision == 2


def test_touch_of_a_part_that_fails_raises_no_revision(posted: list[Any]) -> None:
    room = factories.make_room(factories.make_session())

    with change() as whole, failing(part_of(whole)):
        whole.touch(whole.room(room.session, "poll", "w1"))

    room.refresh_from_db()
    assert room.revision == 1


def test_room_is_read_again_after_a_part_that_changed_it_and_failed(posted: list[Any]) -> None:
    session = factories.make_session()
    factories.make_room(session)

    with change() as whole:
        with failing(part_of(whole)):
            whole.room(session, "poll", "w1").is_active = False
        assert whole.room(session, "poll", "w1").is_active is True


def test_inner_change_takes_part_in_the_outer_one(posted: list[Any]) -> None:
    session = factories.make_session()

    with change() as outer, change() as inner:
        assert inner is outer
        inner.record(session, "inner", "test")
    with change() as later:
        assert later is not outer

    assert record_of(session)[-1] == (2, "inner")


def test_change_after_one_that_failed_begins_afresh(posted: list[Any]) -> None:
    session = factories.make_session()
    with failing(change()) as now:
        now.record(session, "lost", "test")

    with change() as now:
        now.record(session, "kept", "test")

    assert record_of(session) == [(1, "session:created"), (2, "kept")]


@pytest.mark.services_only
def test_lock_that_a_failed_part_took_is_taken_again(posted: list[Any]) -> None:
    """Going back to a savepoint releases the locks taken since."""
    session = factories.make_session()

    def is_free(_: int) -> bool:
        try:
            with transaction.atomic():
                return bool(Session.objects.select_for_update(nowait=True).get(pk=session.pk))
        except OperationalError:
            return False

    with change() as whole:
        with failing(part_of(whole)):
            whole.lock(session.pk)
        with part_of(whole):
            whole.record(whole.lock(session.pk), "kept", "test")
            assert in_threads(1, is_free) == [False]


def test_patiently_runs_again_what_the_database_asks_for() -> None:
    tries = []

    def run() -> str:
        tries.append(1)
        if len(tries) < changes.ATTEMPTS:
            fault = OperationalError("deadlock detected")
            fault.__cause__ = Deadlock()
            raise fault
        return "done"

    assert (patiently(run), len(tries)) == ("done", changes.ATTEMPTS)


class Deadlock(Exception):
    sqlstate = "40P01"


def test_patiently_gives_up_on_other_faults_and_in_the_end() -> None:
    tries = []

    def run(cause: Exception | None) -> None:
        tries.append(cause)
        raise OperationalError("no") from cause

    for cause, times in ((None, 1), (Deadlock(), changes.ATTEMPTS)):
        tries.clear()
        with pytest.raises(OperationalError):
            patiently(lambda cause=cause: run(cause))  # type: ignore[misc]
        assert len(tries) == times


def test_two_threads_that_lock_two_sessions_crosswise_both_finish_in_the_end(posted: list[Any]) -> None:
    sessions = [factories.make_session(), factories.make_session()]
    meet = threading.Barrier(2, timeout=5)

    def work(number: int) -> None:
        tries = []

        def run() -> None:
            tries.append(number)
            with change() as now:
                now.record(now.lock(sessions[number].pk), "one", "test")
                if len(tries) == 1:
                    wait(meet)
                now.record(now.lock(sessions[1 - number].pk), "two", "test")

        patiently(run)

    in_threads(2, work)

    assert SessionEvent.objects.filter(kind__in=["one", "two"]).count() == 4


def wait(meet: threading.Barrier) -> None:
    """Meet where there are two writers; SQLite's second one does not come before the first has finished."""
    if connection.vendor != "sqlite":
        meet.wait()
