"""Poll: one question, two to ten options, one vote a seat. Events as in WIRE.md, section 3."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import AfterValidator, Field

from sessions_app.domain.texts import clean_text
from sessions_app.errors import Rejected
from sessions_app.kinds import Kind
from sessions_app.models import Participant, Room
from sessions_app.queries import present
from sessions_app.realtime.broadcast import Audience
from sessions_app.realtime.events import Call, Json, Payload, Rate, RoomPayload, Who
from sessions_app.reports import Answer, Choice, Part, Report

from ..domain.options import names_of
from ..domain.tally import tally
from ..forms import PollForm
from ..models import Entry
from ..queries import count_by, entries_of
from ..services import clear_entries, put_entry

Question = Annotated[str, Field(max_length=500), AfterValidator(clean_text)]
Option = Annotated[str, Field(max_length=200), AfterValidator(clean_text)]


class Config(Payload):
    """What the host sets. From `allow_change` on they are Lectern's own: without them a poll is as old clients expect.

    `round` is another number whenever all votes were made void, so that a page forgets its own.
    """

    question: Question = ""
    options: list[Option] = Field(default=[], max_length=10)
    allow_change: bool = False
    hide_results: bool = False
    revealed: bool = False
    round: int = 0


class PollData(Payload):
    """What a host sends; the votes that an old board sends back with it are ignored."""

    question: Question
    options: list[Option] = Field(min_length=2, max_length=10)
    allow_change: bool | None = None
    hide_results: bool | None = None


class Update(RoomPayload):
    poll_data: PollData


class Vote(RoomPayload):
    """With `round` (Lectern's own) a vote that was kept on a phone counts for the question it was given to, or not."""

    option_index: int = Field(ge=0, lt=10)
    round: int | None = None


class Reveal(RoomPayload):
    revealed: bool = True


class Prepared(Config):
    """What a step of a lesson holds: a poll that can be opened as it is."""

    options: list[Annotated[Option, Field(min_length=1)]] = Field(min_length=2, max_length=10)


poll = Kind(
    "poll",
    label=gettext_lazy("Poll"),
    config=Config,
    step_config=Prepared,
    prepare_form=PollForm,
    details="options",
)


@poll.state("poll:stateUpdate")
def state(room: Room, config: Config, audience: Audience) -> Json:
    """Question, options and results as this audience may see them."""
    results = {
        "question": config.question,
        "options": config.options,
        "participantCount": present(room.session_id).count(),
        **votes(room, config, audience),
    }
    return {"pollData": config.model_dump(by_alias=True), "results": results}


@poll.state("poll:voteUpdate")
def votes(room: Room, config: Config, audience: Audience) -> Json:
    """`{votes: {index: n}, totalVotes}`; while results are hidden, only the host gets the votes."""
    choices = Entry.objects.filter(room=room).values_list("payload__optionIndex", flat=True)
    counted = tally(choices, len(config.options))
    total = sum(counted.values())
    is_hidden = config.hide_results and not config.revealed and audience is not Audience.HOST
    shown = {} if is_hidden or not total else counted
    return {"votes": shown, "totalVotes": total, "hidden": is_hidden, "round": config.round}


@poll.mine
def mine(room: Room, config: Config, seat: Participant) -> Json:
    """The option that this seat has voted for, so that a reload shows it again."""
    entry = Entry.objects.filter(room=room, author=seat).first()
    return {"yourVote": entry.payload["optionIndex"] if entry else None}


@poll.report
def report(rooms: Sequence[Room]) -> dict[int, Report]:
    """The question, and who chose what: a seat has one vote."""
    counts = count_by(rooms, "optionIndex")
    return {room.pk: _report_of(poll.config_of(room), counts[room.pk]) for room in rooms}


def _report_of(config: Config, counts: Mapping[object, int]) -> Report:
    named = enumerate(zip(names_of(config.options), config.options, strict=True))
    options = tuple(Choice(name, text, counts.get(index, 0)) for index, (name, text) in named)
    privacy = _("Your teacher can see your name and your answer. The class sees only totals.")
    return Report(config.question, options, answered=sum(option.count for option in options), privacy=privacy)


@poll.report.answers
def answers(rooms: Sequence[Room], part: Part) -> Iterator[Answer]:
    """Who voted for what, and when last."""
    configs: dict[int, Config] = {room.pk: poll.config_of(room) for room in rooms}
    for entry in entries_of(rooms, part):
        options, index = configs[entry.room_id].options, entry.payload["optionIndex"]
        if index < len(options):
            name = names_of(options)[index]
            yield Answer(entry.room_id, entry.author_id, entry.author.name, name, options[index], entry.updated_at)


@poll.on("session:poll:update", who=Who.HOST, changes="poll:stateUpdate")
def update(call: Call, room: Room, payload: Update) -> None:
    """Set question and options; changed options make all votes void, and they may be cast anew."""
    before: Config = poll.config_of(room)
    sent = payload.poll_data
    changed = {name: value for name, value in sent.model_dump().items() if value is not None}
    if before.options != sent.options:
        clear_entries(room)
        changed |= {"revealed": False, "round": before.round + 1}
    poll.save_config(room, before.model_copy(update=changed))


@poll.on(
    "session:poll:vote",
    who=Who.PARTICIPANT,
    changes="poll:voteUpdate",
    reply="session:poll:voteConfirmed",
    rate=Rate(calls=2, within_ms=1000),
    batched=True,
)
def vote(call: Call, room: Room, payload: Vote) -> Json:
    """One vote a seat; the last one counts where the poll allows changing."""
    config: Config = poll.config_of(room)
    if payload.round not in (None, config.round):
        raise Rejected("CONFLICT", round="the poll has begun anew since")
    if payload.option_index >= len(config.options):
        raise Rejected("INVALID_INPUT", optionIndex=f"this poll has {len(config.options)} options")
    entry: dict[str, Any] = {"optionIndex": payload.option_index}
    assert call.participant is not None
    put_entry(room, call.participant, entry, replace=config.allow_change)
    return entry


@poll.on("session:poll:reveal", who=Who.HOST, changes="poll:stateUpdate")
def reveal(call: Call, room: Room, payload: Reveal) -> None:
    """Show hidden results to everybody, or hide them again (Lectern's own)."""
    config: Config = poll.config_of(room)
    poll.save_config(room, config.model_copy(update={"revealed": payload.revealed}))


@poll.reset(changes="poll:voteUpdate")
def reset(room: Room) -> None:
    """A new round: no votes, and results hidden again where they are to be hidden."""
    config: Config = poll.config_of(room)
    clear_entries(room)
    poll.save_config(room, config.model_copy(update={"revealed": False, "round": config.round + 1}))
