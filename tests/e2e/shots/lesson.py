"""The lesson itself, on its three screens: the teacher's board, a student's phone, the projector."""

from playwright.sync_api import expect

from ..cast import Person
from . import devices
from .album import ALL, SCREENS
from .studio import LESSON, STEPS, VOTES, Studio

AWAY_MS = 15_000
CROWD = 1000


def open_session(studio: Studio) -> Person:
    """A board and a projector without a class, then with one."""
    hana, take = studio.hana, studio.album.take
    studio.open_session("Physics, year 8")
    take(hana.page, "board-empty", "A session has just been opened", is_whole=False)
    hana.page.goto("/sessions/")
    hana.page.get_by_role("button", name="Run " + LESSON).click()
    studio.on_board()
    take(hana.page, "board-lesson", "A session on a prepared lesson", is_whole=False)
    screen = studio.cast.projector(hana.display_url)
    expect(screen.page.locator("#lobby")).to_be_visible()
    take(screen.page, "projector-lobby", "Before the first question", sizes=SCREENS)
    studio.students += [studio.cast.student().join(hana.code) for _ in VOTES]
    expect(hana.page.locator("#people li")).to_have_count(len(VOTES))
    take(studio.ann.page, "student-waiting", "In, and nothing is asked yet")
    studio.ann.page.get_by_role("button", name="change").click()
    take(studio.ann.page, "student-name", "Changing one's name")
    studio.ann.page.get_by_role("button", name="Keep the old one").click()
    take(screen.page, "projector-here", "The class is here", sizes=SCREENS)
    return screen


def ask(studio: Studio, screen: Person) -> None:
    """The first step, from its opening to its results."""
    hana, ann, take = studio.hana, studio.ann, studio.album.take
    hana.page.locator("#steps button").first.click()
    expect(ann.page.get_by_role("heading", name=STEPS[0][0])).to_be_visible()
    take(ann.page, "student-question", "A question")
    take(screen.page, "projector-question", "A question, before its results", sizes=SCREENS)
    for student, answer in zip(studio.students, VOTES, strict=True):
        student.vote(answer)
        student.is_counted(answer)
    take(ann.page, "student-voted", "The answer is counted")
    take(hana.page, "board-open", "A poll is open; only the teacher sees the counts", is_whole=False)
    hana.press("Reveal the results")
    expect(hana.page.get_by_role("button", name="Hide the results again")).to_be_visible()
    expect(ann.page.locator(".votes").first).to_be_visible()
    take(hana.page, "board-revealed", "The results are shown to the class", is_whole=False)
    take(ann.page, "student-results", "The results, once they are revealed")
    take(screen.page, "projector-results", "The results", sizes=SCREENS)
    hana.press("Pause")
    expect(ann.page.locator("[data-ref=answer]")).to_contain_text("aused")
    take(ann.page, "student-paused", "Paused")
    take(hana.page, "board-paused", "Paused", is_whole=False)


def go_on(studio: Studio, screen: Person) -> None:
    """Next, quick polls, and what the board offers besides."""
    hana, ann, take = studio.hana, studio.ann, studio.album.take
    hana.page.keyboard.press("ArrowRight")
    expect(ann.page.get_by_role("heading", name=STEPS[1][0])).to_be_visible()
    take(hana.page, "board-next", "The next step", is_whole=False)
    hana.press("Freeze")
    expect(hana.page.locator("#screen-badge")).to_be_visible()
    take(hana.page, "board-frozen", "The projector is frozen", is_whole=False)
    take(screen.page, "projector-frozen", "Frozen", sizes=SCREENS)
    hana.press("Black")
    take(screen.page, "projector-black", "Black", sizes=SCREENS)
    hana.press("Black")
    hana.press("1–5")
    expect(screen.page.get_by_text("5", exact=True).first).to_be_visible()
    take(screen.page, "projector-scale", "A quick poll, 1–5", sizes=SCREENS)
    take(ann.page, "student-two", "Another question has opened")
    hana.press("Own question …")
    hana.page.get_by_label("Question", exact=True).first.wait_for()
    take(hana.page, "board-own", "Writing a question during the lesson", is_whole=False)
    hana.press("Close")
    expect(hana.page.locator("#undo")).to_be_visible()
    take(hana.page, "board-undo", "Closed, and it can be undone", is_whole=False)
    expect(hana.page.locator("#undo")).to_be_hidden(timeout=20_000)
    hana.press("Keys")
    take(hana.page, "board-keys", "The keys of the board", is_whole=False)
    hana.press("Back to the lesson")
    take(hana.page, "board-whole", "All of the board", sizes=ALL[1:])


def crowd(studio: Studio) -> None:
    """A class as large as the server allows."""
    hana, take = studio.hana, studio.album.take
    studio.cast.server.add_crowd(studio.open_session("Assembly of all years"), CROWD)
    hana.page.reload()
    hana.is_connected()
    hana.quick_poll("Yes / No")
    expect(hana.page.locator("#here")).to_have_text("1,000 here")
    hana.page.locator("#tabs [data-tab=more]").dispatch_event("click")
    take(hana.page, "board-crowd", "A thousand students are here")
    screen = studio.cast.projector(hana.display_url)
    expect(screen.page.locator("#bar .count")).to_have_text("1,000 here")
    take(screen.page, "projector-crowd", "A thousand students are here", sizes=SCREENS)


def tabs(studio: Studio) -> None:
    """The board on a phone shows one part at a time."""
    page = studio.hana.page
    usual = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    for tab, name, caption in (
        ("Run list", "board-tab-run", "On a phone: the run list"),
        ("Live", "board-tab-live", "On a phone: the activity"),
        ("People and more", "board-tab-more", "On a phone: people and more"),
    ):
        page.locator("#tabs").get_by_role("button", name=tab).click()
        studio.album.take(page, name, caption, sizes=ALL[:1], is_whole=False)
    if usual is not None:
        page.set_viewport_size(usual)


def cut(studio: Studio, screen: Person) -> None:
    """Ann's phone loses its line, and keeps her answer; then the projector and the board lose theirs."""
    ann, take = studio.ann, studio.album.take
    ann.may_be_cut = True
    ann.context.set_offline(True)
    expect(ann.page.get_by_text("Offline").first).to_be_visible()
    take(ann.page, "student-offline", "Without a line")
    ann.page.locator("button.option").nth(1).click()
    expect(ann.page.locator("#line")).to_contain_text("saved")
    take(ann.page, "student-saved", "An answer waits on the phone")
    ann.context.set_offline(False)
    expect(ann.page.locator("#line")).to_have_text("Connected")
    with screen.without_line():
        take(screen.page, "projector-offline", "Without a line", sizes=SCREENS)
    with studio.hana.without_line():
        take(studio.hana.page, "board-offline", "Without a line", is_whole=False)
        expect(ann.page.locator("#host-away")).not_to_be_empty(timeout=AWAY_MS)
        take(ann.page, "student-alone", "The teacher's line has dropped")
    studio.hana.is_connected()


def run(studio: Studio) -> None:
    """From opening to ending."""
    screen = open_session(studio)
    ask(studio, screen)
    go_on(studio, screen)
    tabs(studio)
    cut(studio, screen)
    devices.another_device(studio)
    devices.release(studio)
    devices.new_projector(studio, screen)
    devices.end(studio)
