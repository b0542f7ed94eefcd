"""The style guide: every token, in both themes, for developers only."""

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.staticfiles import finders
from django.test import Client

from sessions_app.pages.styleguide import tokens

pytestmark = pytest.mark.django_db


def test_style_guide_is_not_there_for_visitors(client: Client) -> None:
    assert client.get("/styleguide").status_code == 404


def test_style_guide_shows_every_colour_in_both_themes(client: Client, settings: LazySettings) -> None:
    settings.DEBUG = True

    page = client.get("/styleguide").content.decode()

    swatches = re.findall(r'data-colour="([\w-]+)"', page)
    assert swatches == tokens()["colour"] * 2
    assert {"paper", "ink", "accent", "option-10"} <= set(swatches)


def test_dark_theme_names_no_token_that_light_has_not() -> None:
    sheet = finders.find("base/tokens.css")
    assert isinstance(sheet, str)
    light, dark = (set(re.findall(r"--([\w-]+):", part)) for part in Path(sheet).read_text().split("@media"))

    assert len(dark) > 20
    assert dark - light == set()
