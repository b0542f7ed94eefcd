"""After class, and the server's side: the record of a lesson, the pages of staff."""

from playwright.sync_api import Page

from ..cast import LAPTOP, Teacher
from .album import ALL
from .studio import LESSON, Studio

DRAWN_MS = 500


def record(studio: Studio) -> None:
    page, take = studio.hana.page, studio.album.take
    page.goto("/sessions/")
    open_record(page, LESSON)
    address = page.url
    take(page, "record", "After class")
    page.emulate_media(media="print")
    page.wait_for_timeout(DRAWN_MS)
    take(page, "record-print", "On paper", sizes=ALL[1:2])
    page.emulate_media(media="screen")
    page.goto(f"{address}/activities/1")
    take(page, "record-answers", "All answers to one question")
    page.goto(f"{address}/people")
    take(page, "record-people", "Everybody who was there")
    page.goto(address)
    page.get_by_text("Delete this record now …").click()
    take(page, "record-delete", "Before a record is deleted for good")


def open_record(page: Page, title: str) -> None:
    page.locator("li.entry").filter(has_text=title).get_by_role("link", name="Results").first.click()
    page.wait_for_url("**/record")
    page.wait_for_timeout(DRAWN_MS)


def admin(studio: Studio, link: str) -> None:
    """Of whoever runs the server."""
    boss = Teacher(studio.cast.browser, studio.cast.server.url, LAPTOP)
    studio.cast.people.append(boss)
    boss.sign_in(link)
    page, take = boss.page, studio.album.take
    page.goto("/admin/")
    take(page, "admin", "The administration")
    for model, caption in (
        ("sessions_app/session", "Sessions"),
        ("sessions_app/participant", "Seats"),
        ("sessions_app/room", "Activities"),
        ("sessions_app/sessionevent", "The record, event by event"),
        ("sessions_app/lesson", "Lessons"),
        ("widgets/entry", "Answers"),
        ("auth/user", "Accounts"),
    ):
        page.goto(f"/admin/{model}/")
        take(page, f"admin-{model.rpartition('/')[2]}", caption)
    page.goto("/admin/sessions_app/session/")
    page.locator("#result_list th a").last.click()
    page.wait_for_load_state()
    take(page, "admin-one", "One session")
