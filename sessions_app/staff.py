"""The socket events of staff: what goes on on the whole server; names and shapes as in WIRE.md, section 2."""

from .queries import overview, watch_overview
from .realtime.broadcast import STAFF_GROUP
from .realtime.events import Answer, Call, Json, Later, Payload, Who, on


class Nothing(Payload):
    """No fields."""


@on("admin:getSessions", who=Who.STAFF)
def get_sessions(call: Call, payload: Nothing) -> Answer:
    """The live sessions, newest first, and counts."""
    return overview()


@on("admin:subscribe", who=Who.STAFF)
def subscribe(call: Call, payload: Nothing) -> Answer:
    """From now on `admin:sessionsUpdate` follows every change of sessions, rooms and who is there."""
    watch_overview()
    call.listen(STAFF_GROUP, on=True)

    def read(call: Call) -> Json:
        return overview()

    return Later(read)


@on("admin:unsubscribe", who=Who.STAFF)
def unsubscribe(call: Call, payload: Nothing) -> Answer:
    """No more `admin:sessionsUpdate`; the ack is the last word."""
    call.listen(STAFF_GROUP, on=False)
    return overview()
