"""What a phone fetches before its first answer, as production serves it: compressed, under hashed names."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from config.static import whole_sheet
from sessions_app.models import Session

pytestmark = pytest.mark.django_db

MOST_BYTES = 60_000
# What a response's headers take, about.
HEADER_BYTES = 300
NAMED = re.compile(r'(?:href|src)="/static/([^"?]+)"')
IMPORTED = re.compile(r'"/static/([^"?]+\.js)"')


def compressed(path: str) -> int:
    """whitenoise keeps the compressed file where it is smaller."""
    found = finders.find(path)
    assert isinstance(found, str), path
    content = whole_sheet(Path(found)).encode() if path.endswith(".css") else Path(found).read_bytes()
    return min(len(content), len(gzip.compress(content, 9)))


def fetched(client: Client, address: str, language: str) -> Iterator[tuple[str, int]]:
    response = client.get(address, headers={"Accept-Encoding": "gzip", "Accept-Language": language})
    assert response.headers["Content-Encoding"] == "gzip"
    yield address, len(response.content)
    page = gzip.decompress(response.content).decode()
    for path in dict.fromkeys(NAMED.findall(page)):
        yield path, compressed(path)


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_student_page_is_light_in_every_language(client: Client, session: Session, language: str) -> None:
    sizes = dict(fetched(client, f"/j/{session.code}", language))

    assert {"npm/socket.io.esm.min.js", "widgets/poll_seat.js", "pages/slim.css"} <= set(sizes)
    assert 25_000 < sum(sizes.values()) + HEADER_BYTES * len(sizes) <= MOST_BYTES, sizes


def test_code_field_is_lighter_still(client: Client) -> None:
    sizes = dict(fetched(client, "/", "ar"))

    assert sum(sizes.values()) + HEADER_BYTES * len(sizes) <= MOST_BYTES / 3, sizes


def test_student_page_asks_at_once_for_every_module_it_runs(client: Client, session: Session) -> None:
    page = client.get(f"/j/{session.code}").content.decode()
    asked = set(re.findall(r'rel="modulepreload" href="/static/([^"]+)"', page))

    later = set(IMPORTED.findall(page)) - asked
    assert "pages/student.js" in asked
    assert {path for path in later if not path.endswith(("_host.js", "_display.js"))} <= {"widgets/poll_options.js"}
