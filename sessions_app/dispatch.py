"""Runs calls of one event: authorise, act, prepare the news, commit; several at once where the event allows it."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from .access import authorise, is_known
from .changes import Change, DatabaseBusy, change, part_of, patiently
from .errors import Rejected
from .models import Participant
from .realtime.events import Answer, Call, Handler, Json, Later, code_in
from .realtime.pipeline import Runner, each

log = logging.getLogger(__name__)
MOST_AT_ONCE = 200
# The answer, or a Rejected: INTERNAL_ERROR for an unexpected fault, which is logged by then.
Outcome = Answer | Exception


@cache
def runner_for(handler: Handler) -> Runner:
    return Runner(partial(run_calls, handler), most=MOST_AT_ONCE if handler.batched else 1)


def run_calls(handler: Handler, calls: Sequence[Call]) -> list[Outcome]:
    """Run the calls, those of one session in one transaction; an outcome each, as `Outcome` says.

    A transaction locks one session, so that two of them never wait for each other.
    """
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for index, call in enumerate(calls):
        groups[code_in(call.payload)].append(index)
    outcomes: dict[int, Outcome] = {}
    for indexes in groups.values():
        group = [calls[index] for index in indexes]
        outcomes |= zip(indexes, patiently(partial(_run_group, handler, group)), strict=True)
    return [outcomes[index] for index in range(len(calls))]


def _run_group(handler: Handler, calls: Sequence[Call]) -> list[Outcome]:
    for call in calls:
        call.begin()
    if len(calls) == 1:
        return [_run_alone(handler, calls[0])]
    with change() as whole:
        memo = {"seats": _seats_of(calls)}
        outcomes: list[Outcome] = []
        for call in calls:
            call.memo = memo
            outcomes.append(_run_part(handler, call, whole))
    return outcomes


def _seats_of(calls: Sequence[Call]) -> dict[int, Participant]:
    ids = {call.caller.membership.participant_id for call in calls if call.caller.membership}
    return Participant.objects.in_bulk([pk for pk in ids if pk is not None])


def _run_alone(handler: Handler, call: Call) -> Outcome:
    try:
        with change() as whole:
            authorise(call, handler.who, whole)
            return handler.function(call)
    except Rejected as refusal:
        return refusal
    except DatabaseBusy:
        raise
    except Exception as fault:  # noqa: BLE001  # boundary: the peer gets INTERNAL_ERROR and not one word more
        return _unexpected(handler, call, fault)


def _run_part(handler: Handler, call: Call, whole: Change) -> Outcome:
    try:
        authorise(call, handler.who, whole)
        with part_of(whole):
            return handler.function(call)
    except Rejected as refusal:
        return refusal
    except DatabaseBusy:
        raise
    except Exception as fault:  # noqa: BLE001  # boundary, as in _run_alone
        return _unexpected(handler, call, fault)


def _unexpected(handler: Handler, call: Call, fault: Exception) -> Rejected:
    """Log it here, once, where the session is known."""
    code = getattr(call.payload, "session_code", None)
    log.error("%s failed (session %s).", handler.event, code, exc_info=fault)
    return Rejected("INTERNAL_ERROR")


def _read_later(items: Sequence[tuple[Later, Call]]) -> list[Json | Exception]:
    """Read the replies of those that have just joined; what they have in common is read once."""
    memo: dict[Any, Any] = {}
    for _, call in items:
        call.memo = memo
    results: list[Json | Exception] = each(lambda item: item[0].read(item[1]))(items)
    return results


READS = Runner(_read_later, most=MOST_AT_ONCE)
KNOWN = Runner(each(is_known), most=MOST_AT_ONCE)
