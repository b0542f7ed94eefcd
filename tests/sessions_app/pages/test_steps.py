"""The steps of a lesson: written by their kind's form, put in order; nobody else gets at them."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sessions_app.kinds import KINDS, Kind
from sessions_app.models import Lesson, Step
from sessions_app.realtime.events import HANDLERS, Payload

from ...factories import everything, make_lesson
from .prepared import PLANETS, TEA, TYPED, path_of, steps_of

pytestmark = pytest.mark.django_db

STEP_ACTS = ["", "move", "duplicate", "delete"]


@pytest.mark.parametrize(
    ("typed", "field", "fault"),
    [
        ({"options": ""}, "options", "Write at least two options, each on a line of its own."),
        ({"options": "one"}, "options", "Write at least two options, each on a line of its own."),
        ({"options": "\n".join("abcdefghijk")}, "options", "A poll has at most ten options. Take some out."),
        (
            {"options": "yes\n" + "n" * 201},
            "options",
            f"“{'n' * 39}…”: This is too long: at most 200 characters.",
        ),
        ({"question": "x" * 501}, "question", "Ensure this value has at most 500 characters (it has 501)."),
    ],
)
def test_a_poll_that_cannot_be_is_explained_at_its_field_and_nothing_typed_is_lost(
    hanas_browser: Client, lesson: Lesson, typed: dict[str, str], field: str, fault: str
) -> None:
    before = everything()
    sent = {"question": "<b>Tea?</b>", "options": "yes\nno", "allow_change": "on", **typed}

    for path in (path_of(lesson, "steps/new/poll"), path_of(lesson, place=1)):
        response = hanas_browser.post(path, sent)
        form = response.context["form"]
        assert (response.status_code, form.errors) == (200, {field: [fault]})
        assert {name: form[name].value() for name in form.fields} == {
            "hide_results": False,
            **sent,
            "allow_change": True,
        }
        assert b"<b>Tea" not in response.content
    assert everything() == before


def test_a_step_is_changed(hanas_browser: Client, lesson: Lesson) -> None:
    form = hanas_browser.get(path_of(lesson, place=2)).context["form"]
    assert [form[name].value() for name in form.fields] == ["Which planet?", "Mars\nVenus", True, True]

    saved = hanas_browser.post(path_of(lesson, place=2), {"question": "Tea\nor\u202e coffee?", "options": "a\nb"})

    changed = {"question": "Tea or coffee?", "options": ["a", "b"], "allowChange": False, "hideResults": False}
    assert (saved.headers["Location"], steps_of(lesson)) == (path_of(lesson), [(1, TEA), (2, changed)])


def test_the_form_of_a_new_poll_begins_as_most_want_it(hanas_browser: Client, lesson: Lesson) -> None:
    form = hanas_browser.get(path_of(lesson, "steps/new/poll")).context["form"]

    assert {name: form[name].value() for name in form.fields} == {
        "question": None,
        "options": None,
        "hide_results": True,
        "allow_change": True,
    }


def test_one_step_after_the_other_is_written(hanas_browser: Client, lesson: Lesson) -> None:
    path = path_of(lesson, "steps/new/poll")

    response = hanas_browser.post(path, {**TYPED, "more": "yes"})

    assert (response.headers["Location"], steps_of(lesson)[2:]) == (path, [(3, TEA)])


def test_a_step_moves_and_its_button_keeps_the_focus(hanas_browser: Client, lesson: Lesson) -> None:
    response = hanas_browser.post(path_of(lesson, "move", place=2), {"way": "up"}, follow=True)

    assert steps_of(lesson) == [(1, PLANETS), (2, TEA)]
    assert "Moved: it is step 1 now." in response.content.decode()
    assert response.content.count(b"autofocus") == 1


def test_a_full_lesson_says_so(hanas_browser: Client, lesson: Lesson) -> None:
    Step.objects.bulk_create(Step(lesson=lesson, position=n, kind="poll", config=TEA) for n in range(3, 101))

    for path, sent in ((path_of(lesson, "steps/new/poll"), TYPED), (path_of(lesson, "duplicate", place=1), {})):
        response = hanas_browser.post(path, sent, follow=True)
        assert b"A lesson has at most 100 steps." in response.content
    assert lesson.steps.count() == 100


def test_a_step_of_a_kind_that_is_gone_is_shown_and_can_be_deleted(hanas_browser: Client, lesson: Lesson) -> None:
    gone = Step.objects.create(lesson=lesson, position=3, kind="gone", config={"x": 1})

    page = hanas_browser.get(path_of(lesson)).content.decode()
    assert "This server has no activity of this kind." in page
    assert hanas_browser.get(path_of(lesson, place=3)).status_code == 404
    hanas_browser.post(path_of(lesson, "delete", place=3))

    assert not Step.objects.filter(pk=gone.pk).exists()


@pytest.fixture
def clock() -> Iterator[Kind]:
    """A kind that has nothing to prepare."""

    class Config(Payload):
        minutes: int = 5
        revealed: bool = False

    before = dict(KINDS), dict(HANDLERS)
    yield Kind("clock", label="Clock", config=Config)
    for registry, old in zip((KINDS, HANDLERS), before, strict=True):
        registry.clear()
        registry.update(old)  # type: ignore[arg-type]


def test_a_kind_without_a_form_is_added_as_it_is(hanas_browser: Client, lesson: Lesson, clock: Kind) -> None:
    path = path_of(lesson, "steps/new/clock")
    assert hanas_browser.get(path).headers["Location"] == path_of(lesson)

    response = hanas_browser.post(path, follow=True)

    step = lesson.steps.get(position=3)
    assert (step.kind, step.config) == ("clock", {"minutes": 5})
    described = response.context["steps"][2]
    assert (described["label"], described["is_editable"], described["headline"]) == ("Clock", False, "")
    assert hanas_browser.get(path_of(lesson, place=3)).status_code == 404
    assert hanas_browser.get(path_of(lesson, "steps/new/gone")).status_code == 404


@pytest.mark.parametrize("act", STEP_ACTS)
def test_zoe_gets_at_no_step(zoes_browser: Client, hana: User, lesson: Lesson, act: str) -> None:
    own = make_lesson(User.objects.get(username="Zoe"), "Mine", TEA)
    before = everything()
    path = path_of(lesson, act, place=1)

    for tried in (path, path.replace(f"/lessons/{lesson.pk}/", f"/lessons/{own.pk}/")):
        response = zoes_browser.post(tried, {**TYPED, "options": "mine\nyours"})
        assert response.status_code == 404 or response.headers["Location"] == path_of(own)
    assert everything() == before
