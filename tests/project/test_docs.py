"""The documents name what is there: every link and picture, and the keys that the board has."""

import re
from pathlib import Path

import pytest

from .files import ROOT, name_of

DOCUMENTS = sorted(path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
KEY_ROW = re.compile(r"<tr>\s*<td>(?P<keys>.*?)</td>\s*<td>(?P<what>.*?)</td>", re.DOTALL)
WORDS = re.compile(r'{% translate "([^"]*)" %}')
TABLE_ROW = re.compile(r"^\| (.+) \| (.+) \|$", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text()) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_teachers_read_about_the_keys_that_the_board_has() -> None:
    template = (ROOT / "templates" / "sessions_app" / "_board_keys.html").read_text()
    keys = [(", ".join(names(row["keys"])), plain(row["what"])) for row in KEY_ROW.finditer(template)]
    _before, _heading, chapter = (ROOT / "docs" / "teachers" / "README.md").read_text().partition("\n## Keys\n")
    table = TABLE_ROW.findall(chapter.partition("\n## ")[0])
    assert table[2:] == keys


def names(cell: str) -> list[str]:
    return [plain(key) for key in re.findall(r"<kbd[^>]*>(.*?)</kbd>", cell, re.DOTALL)]


def plain(text: str) -> str:
    return WORDS.sub(r"\1", text).strip()
