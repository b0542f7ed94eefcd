"""Who joins and fails, who has no JavaScript, pages that say no, the style guide, and the key pages in Arabic."""

from contextlib import closing
from sqlite3 import connect

from playwright.sync_api import expect

from ..cast import LAPTOP, PHONE, Person
from ..server import Server
from .album import SCREENS
from .studio import STEPS, Studio


def joining(studio: Studio) -> None:
    """Zoe, who has no code; then Ben, who is asked for his name."""
    take, zoe = studio.album.take, studio.cast.student()
    zoe.page.goto("/")
    take(zoe.page, "join", "Join")
    zoe.page.goto("/?typed=K7PQ2")
    take(zoe.page, "join-wrong", "No class is open under this code")
    zoe.page.goto("/j/22222")
    expect(zoe.page.locator("#back")).to_be_visible()
    take(zoe.page, "student-wrong", "An address with a wrong code")
    ben = studio.cast.student()
    code = studio.open_session("Chemistry, year 9", names=True)
    ben.page.goto(f"/j/{code}")
    expect(ben.page.locator("#naming")).to_be_visible()
    take(ben.page, "student-asked", "The teacher asks for a name")


def without_javascript(studio: Studio) -> None:
    plain = Person(studio.cast.browser, studio.cast.server.url, PHONE, java_script_enabled=False)
    for path, name, caption in (
        (f"/j/{studio.hana.code}", "student-plain", "Without JavaScript"),
        ("/", "join-plain", "Without JavaScript"),
        ("/?code=22222", "join-plain-wrong", "Without JavaScript: a wrong code"),
        (studio.hana.display_url, "projector-plain", "Without JavaScript"),
    ):
        plain.page.goto(path)
        studio.album.take(plain.page, name, caption)
    plain.leave()
    known = studio.hana.context.storage_state()
    teacher = Person(
        studio.cast.browser, studio.cast.server.url, LAPTOP, java_script_enabled=False, storage_state=known
    )
    teacher.page.goto(studio.hana.page.url)
    studio.album.take(teacher.page, "board-plain", "Without JavaScript", is_whole=False)
    teacher.leave()


def refusals(studio: Studio) -> None:
    """Each with its page in plain words."""
    page, take = studio.cast.stranger().page, studio.album.take
    for path, name, caption in (
        ("/nowhere", "error-404", "There is no such page"),
        ("/p/wrong", "error-projector", "A projector's address that does not hold"),
        ("/sign-in/x/y", "error-link", "A sign-in link that was used"),
    ):
        page.goto(path)
        take(page, name, caption)
    page.goto("/accounts/login/")
    page.context.clear_cookies()
    page.get_by_label("Username or e-mail").fill("Hana")
    page.get_by_label("Password").fill("without a cookie")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()
    take(page, "error-form", "A form that was out of date")


def breakdown(studio: Studio) -> None:
    """The last act: the database loses a table, and a page says so without a word too many."""
    [database] = studio.cast.server.data_dir.glob("*.sqlite3")
    with closing(connect(database)) as connection:
        connection.execute("ALTER TABLE sessions_app_lesson RENAME TO gone")
        connection.commit()
    page = studio.hana.page
    page.goto("/sessions/")
    studio.album.take(page, "error-500", "Something went wrong on the server")


def styleguide(studio: Studio) -> None:
    """It is there for developers only."""
    server = Server(LECTERN_DEBUG="1")
    try:
        server.start()
        person = Person(studio.cast.browser, server.url, LAPTOP)
        person.page.goto("/styleguide")
        studio.album.take(person.page, "style", "The style guide")
        person.leave()
    finally:
        server.close()


def arabic(studio: Studio) -> None:
    """The key pages from right to left, in a class that is still open."""
    take, hana, cast = studio.album.take, studio.hana, studio.cast
    studio.open_session("Geography, year 7")
    hana.own_poll(STEPS[0][0], list(STEPS[0][1]))
    student = cast.student(locale="ar")
    student.page.goto("/")
    take(student.page, "arabic-join", "Join")
    student.page.goto(f"/j/{hana.code}")
    student.page.locator("button.option").nth(1).click()
    expect(student.page.locator("button.option[aria-pressed=true]")).to_have_count(1)
    take(student.page, "arabic-student", "A question")
    board = hana.page.url
    speak(hana, "ar")
    hana.page.goto(board)
    hana.page.locator(".room .options").first.wait_for()
    take(hana.page, "arabic-board", "The board", is_whole=False)
    screen = cast.projector(hana.display_url)
    expect(screen.page.locator("#bar")).to_be_visible()
    take(screen.page, "arabic-projector", "The projector", sizes=SCREENS)
    hana.page.goto("/sessions/")
    take(hana.page, "arabic-home", "A teacher's start page")
    hana.page.goto(f"{board}record")
    take(hana.page, "arabic-record", "After class")
    speak(hana, "en")


def speak(person: Person, language: str) -> None:
    person.page.goto("/account/")
    person.page.locator("select[name=language]").select_option(language)
    person.page.locator("form.card button[type=submit]").first.click()
    person.page.wait_for_load_state()
