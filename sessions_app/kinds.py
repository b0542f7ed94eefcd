"""Kind: what a room type is made of. A new type registers itself from one file; nothing else changes.

See docs/developers.md for a complete example, which a test runs.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from pydantic import BaseModel, ValidationError

from .changes import change
from .domain.clock import epoch_ms
from .errors import Rejected
from .models import Participant, Room, Session
from .queries import present, widget_state
from .realtime.broadcast import EVERYBODY, Audience, Dispatch, Mark, StateView, dispatches, state_changed, tell
from .realtime.events import (
    USUAL_RATE,
    Answer,
    Call,
    Handler,
    Json,
    Rate,
    RoomPayload,
    Who,
    payload_type,
    register,
)
from .reports import Reporting

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

StateFunction = Callable[[Room, Any, Audience], Json]
MineFunction = Callable[[Room, Any, Participant], Json]
Memo = dict[Any, Any]
RoomFunction = Callable[[Call, Room, Any], Answer]

KINDS: dict[str, "Kind"] = {}
# What a lesson makes of a config; an activity that is run again starts without it.
MADE_IN_CLASS = ("revealed", "round")


class Kind:
    """A type of room: its config, its events, its states as each audience may see them."""

    def __init__(
        self,
        name: str,
        *,
        label: "StrOrPromise",
        config: type[BaseModel],
        starts_active: bool = False,
        step_config: type[BaseModel] | None = None,
        prepare_form: type[forms.Form] | None = None,
        headline: str = "question",
        details: str = "",
    ) -> None:
        """Of a lesson's step: `step_config` is what its config must be where that is more than for a room,
        `prepare_form` edits it; `headline` names the text of the config that stands for it in lists, `details` the
        list of texts that is shown with it.
        """
        if name in KINDS:
            raise ValueError(f"There is a kind {name} already.")
        self.name = name
        self.label = label
        self.config = config
        self.starts_active = starts_active
        self.step_config = step_config or config
        self.prepare_form = prepare_form
        self.headline = headline
        self.details = details
        self._views: dict[str, tuple[StateFunction, StateView]] = {}
        self._mine: MineFunction | None = None
        self._reset: tuple[Callable[[Room], None], str] | None = None
        self.report = Reporting()
        KINDS[name] = self
        self._answer_state_requests()

    @property
    def template(self) -> str:
        return f"widgets/{self.name}.html"

    @property
    def script(self) -> str:
        return f"widgets/{self.name}.js"

    @property
    def states(self) -> dict[str, str]:
        """The events of its states, the whole one first, and what each says."""
        return {event: inspect.getdoc(function) or "" for event, (function, _) in self._views.items()}

    def config_of(self, room: Room) -> Any:
        """The room's config as the kind's own Config."""
        return self.config.model_validate(room.config, strict=False)

    def prepared(self, config: Json) -> Json:
        """What a lesson or a run list keeps of a room's config."""
        return {name: value for name, value in config.items() if name not in MADE_IN_CLASS}

    def checked(self, config: Json) -> Json:
        """The config of a step, as it is kept. Raises pydantic's ValidationError."""
        step = self.step_config.model_validate(config, strict=False)
        return self.prepared(step.model_dump(mode="json", by_alias=True))

    def headline_of(self, config: Json) -> str:
        """What names an activity with this config in a list; empty when nothing does."""
        return str(config.get(self.headline) or "")

    def details_of(self, config: Json) -> list[str]:
        return list(config.get(self.details) or [])

    def save_config(self, room: Room, config: BaseModel) -> None:
        room.config = config.model_dump(mode="json", by_alias=True)
        room.save(update_fields=["config"])

    def state(self, event: str) -> Callable[[StateFunction], StateFunction]:
        """Register a state under its wire event. The first one is the whole state, which late joiners get."""

        def decorate(function: StateFunction) -> StateFunction:
            self._views[event] = (function, StateView(event, lambda room_id: self._read(room_id, function)))
            return function

        return decorate

    def mine(self, function: MineFunction) -> MineFunction:
        """Register what a seat sees of its own: `function(room, config, participant)`."""
        self._mine = function
        return function

    def reset(self, *, changes: str) -> Callable[[Callable[[Room], None]], Callable[[Room], None]]:
        """Register what `session:reset` does, and the state that changes by it."""

        def decorate(function: Callable[[Room], None]) -> Callable[[Room], None]:
            self._reset = (function, changes)
            return function

        return decorate

    def on(
        self,
        event: str,
        *,
        who: Who,
        changes: str = "",
        reply: str = "",
        rate: Rate = USUAL_RATE,
        batched: bool = False,
        while_paused: bool | None = None,
    ) -> Callable[[RoomFunction], RoomFunction]:
        """Register `function(call, room, payload)`.

        `changes` names the state that is sent afterwards. Participants are refused while the room is paused, unless
        `while_paused` says otherwise.
        """
        refuse_paused = who is Who.PARTICIPANT if while_paused is None else not while_paused

        def run(function: RoomFunction, call: Call) -> Answer:
            room = self._room_of(call, refuse_paused=refuse_paused)
            answer = function(call, room, call.payload)
            if changes:
                self._changed(call, room, event, changes)
            return {"widgetId": room.widget_id, **(answer if isinstance(answer, dict) else {})}

        def decorate(function: RoomFunction) -> RoomFunction:
            about, payload = inspect.getdoc(function) or "", payload_type(function)
            does = partial(run, function)
            register(Handler(event, who, payload, does, reply=reply, rate=rate, batched=batched, about=about))
            if who is Who.PARTICIPANT and changes:
                self.report.events.add(event)
            return function

        return decorate

    def first_config(self, session: Session, widget_id: str, wanted: Json | None = None) -> Json:
        """The config of a new room, as it is `wanted`. A `round` goes on where the widget's last room left it.

        So what a phone kept for that room is not taken for an answer in this one. Raises INVALID_INPUT.
        """
        try:
            first = self.config.model_validate(self.prepared(wanted or {}), strict=False)
        except ValidationError as fault:
            faults = {".".join(map(str, ("config", *error["loc"]))): error["msg"] for error in fault.errors()}
            raise Rejected("INVALID_INPUT", faults=faults) from None
        config = first.model_dump(mode="json", by_alias=True)
        last = session.rooms.filter(kind=self.name, widget_id=widget_id).order_by("-pk").first()
        if last is not None and "round" in config:
            config["round"] = last.config["round"] + 1
        return config

    def announce(self, room: Room) -> None:
        """Show a room that was not there to everybody."""
        tell(self.announcement(room, room.memo["sequence"]))

    def announcement(self, room: Room, sequence: int) -> list[Dispatch]:
        """What shows the room to each audience; `sequence` is that of the event that opened it."""
        found: list[Dispatch] = []
        for audience in EVERYBODY:
            data = self.room_data(room, audience, None)
            news = {"roomType": room.kind, "widgetId": room.widget_id, "roomData": data}
            found += dispatches(room.session_id, "session:roomCreated", news, to=(audience,), sequence=sequence)
        return found

    def marks(self, room: Room) -> list[Mark]:
        """All states of the room, to be sent again."""
        return [Mark(view, room.pk) for _, view in self._views.values()]

    def room_data(self, room: Room, viewer: Audience, seat: Participant | None, memo: Memo | None = None) -> Json:
        """The `roomData` of the wire for one viewer; what all viewers of one audience share is kept in `memo`."""
        memo = {} if memo is None else memo
        key = (room.pk, viewer)
        if key not in memo:
            memo[key] = self._common_data(room, viewer)
        mine = self._mine(room, self.config_of(room), seat) if self._mine and seat else {}
        return {**memo[key], **mine}

    def whole_state(self, room: Room, viewer: Audience) -> tuple[str, Json]:
        """The event and payload of the kind's whole state."""
        event, (function, _) = next(iter(self._views.items()))
        return event, self._payload(room, function, viewer)

    def reset_room(self, call: Call, room: Room) -> None:
        if self._reset is None:
            raise Rejected("INVALID_INPUT", widgetId="an activity of this kind has nothing to reset")
        function, changes = self._reset
        function(room)
        self._changed(call, room, "session:reset", changes)

    def _common_data(self, room: Room, viewer: Audience) -> Json:
        return {
            "code": room.session.code,
            "type": room.kind,
            "isActive": room.is_active,
            "participantCount": present(room.session_id).count(),
            "createdAt": epoch_ms(room.created_at),
            "lastActivity": epoch_ms(room.last_activity_at),
            **self.whole_state(room, viewer)[1],
        }

    def _payload(self, room: Room, function: StateFunction, viewer: Audience) -> Json:
        state = function(room, self.config_of(room), viewer)
        return {"widgetId": room.widget_id, "revision": room.revision, **state}

    def _read(self, room_id: int, function: StateFunction) -> tuple[int, Mapping[Audience, Json]] | None:
        room = Room.objects.select_related("session").filter(pk=room_id, closed_at=None).first()
        if room is None:
            return None
        return room.session_id, {viewer: self._payload(room, function, viewer) for viewer in EVERYBODY}

    def _room_of(self, call: Call, *, refuse_paused: bool) -> Room:
        assert call.session is not None
        assert isinstance(call.payload, RoomPayload)
        with change() as now:
            room = now.room(call.session, self.name, call.payload.widget_id)
        if refuse_paused and not room.is_active:
            raise Rejected("WIDGET_PAUSED")
        return room

    def _changed(self, call: Call, room: Room, event: str, changes: str) -> None:
        assert call.session is not None
        data = call.payload.model_dump(mode="json", by_alias=True, exclude={"session_code"})
        with change() as now:
            now.touch(room)
            now.record(call.session, event, call.actor, **{**data, "room": room.pk})
        state_changed(self._views[changes][1], room.pk)

    def _answer_state_requests(self) -> None:
        def send_state(call: Call) -> Answer:
            room = self._room_of(call, refuse_paused=False)
            assert call.caller.membership is not None
            event, state = self.whole_state(room, call.caller.membership.audience)
            if self._mine and call.participant:
                state |= self._mine(room, self.config_of(room), call.participant)
            call.tell(event, state)
            call.tell("session:widgetStateChanged", widget_state(room))
            return {"widgetId": room.widget_id}

        about = "Ask for the state as it is now; the answer comes as events, to the asker alone."
        register(Handler(f"{self.name}:requestState", Who.MEMBER, RoomPayload, send_state, about=about))


def kind_of(room_type: str) -> Kind:
    """Raises INVALID_INPUT for a type that nobody has registered."""
    if room_type not in KINDS:
        raise Rejected("INVALID_INPUT", roomType=f"not one of {', '.join(sorted(KINDS))}")
    return KINDS[room_type]
