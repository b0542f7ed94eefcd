"""The kind of docs/developers.md, copied to where it says and nothing else changed: a class raises its hands."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ..project.files import ROOT
from .cast import Student
from .conftest import Cast
from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SERVED = ("config", "sessions_app", "widgets", "docs_app", "surveys", "templates", "locale")
PLACES = {
    "show_of_hands.py": "widgets/kinds",
    "hands.html": "templates/widgets",
    "hands.js": "widgets/static/widgets",
}


@pytest.fixture
def server_with_example(tmp_path: Path) -> Iterator[Server]:
    """Lectern's code in a folder of its own, with the three files added."""
    for folder in SERVED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "CHANGELOG.md", tmp_path)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    for name, folder in PLACES.items():
        shutil.copy(ROOT / "docs" / "examples" / name, tmp_path / folder)
    server = Server(root=tmp_path)
    try:
        yield server.start()
    finally:
        server.close()


def test_hands_go_up_on_phones_and_are_counted_on_the_board(
    server_with_example: Server, make_cast: Callable[[Server], Cast]
) -> None:
    cast = make_cast(server_with_example)
    hana = cast.teacher().sign_in(server_with_example.first_sign_in)
    code = hana.open_session()
    screen = cast.projector(hana.display_url)
    ann, ben = [cast.student().join(code) for _ in range(2)]

    hana.press("Ask")
    room = hana.page.locator("lectern-hands")
    expect(room.locator("[data-ref=question]")).to_have_text("Who wants to say something?")
    expect(room.locator("[data-ref=count]")).to_have_text("0 hands")
    hana.press("Open for answers")
    raise_hand(ann)
    expect(room.locator("[data-ref=count]")).to_have_text("1 hand")
    expect(room.locator("[data-ref=names]")).to_have_text(ann.name)
    raise_hand(ben)
    expect(room.locator("[data-ref=count]")).to_have_text("2 hands")
    expect(room.locator("[data-ref=names]")).to_have_text(f"{ann.name}, {ben.name}")
    expect(screen.page.locator("lectern-hands [data-ref=count]")).to_have_text("2 hands")

    raise_hand(ann, is_up=False)
    expect(room.locator("[data-ref=names]")).to_have_text(ben.name)
    ben.page.reload()
    expect(ben.page.get_by_role("button", name="Raise my hand")).to_have_attribute("aria-pressed", "true")


def raise_hand(student: Student, *, is_up: bool = True) -> None:
    """Press the button, which raises a hand that is down and lowers one that is up."""
    button = student.page.get_by_role("button", name="Raise my hand")
    expect(button).to_have_attribute("aria-pressed", str(not is_up).lower())
    button.click()
    expect(button).to_have_attribute("aria-pressed", str(is_up).lower())
