"""What every act of the photographed lesson has at hand: the people, their server and the album."""

from dataclasses import dataclass, field

from ..cast import Student, Teacher
from ..conftest import Cast
from .album import Album

PASSWORD = "a long pass phrase for pictures"
LESSON = "Our solar system"
# Question, options; the first is what most pictures show.
STEPS = (
    ("What is the largest planet of our solar system?", ("Jupiter", "Saturn", "Neptune", "Earth")),
    ("Which planet is closest to the Sun?", ("Venus", "Mercury", "Mars")),
    ("Is Pluto a planet?", ("Yes", "No", "It was one")),
)
VOTES = "AABAACADAABA"


@dataclass
class Studio:
    """`hana` is signed in; `students` are those of her lesson."""

    cast: Cast
    album: Album
    hana: Teacher
    students: list[Student] = field(default_factory=list)

    @property
    def ann(self) -> Student:
        return self.students[0]

    def open_session(self, title: str, *, names: bool = False) -> str:
        """A session with a title that tells something; returns its code."""
        page = self.hana.page
        page.goto("/sessions/")
        page.locator("#session-title").fill(title)
        if names:
            page.get_by_label("Ask every student for a name").check()
        page.get_by_role("button", name="Open a session").click()
        return self.on_board()

    def on_board(self) -> str:
        self.hana.is_connected()
        self.hana.code = self.hana.text(".board-bar .code")
        return self.hana.code
