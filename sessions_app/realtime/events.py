"""The registry of socket events: what a message looks like, who may send it, and which function answers."""

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from ..domain.codes import normalise_code
from .broadcast import Audience

if TYPE_CHECKING:
    from ..models import Participant, Session

Json = dict[str, Any]


class Who(StrEnum):
    """Who may send an event. There is no default: nobody can forget to say it."""

    ANYONE = "anyone"
    HOST = "host"
    PARTICIPANT = "participant"
    MEMBER = "member"
    STAFF = "staff"


class Payload(BaseModel):
    """What arrives on the wire: strict types, camelCase outside; unknown keys of old clients are ignored."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )


def _meant_code(text: str) -> str:
    """The code that was meant; what cannot be one stays as it is, and no session has it."""
    try:
        return normalise_code(text)
    except ValueError:
        return text


Code = Annotated[str, Field(max_length=40), AfterValidator(_meant_code)]
WidgetId = Annotated[str, Field(min_length=1, max_length=100)]


class SessionPayload(Payload):
    """Names the session it is about."""

    session_code: Code


class RoomPayload(SessionPayload):
    """Names the room it is about."""

    widget_id: WidgetId


def code_in(payload: Payload) -> str:
    """The code that a payload names, as the session's events or as `session:join` do; empty without one."""
    return str(getattr(payload, "session_code", None) or getattr(payload, "code", ""))


@dataclass(frozen=True)
class Rate:
    """At most `calls` within `within_ms` for one seat, by the time of arrival."""

    calls: int
    within_ms: int


# For events that say nothing else: no page and no old client comes near it, and a flood stops at it.
USUAL_RATE = Rate(calls=50, within_ms=1000)


@dataclass(frozen=True)
class Membership:
    """What a socket has proved: its place in one session. `key_id` is the AccessKey of a host or display."""

    session_id: int
    audience: Audience
    code: str = ""
    participant_id: int | None = None
    key_id: int | None = None


@dataclass(frozen=True)
class Caller:
    """The socket that sends: what its handshake and its membership say of it."""

    sid: str
    server_id: int
    address: str
    origin: str
    device: str = ""
    user_id: int | None = None
    is_staff: bool = False
    auth: Json = field(default_factory=dict)
    membership: Membership | None = None

    def guesses_with(self, payload: Payload) -> bool:
        """Whether the payload names a session that the socket is not in: the answer tells if that code lives."""
        code = code_in(payload)
        return bool(code) and (self.membership is None or self.membership.code != code)


@dataclass
class Call:
    """One event under way. A handler reads who calls, and says what follows once its transaction has committed."""

    caller: Caller
    payload: Payload
    session: "Session | None" = None
    participant: "Participant | None" = None
    memo: dict[Any, Any] = field(default_factory=dict)
    tells: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    moves_to: Membership | None = None
    moves: bool = False
    groups: dict[str, bool] = field(default_factory=dict)

    def begin(self) -> None:
        """Forget what an earlier try has left: the database asked for the transaction once more."""
        self.session = self.participant = self.moves_to = None
        self.moves = False
        self.tells.clear()
        self.groups.clear()
        self.memo = {}

    @property
    def actor(self) -> str:
        """Who did it, for the record."""
        if self.participant is not None:
            return f"seat:{self.participant.uid}"
        if self.caller.user_id is not None:
            return f"user:{self.caller.user_id}"
        return "host" if self.caller.membership else "guest"

    def tell(self, event: str, *args: Any) -> None:
        """Send an event to this socket alone, after commit and after the reply."""
        self.tells.append((event, args))

    def enter(self, membership: Membership | None) -> None:
        """Make the socket a member, in place of what it was; None takes it out."""
        self.moves, self.moves_to = True, membership

    def listen(self, group: str, *, on: bool) -> None:
        """Let the socket hear a group besides that of its place, or no longer."""
        self.groups[group] = on


@dataclass(frozen=True)
class Later:
    """A reply that is read after the socket has joined its groups, so that no change falls between the two."""

    read: Callable[[Call], Json]


Answer = Json | Later | None


@dataclass(frozen=True, eq=False)
class Handler:
    """An event as registered. `reply` names its reply event; `plain_errors` keeps the sentence form of old replies.

    `about` is the docstring of what answers it, for docs/EVENTS.md.
    """

    event: str
    who: Who
    payload: type[Payload]
    function: Callable[[Call], Answer]
    reply: str = ""
    rate: Rate = USUAL_RATE
    batched: bool = False
    plain_errors: bool = False
    about: str = ""


HANDLERS: dict[str, Handler] = {}


def register(handler: Handler) -> None:
    """Add a handler. Raises ValueError when the event has one already."""
    if handler.event in HANDLERS:
        raise ValueError(f"The event {handler.event} has a handler already: {HANDLERS[handler.event].function}.")
    HANDLERS[handler.event] = handler


def payload_type(function: Callable[..., Any]) -> type[Payload]:
    """The type of the parameter called `payload`. Raises TypeError when the function has none."""
    found = typing.get_type_hints(function).get("payload")
    if not (isinstance(found, type) and issubclass(found, Payload)):
        raise TypeError(f"{function.__qualname__} must annotate its parameter `payload` with a Payload.")
    return found


def on(
    event: str,
    *,
    who: Who,
    reply: str = "",
    rate: Rate = USUAL_RATE,
    batched: bool = False,
    plain_errors: bool = False,
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Register `function(call, payload)` for an event that is not about a room.

    Batched calls that arrive together share a transaction, each with its own answer.
    """

    def decorate(function: Callable[..., Answer]) -> Callable[..., Answer]:
        register(
            Handler(
                event=event,
                who=who,
                payload=payload_type(function),
                function=lambda call: function(call, call.payload),
                reply=reply,
                rate=rate,
                batched=batched,
                plain_errors=plain_errors,
                about=inspect.getdoc(function) or "",
            )
        )
        return function

    return decorate
