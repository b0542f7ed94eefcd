"""Takes the screenshots: `python -m tests.e2e.shots [FOLDER]`.

Without FOLDER it renews docs/images and docs/screens.md; with FOLDER all pictures go there in full size, and the
docs stay as they are.
"""

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from ..cast import chromium
from ..conftest import Cast
from ..server import Server
from . import lesson, others, staff, teachers
from .album import Album
from .sheets import renew_docs
from .studio import Studio

# What the addresses on the pictures say, instead of this machine and its port.
HOST = "class.example"


def acts(studio: Studio) -> list[Callable[[], None]]:
    """In the order in which they happen."""
    server = studio.cast.server
    invitation = f"http://{HOST}{urlsplit(server.first_sign_in).path}"
    link = server.make_user("Hana")
    return [
        lambda: teachers.sign_in(studio, link),
        lambda: teachers.prepare(studio),
        lambda: lesson.run(studio),
        lambda: staff.record(studio),
        lambda: others.joining(studio),
        lambda: others.without_javascript(studio),
        lambda: teachers.home(studio),
        lambda: others.arabic(studio),
        lambda: staff.admin(studio, invitation),
        lambda: teachers.account(studio),
        lambda: teachers.second_factor(studio),
        lambda: lesson.crowd(studio),
        lambda: others.refusals(studio),
        lambda: others.styleguide(studio),
        lambda: others.breakdown(studio),
    ]


def photograph(folder: Path) -> Album:
    """The whole lesson; a failure says after which state it came."""
    album = Album(folder)
    server = Server(LECTERN_ALLOWED_HOSTS=f"{HOST},127.0.0.1,localhost")
    try:
        server.start()
        rules = f"--host-resolver-rules=MAP {HOST}:80 127.0.0.1:{server.port}"
        with sync_playwright() as playwright, chromium(playwright, rules) as browser:
            play(browser, server, album)
    finally:
        server.close()
    return album


def play(browser: Browser, server: Server, album: Album) -> None:
    server.url = f"http://{HOST}"
    cast = Cast(browser, server)
    studio = Studio(cast, album, cast.teacher())
    for act in acts(studio):
        try:
            act()
        except Exception as fault:
            raise RuntimeError(f"The lesson stopped after the state {album.latest!r}.") from fault
    for person in cast.people:
        person.leave()


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev shots", description="Photograph every page and state.")
    parser.add_argument("folder", nargs="?", type=Path, help="where all pictures go; without it the docs are renewed")
    asked: Path | None = parser.parse_args().folder
    for name in [name for name in os.environ if name.startswith("LECTERN_") and not name.startswith("LECTERN_TEST_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="lectern-shots-") as own:
        folder = asked or Path(own)
        folder.mkdir(parents=True, exist_ok=True)
        album = photograph(folder)
        if asked is None:
            renew_docs(album)
    pictures = sum(len(state.shots) for state in album.states.values())
    print(f"{len(album.states)} states, {pictures} pictures: {asked or 'docs/screens.md shows them'}.")


if __name__ == "__main__":
    main()
