"""Keeps the pictures: each state of a page at every size, in light and in dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

Scheme = Literal["light", "dark"]
Size = tuple[int, int]

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
ALL: tuple[Size, ...] = ((390, 844), (1280, 800), (1920, 1080))
SCREENS: tuple[Size, ...] = ((1280, 720), (1920, 1080))
SETTLED_MS = 200
GO_TO = "(place) => document.querySelector(place).scrollIntoView({ block: place === 'body' ? 'start' : 'center' })"


@dataclass(frozen=True)
class Shot:
    """One picture."""

    width: int
    scheme: Scheme
    path: Path


@dataclass(frozen=True)
class State:
    """What a page looks like at one moment, in all sizes and themes. The first word of its name is its page's."""

    name: str
    caption: str
    shots: tuple[Shot, ...]

    @property
    def page(self) -> str:
        return self.name.partition("-")[0]

    def shot(self, width: int, scheme: Scheme = "light") -> Path:
        return next(shot.path for shot in self.shots if (shot.width, shot.scheme) == (width, scheme))


class Album:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.states: dict[str, State] = {}
        self.latest = "nothing yet"

    def take(
        self,
        page: Page,
        name: str,
        caption: str,
        *,
        sizes: Sequence[Size] = ALL,
        is_whole: bool = True,
        around: str = "body",
    ) -> None:
        """Photograph the page as it is: whole, or what a window shows `around` an element.

        What its size and theme were is restored.
        """
        assert name not in self.states, f"two states are called {name}"
        usual = page.viewport_size
        whole = is_whole and sizes is not SCREENS
        shots = []
        put_mouse_away(page)
        for (width, height), scheme in product(sizes, SCHEMES):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(GO_TO, around)
            page.wait_for_timeout(SETTLED_MS)
            path = self.folder / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=path, full_page=whole, animations="disabled")
            shots.append(Shot(width, scheme, path))
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        if usual is not None:
            page.set_viewport_size(usual)
        self.states[name] = State(name, caption, tuple(shots))
        self.latest = name
        print(f"{len(self.states):4}  {name}: {len(shots)} pictures", flush=True)


def put_mouse_away(page: Page) -> None:
    """The projector tells whoever moves the mouse of its keys, for some seconds: the class does not see that."""
    page.mouse.move(0, 0)
    page.locator(".corner #keys").wait_for(state="hidden")
