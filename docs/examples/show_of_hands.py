"""Show of hands: a complete kind. Nothing else changes, and no migration is made.

This file goes to widgets/kinds/, hands.html to templates/widgets/, hands.js to widgets/static/widgets/.
"""

from pydantic import Field

from sessions_app.kinds import Kind
from sessions_app.models import Participant, Room
from sessions_app.realtime.broadcast import Audience
from sessions_app.realtime.events import Call, Json, Payload, RoomPayload, Who
from widgets.models import Entry
from widgets.services import clear_entries, put_entry


class Config(Payload):
    question: str = Field("", max_length=200)


class Ask(RoomPayload):
    question: str = Field(max_length=200)


class Raise(RoomPayload):
    raised: bool


hands = Kind("hands", label="Show of hands", config=Config)


@hands.state("hands:stateUpdate")
def state(room: Room, config: Config, audience: Audience) -> Json:
    """Everybody sees how many hands are up; only the host sees whose."""
    raised = Entry.objects.filter(room=room, payload__raised=True).order_by("updated_at", "pk")
    names = list(raised.values_list("author__name", flat=True))
    return {"question": config.question, "count": len(names), **({"names": names} if audience is Audience.HOST else {})}


@hands.mine
def mine(room: Room, config: Config, seat: Participant) -> Json:
    return {"yours": Entry.objects.filter(room=room, author=seat, payload__raised=True).exists()}


@hands.on("session:hands:ask", who=Who.HOST, changes="hands:stateUpdate")
def ask(call: Call, room: Room, payload: Ask) -> None:
    clear_entries(room)
    hands.save_config(room, Config(question=payload.question))


@hands.on("session:hands:raise", who=Who.PARTICIPANT, changes="hands:stateUpdate", batched=True)
def raise_hand(call: Call, room: Room, payload: Raise) -> Json:
    assert call.participant is not None
    put_entry(room, call.participant, {"raised": payload.raised}, replace=True)
    return {"raised": payload.raised}


@hands.reset(changes="hands:stateUpdate")
def reset(room: Room) -> None:
    clear_entries(room)
