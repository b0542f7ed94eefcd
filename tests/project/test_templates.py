"""Templates carry no script, style or handler of their own: the content security policy would refuse them."""

import re
from html.parser import HTMLParser

import pytest

from .files import name_of, own_files

pytestmark = pytest.mark.profile_free

DJANGO_SYNTAX = re.compile(r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}|{%.*?%}|{{.*?}}", re.DOTALL)
NONCE = re.compile(r"nonce=\"{{\s*[\w.]*nonce\s*}}\"")


class InlineCode(HTMLParser):
    """Collects what a template says that belongs in a file: `found`, one sentence each."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        for name, value in values.items():
            if name == "style" or name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}>")
        if tag == "style" or (tag == "script" and "src" not in values and values.get("type") != "importmap"):
            self.found.append(f"<{tag}>")
        if tag == "script" and "src" in values:
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self.found.append(f"code in <{self._inside} src>")


def inline_code(template: str) -> list[str]:
    parser = InlineCode()
    parser.feed(DJANGO_SYNTAX.sub("", template))
    parser.close()
    maps = re.findall(r"<script[^>]*importmap[^>]*>", template)
    return parser.found + [tag for tag in maps if not NONCE.search(tag)]


def test_templates_have_no_inline_code() -> None:
    found = {name_of(path): inline_code(path.read_text()) for path in own_files(".html")}

    assert {name: code for name, code in found.items() if code} == {}


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('<script type="module" src="{% static "base/dom.js" %}"></script>', []),
        ('<script type="importmap" nonce="{{ csp_nonce }}">{{ import_map }}</script>', []),
        ('<script type="importmap" nonce="{{ request.csp_nonce }}">{"imports": {}}</script>', []),
        ("{{ data|json_script:'state' }}<p data-once='1'>{# <style> #}</p>", []),
        ('<script type="importmap">{}</script>', ['<script type="importmap">']),
        ("<script>go()</script>", ["<script>"]),
        ("<script src='a.js'>go()</script>", ["code in <script src>"]),
        ("<style>p {}</style>", ["<style>"]),
        ("<p style='color: red'>", ["<p style>"]),
        ("<button {% if x %}disabled{% endif %} onclick='go()'>", ["<button onclick>"]),
        ("<a href=' javascript:go()'>", ["<a href>"]),
    ],
)
def test_inline_code_is_found(template: str, found: list[str]) -> None:
    assert inline_code(template) == found
