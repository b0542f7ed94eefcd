"""Style sheets: what a page imports is served to it in one file."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from config.static import whole_sheet


def test_a_sheet_gets_what_it_imports_in_its_place_and_those_what_they_import(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "tokens.css").write_text(":root { --a: 1; }\n")
    (tmp_path / "base" / "base.css").write_text('/* Base. */\n@import "tokens.css";\nbody {}\n')
    sheet = tmp_path / "whole.css"
    sheet.write_text('@import "base/base.css";\nmain {}\n')

    assert whole_sheet(sheet) == "/* Base. */\n:root { --a: 1; }\nbody {}\nmain {}\n"


@pytest.mark.parametrize("name", ["pages/slim.css", "pages/whole.css", "pages/board.css"])
def test_our_pages_load_no_sheet_by_another(name: str) -> None:
    found = finders.find(name)
    assert isinstance(found, str)
    assert "@import" in Path(found).read_text()

    assert "@import" not in whole_sheet(Path(found))
