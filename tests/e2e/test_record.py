"""The page after class in a browser: the plots are drawn, with the numbers of their tables."""

import pytest
from playwright.sync_api import Page, expect

from .accessibility import is_fine
from .cast import LAPTOP, PHONE, Teacher
from .conftest import Cast

pytestmark = pytest.mark.browser

# Each plot of a kind: what is drawn, and what its table says.
DRAWN = """
(kind) => [...document.querySelectorAll(`[data-plot="${kind}"]`)].map((plot) => {
  const chart = Chart.getChart(plot.querySelector("canvas"));
  const rows = [...document.getElementById(plot.dataset.table).tBodies[0].rows];
  return {
    names: chart.data.labels,
    values: chart.data.datasets.map((set) => set.data),
    table: rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())),
  };
})
"""
INKED = """
() => [...document.querySelectorAll(".plot canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value) => value > 0);
})
"""


def is_fine_everywhere(page: Page) -> None:
    page.set_viewport_size(LAPTOP)
    is_fine(page, small=PHONE)


def a_poll_is_answered(cast: Cast, hana: Teacher, votes: str) -> None:
    """And its record is opened, while the session is live."""
    hana.open_session()
    hana.quick_poll("A–D")
    for name in votes:
        student = cast.student().join(hana.code)
        student.vote(name)
        student.is_counted(name)
    hana.page.get_by_role("link", name="Record so far").click()


def test_a_record_is_drawn_printed_and_downloaded(cast: Cast) -> None:
    hana = cast.hana(color_scheme="dark", reduced_motion="reduce")

    a_poll_is_answered(cast, hana, "ABB")

    expect(hana.page.locator(".plot canvas")).to_have_count(3)
    (tally,) = hana.page.evaluate(DRAWN, "tally")
    assert tally == {
        "names": ["A", "B", "C", "D"],
        "values": [[1, 2, 0, 0]],
        "table": [["A", "1", "33 %"], ["B", "2", "67 %"], ["C", "0", "0 %"], ["D", "0", "0 %"]],
    }
    (lesson,) = hana.page.evaluate(DRAWN, "lesson")
    assert (max(lesson["values"][0]), sum(lesson["values"][1])) == (3, 3)
    assert hana.page.evaluate(INKED) == [True, True, True]
    expect(hana.page.get_by_role("img", name="Votes of activity 1: A 1, B 2, C 0, D 0")).to_be_visible()
    hana.page.locator("summary", has_text="Who answered what").click()
    is_fine_everywhere(hana.page)
    it_prints_light(hana)
    it_downloads(hana, rows=1 + 3)


def it_prints_light(hana: Teacher) -> None:
    ink = "getComputedStyle(document.documentElement).getPropertyValue('--ink')"
    on_screen = hana.page.evaluate(ink)
    hana.page.emulate_media(media="print")
    expect(hana.page.get_by_role("link", name="CSV")).to_be_hidden()
    assert hana.page.evaluate(ink) != on_screen
    hana.page.emulate_media(media="screen")


def it_downloads(hana: Teacher, *, rows: int) -> None:
    with hana.page.expect_download() as download:
        hana.page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.startswith(f"lectern-{hana.code}-")
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == rows


def test_a_record_is_whole_without_scripts(cast: Cast) -> None:
    hana = cast.hana()
    hana.open_session()
    hana.quick_poll("Yes / No")
    reader = cast.stranger(java_script_enabled=False)
    reader.context.add_cookies(hana.page.context.cookies())  # type: ignore[arg-type]

    reader.page.goto(f"{hana.page.url}record")

    expect(reader.page.get_by_role("table").first).to_be_visible()
    expect(reader.page.locator("canvas")).to_have_count(0)
    expect(reader.page.locator("#print")).to_be_hidden()
