"""The pages of prepared lessons, as a teacher uses them; nobody else gets in."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sessions_app.models import Lesson, Session

from ...factories import everything, make_lesson, make_session
from .prepared import PLANETS, TEA, TYPED, path_of, steps_of

pytestmark = pytest.mark.django_db

ACTS = ["run", "rename", "duplicate", "delete", "steps/new/poll"]


def test_a_lesson_is_prepared_and_run(hana: User, hanas_browser: Client) -> None:
    made = hanas_browser.post("/lessons/new", {"title": "  Space\u202e "})
    lesson = Lesson.objects.get()
    assert (lesson.owner, lesson.title) == (hana, "Space")
    assert made.headers["Location"] == path_of(lesson)
    assert b"Add the first" in hanas_browser.get(path_of(lesson)).content

    added = hanas_browser.post(path_of(lesson, "steps/new/poll"), TYPED)
    assert (added.headers["Location"], steps_of(lesson)) == (path_of(lesson), [(1, TEA)])

    run = hanas_browser.post(path_of(lesson, "run"))
    session = Session.objects.get()
    assert run.headers["Location"] == f"/sessions/{session.pk}/"
    assert (session.title, session.lesson, session.owner) == ("Space", lesson, hana)
    assert list(session.run_steps.values_list("position", "kind", "config", "room")) == [(1, "poll", TEA, None)]


@pytest.mark.parametrize(("sent", "names_required"), [({}, False), ({"names_required": "on"}, True)])
def test_a_lesson_may_ask_every_student_for_a_name(
    hanas_browser: Client, lesson: Lesson, sent: dict[str, str], names_required: bool
) -> None:
    hanas_browser.post(path_of(lesson, "run"), sent)

    session = Session.objects.get()
    assert (session.lesson, session.names_required) == (lesson, names_required)


def test_names_can_be_asked_wherever_a_lesson_starts(hanas_browser: Client, lesson: Lesson) -> None:
    for page in ("/sessions/", path_of(lesson)):
        found = hanas_browser.get(page).content.decode()

        form = found.split(f'action="{path_of(lesson, "run")}"')[1].split("</form>")[0]
        assert '<input type="checkbox" name="names_required">' in form, page


def test_a_lesson_is_renamed_or_says_why_not(hanas_browser: Client, lesson: Lesson) -> None:
    refused = hanas_browser.post(path_of(lesson, "rename"), {"title": "x" * 121})
    assert list(refused.context["title_form"].errors) == ["title"]
    assert "x" * 121 in refused.content.decode()

    hanas_browser.post(path_of(lesson, "rename"), {"title": "Planets"})

    lesson.refresh_from_db()
    assert lesson.title == "Planets"
    assert hanas_browser.get(path_of(lesson, "rename")).headers["Location"] == path_of(lesson)


def test_a_lesson_without_a_title_is_asked_for_one(hanas_browser: Client) -> None:
    response = hanas_browser.post("/lessons/new", {"title": "\u202e"})

    assert response.context["title_form"].errors == {"title": ["This field is required."]}
    assert not Lesson.objects.exists()
    assert hanas_browser.get("/lessons/new").headers["Location"] == "/sessions/"


def test_a_copy_of_a_lesson_is_a_lesson_of_its_own(hanas_browser: Client, lesson: Lesson) -> None:
    response = hanas_browser.post(path_of(lesson, "duplicate"))

    copy = Lesson.objects.exclude(pk=lesson.pk).get()
    assert response.headers["Location"] == path_of(copy)
    assert (copy.title, steps_of(copy)) == ("Copy of Space", steps_of(lesson))


def test_a_lesson_travels_as_a_file(hanas_browser: Client, zoes_browser: Client, lesson: Lesson) -> None:
    lesson.title = 'Tee & "Mond"/ü'
    lesson.save()

    file = hanas_browser.get(path_of(lesson, "file"))
    assert file.headers["Content-Disposition"] == (
        "attachment; filename=\"lesson.json\"; filename*=UTF-8''Tee%20%20Mond%C3%BC.lesson.json"
    )
    sent = SimpleUploadedFile("lesson.json", file.content)
    response = zoes_browser.post("/lessons/import", {"file": sent})

    copy = Lesson.objects.exclude(pk=lesson.pk).get()
    assert response.headers["Location"] == path_of(copy)
    assert (copy.owner.get_username(), copy.title, steps_of(copy)) == ("Zoe", lesson.title, steps_of(lesson))
    assert hanas_browser.get("/lessons/import").headers["Location"] == "/sessions/"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"no json", "This is not a lesson file. Choose one that Lectern has made."),
        (b"\xff\xfe", "This is not a lesson file. Choose one that Lectern has made."),
        (b'{"format": "other"}', "This is not a lesson file. Choose one that Lectern has made."),
        pytest.param(b"x" * 600_000, "This is too large for a lesson.", id="too large"),
        (b'{"format": "lectern-lesson", "version": 2, "title": "a"}', "version: This must be 1."),
        (b'{"format": "lectern-lesson", "version": 1}', "title: This is missing."),
        (
            b'{"format": "lectern-lesson", "version": 1, "title": "a", "steps": [{"kind": "poll", "config": {}}]}',
            "steps.0.config.options: This is missing.",
        ),
    ],
)
def test_a_file_that_is_no_lesson_is_explained(hanas_browser: Client, content: bytes, fault: str) -> None:
    response = hanas_browser.post("/lessons/import", {"file": SimpleUploadedFile("lesson.json", content)})

    assert response.context["file_form"].errors == {"file": [fault]}
    assert not Lesson.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_a_lesson_is_shown_with_the_same_number_of_queries(
    hana: User, hanas_browser: Client, django_assert_num_queries: Any, count: int
) -> None:
    lesson = make_lesson(hana, "Space", *[TEA] * count)

    with django_assert_num_queries(4):
        response = hanas_browser.get(path_of(lesson))

    assert [item["headline"] for item in response.context["steps"]] == ["Tea?"] * count


@pytest.mark.parametrize("act", ["", "file", *ACTS])
def test_zoe_gets_into_no_lesson(zoes_browser: Client, lesson: Lesson, act: str) -> None:
    before = everything()

    response = zoes_browser.post(path_of(lesson, act), TYPED) if act in ACTS else zoes_browser.get(path_of(lesson, act))

    if act == "delete":
        assert response.headers["Location"] == "/sessions/"
    else:
        assert (response.status_code, b"Space" in response.content) == (404, False)
    assert everything() == before


@pytest.mark.parametrize("path", ["new", "import", "undo", "1/", "1/run", "1/steps/new/poll", "1/steps/1/"])
def test_strangers_are_sent_to_sign_in(client: Client, lesson: Lesson, path: str) -> None:
    before = everything()

    assert client.post(f"/lessons/{path}").headers["Location"] == f"/accounts/login/?next=/lessons/{path}"
    assert everything() == before


@pytest.mark.parametrize("act", ["run", "duplicate", "delete"])
def test_acts_are_posted(hanas_browser: Client, lesson: Lesson, act: str) -> None:
    assert hanas_browser.get(path_of(lesson, act)).status_code == 405


def test_a_session_is_kept_as_a_lesson_and_run_again(hana: User, hanas_browser: Client, zoes_browser: Client) -> None:
    session = make_session(hana, title="Monday")
    for act in ("again", "lesson"):
        assert zoes_browser.post(f"/sessions/{session.pk}/{act}").status_code == 404

    again = hanas_browser.post(f"/sessions/{session.pk}/again")
    kept = hanas_browser.post(f"/sessions/{session.pk}/lesson")

    lesson = Lesson.objects.get()
    assert (kept.headers["Location"], lesson.title) == (path_of(lesson), "Monday")
    assert again.headers["Location"] == f"/sessions/{Session.objects.get(title='Monday', ended_at=None).pk}/"


def test_the_file_holds_nothing_of_a_class(hanas_browser: Client, lesson: Lesson) -> None:
    assert json.loads(hanas_browser.get(path_of(lesson, "file")).content) == {
        "format": "lectern-lesson",
        "version": 1,
        "title": "Space",
        "steps": [{"kind": "poll", "config": TEA}, {"kind": "poll", "config": PLANETS}],
    }
