"""Two events for the fan-out: become a member of one session's group, and broadcast to it. Imported after the apps."""

from sessions_app.realtime.broadcast import Audience, emit
from sessions_app.realtime.events import Call, Membership, Payload, Rate, Who, on

SESSION_ID = 0
"""The group of no real session."""
UNBOUNDED = Rate(calls=1_000_000, within_ms=1)
"""In lockstep one socket asks far more often than any page does."""


class Enter(Payload):
    """Nothing to say."""


class Burst(Payload):
    """`count` messages of `bytes` each, numbered from `first`."""

    first: int
    count: int
    bytes: int


@on("bench:enter", who=Who.ANYONE)
def enter(call: Call, payload: Enter) -> None:
    call.enter(Membership(SESSION_ID, Audience.SEAT))


@on("bench:burst", who=Who.ANYONE, rate=UNBOUNDED)
def burst(call: Call, payload: Burst) -> None:
    pad = "x" * max(0, payload.bytes - 23)
    for seq in range(payload.first, payload.first + payload.count):
        emit(SESSION_ID, "bench:message", {"seq": seq, "pad": pad}, to=(Audience.SEAT,))
