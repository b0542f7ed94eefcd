"""From what arrived to a payload, and from a refusal to what its sender is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from sessions_app.errors import MESSAGES, Rejected
from sessions_app.realtime.events import Handler, Payload, RoomPayload, SessionPayload, Who
from sessions_app.realtime.wire import DEEPEST, FAULTS_TOLD, LONGEST_PATH, failure_of, named_widget, parse_payload

pytestmark = pytest.mark.profile_free
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=5), inner, max_size=3)
    ),
    max_leaves=20,
)


class Deep(Payload):
    items: list[list[dict[str, int]]] = []
    long_name: str = Field("", max_length=5)


def details(model: type[Payload], *args: Any) -> dict[str, str]:
    with pytest.raises(Rejected) as refusal:
        parse_payload(model, list(args))
    assert refusal.value.code == "INVALID_INPUT"
    return refusal.value.fields


@given(st.lists(anything, max_size=2))
def test_whatever_arrives_is_a_payload_or_refused(args: list[Any]) -> None:
    for model in (Payload, SessionPayload, Deep):
        try:
            parsed = parse_payload(model, args)
        except Rejected as refusal:
            parsed = Payload()
            failure_of(Handler("x", Who.ANYONE, model, lambda call: None), refusal)
        assert isinstance(parsed, Payload)


def test_names_are_camel_case_outside_and_unknown_ones_are_ignored() -> None:
    payload = parse_payload(RoomPayload, [{"sessionCode": "q8j6u", "widgetId": "w1", "token": "x"}])

    assert payload.model_dump() == {"session_code": "Q8J6U", "widget_id": "w1"}


def test_types_are_strict() -> None:
    assert details(Deep, {"longName": 5, "items": "x"}) == {
        "longName": "Input should be a valid string",
        "items": "Input should be a valid list",
    }


def test_fault_is_named_by_its_path() -> None:
    assert details(Deep, {"items": [[{"a": 1}], [{"b": "x"}]]}) == {"items.1.0.b": "Input should be a valid integer"}
    assert list(details(Deep, [1])) == list(details(Deep, "text")) == ["payload"]


def test_only_so_many_faults_are_told_and_paths_are_cut() -> None:
    many = details(Deep, {"items": [[5] * 50]})
    long = details(Deep, {"items": [[{"k" * 1000: "x"}]]})

    assert len(many) == FAULTS_TOLD
    assert [len(path) for path in long] == [LONGEST_PATH]


@pytest.mark.parametrize("bad", ["\0", "a\ud800", ["\0"], {"k\udfff": 1}, {"a": {"b": ["\0"]}}])
def test_what_no_database_stores_is_refused_even_where_it_is_ignored(bad: Any) -> None:
    assert list(details(Payload, {"ignored": bad}).values()) == [
        "has a character that cannot be stored, or is too deep"
    ]


def test_nesting_is_bounded() -> None:
    def nested(depth: int) -> Any:
        return [nested(depth - 1)] if depth else 1

    assert parse_payload(Payload, [{"x": nested(DEEPEST - 1)}]) == Payload()
    assert len(details(Payload, {"x": nested(DEEPEST + 1)})) == 1


def test_refusal_is_an_object_or_in_old_replies_a_sentence() -> None:
    refusal = Rejected("RATE_LIMITED", retry_after_ms=7, name="bad")
    error = {"code": "RATE_LIMITED", "message": MESSAGES["RATE_LIMITED"], "details": {"name": "bad"}, "retryAfter": 7}

    def told(*, plain: bool) -> dict[str, Any]:
        return failure_of(Handler("x", Who.ANYONE, Payload, lambda call: None, plain_errors=plain), refusal)

    assert told(plain=False) == {"success": False, "error": error}
    assert told(plain=True) == {
        "success": False,
        "error": error["message"],
        "code": "RATE_LIMITED",
        "details": {"name": "bad"},
        "retryAfter": 7,
    }


@pytest.mark.parametrize("args", [[], [None], ["w1"], [{}], [{"widgetId": 5}], [{"widgetId": "w" * 101}]])
def test_widget_that_was_not_named_is_not_told(args: list[Any]) -> None:
    assert named_widget(args) == {}


def test_widget_that_was_named_is_told() -> None:
    assert named_widget([{"widgetId": "w1"}]) == {"widgetId": "w1"}
