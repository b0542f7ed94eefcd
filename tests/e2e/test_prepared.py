"""A lesson is prepared by keyboard, shared, run in two taps, and stands on the board's run list."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .accessibility import is_fine, issues
from .cast import PHONE, Teacher
from .conftest import Cast

pytestmark = pytest.mark.browser


def type_poll(page: Page, question: str, *options: str) -> None:
    """With the keyboard alone, from the button that adds a step."""
    page.get_by_role("link", name="Poll").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Question").focus()
    page.keyboard.type(question)
    page.keyboard.press("Tab")
    for option in options:
        page.keyboard.type(option)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")


def headlines(page: Page) -> list[str]:
    return page.locator(".step h3").all_inner_texts()


def prepare(hana: Teacher, title: str) -> None:
    page = hana.page
    page.get_by_label("Title of a new lesson").fill(title)
    page.keyboard.press("Enter")
    type_poll(page, "Which planet?", "Mars")
    expect(page.get_by_label("Options")).to_be_focused()
    is_fine(page)
    page.keyboard.press("Control+End")
    page.keyboard.type("Venus")
    page.get_by_role("button", name="Save", exact=True).click()
    type_poll(page, "Tea?", "yes", "no")
    expect(page.locator(".step h3")).to_have_count(2)


def test_a_lesson_is_prepared_by_keyboard_and_run_in_two_taps(cast: Cast) -> None:
    hana = cast.hana()
    page = hana.page
    prepare(hana, "Space")
    page.get_by_role("button", name="Up 2").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Down 1")).to_be_focused()
    assert headlines(page) == ["Tea?", "Which planet?"]
    is_fine(page)
    page.set_viewport_size(PHONE)
    is_fine(page)

    page.goto("/sessions/")
    is_fine(page)
    page.get_by_role("button", name="Run Space").click()

    hana.is_connected()
    steps = page.locator("#steps")
    expect(steps).to_contain_text("Tea?")
    expect(steps).to_contain_text("Which planet?")
    steps.get_by_role("button").first.click()
    ann = cast.student().join(hana.text(".code >> nth=0"))
    expect(ann.page.get_by_role("heading", name="Tea?")).to_be_visible()


def test_what_is_deleted_comes_back_and_a_file_travels(cast: Cast, tmp_path: Path) -> None:
    hana = cast.hana()
    page = hana.page
    page.set_viewport_size(PHONE)
    prepare(hana, "Moons")
    page.locator(".menu > summary").first.click()
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(page.get_by_role("status")).to_contain_text("Which planet? was deleted.")
    assert issues(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".step h3")).to_have_text(["Which planet?", "Tea?"])

    with page.expect_download() as download:
        page.get_by_role("link", name="Download as a file").click()
    file = tmp_path / "moons.json"
    download.value.save_as(file)
    page.get_by_role("button", name="Delete the lesson").click()
    expect(page.get_by_role("status")).to_contain_text("Moons was deleted.")
    page.get_by_text("Import a lesson from a file").click()
    page.get_by_label("A lesson file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Moons")).to_be_visible()
    assert headlines(page) == ["Which planet?", "Tea?"]
    assert json.loads(file.read_text())["title"] == "Moons"
