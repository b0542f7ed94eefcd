"""The catalogues: what is found in the sources, what is called a fault, and that a page speaks what they say."""

import subprocess
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from pytest_django import Settings

from config import catalogs

from ..project.files import ROOT

TEMPLATE = """
{% load i18n %}
<p>{% translate "One" %}</p>
<p>{% blocktranslate trimmed count n=n %}
  {{ n }} seat
{% plural %}
  {{ n }} seats
{% endblocktranslate %}</p>
"""


@pytest.fixture
def sources(tmp_path: Path, settings: Settings) -> Path:
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    files = {
        "templates/page.html": TEMPLATE,
        "config/page.py": '_("Two " "lines")\nprint("unmarked")\n',
        "config/static/page.js": 'gettext("Three"); ngettext("%(count)s vote", "%(count)s votes", n);',
        "sessions_app/errors.py": 'gettext_noop("Four")\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def ids(catalogue: Catalog) -> set[str | tuple[str, ...]]:
    return {message.id for message in catalogue if message.id}


@pytest.mark.profile_free
def test_sources_are_read_wherever_words_are_marked(sources: Path) -> None:
    assert ids(catalogs.read_sources("django")) == {"One", ("%(n)s seat", "%(n)s seats"), "Two lines", "Four"}
    assert ids(catalogs.read_sources("djangojs")) == {"Three", ("%(count)s vote", "%(count)s votes"), "Four"}


@pytest.mark.profile_free
def test_update_adds_what_is_new_keeps_what_is_said_and_drops_what_has_gone(sources: Path) -> None:
    catalogs.update()
    file = catalogs.file_of("de", "django")
    file.write_text(file.read_text().replace('msgid "One"\nmsgstr ""', 'msgid "One"\nmsgstr "Eins"'))
    (sources / "config/page.py").write_text('_("Five")\n')
    catalogs.update()

    said = {message.id: message.string for message in catalogs.read_catalogue("de", "django") if message.id}
    assert said == {"One": "Eins", ("%(n)s seat", "%(n)s seats"): ("", ""), "Five": "", "Four": ""}
    assert "de/django: untranslated: 'Five'" in set(catalogs.faults())


@pytest.mark.profile_free
@pytest.mark.parametrize(
    ("text", "said", "fault"),
    [
        ("One", "Eins", ""),
        ("One", "", "untranslated"),
        ("Hi %(name)s", "Hallo %(name)s", ""),
        ("Hi %(name)s", "Hallo %(nom)s", "other %(names)s than the original"),
        ("Hi %(name)s", "Hallo", "other %(names)s than the original"),
        (("One seat of %(n)s", "%(n)s seats"), ("Ein Platz", "%(n)s Plätze"), ""),
        (("One seat", "%(n)s seats"), ("Ein Platz", ""), "untranslated"),
    ],
)
def test_a_fault_is_named(text: str | tuple[str, str], said: str | tuple[str, str], fault: str) -> None:
    assert catalogs.fault_of(Message(text), Message(text, said)) == fault


@pytest.mark.profile_free
def test_a_text_without_a_catalogue_is_a_fault() -> None:
    assert catalogs.fault_of(Message("One"), None) == "not in the catalogue"


WORDS = """
const carried = {language: process.argv[1], messages: JSON.parse(process.argv[2])};
globalThis.document = {getElementById: () => ({textContent: JSON.stringify(carried)})};
const {gettext, ngettext} = await import(process.argv[3]);
const seats = [0, 1, 2, 3, 11, 100].map((count) => ngettext("%(count)s seat", "%(count)s seats", count));
console.log([gettext("One"), ...seats].join("|"));
"""


@pytest.mark.profile_free
@pytest.mark.parametrize(
    ("language", "messages", "words"),
    [
        ("en", "{}", "One|0 seats|1 seat|2 seats|3 seats|11 seats|100 seats"),
        ("fr", '{"%(count)s seat": ["%(count)s place", "%(count)s places"]}', "One|0 place|1 place|2 places"),
        ("zh-Hans", '{"One": "一", "%(count)s seat": ["%(count)s 个"]}', "一|0 个|1 个|2 个|3 个|11 个|100 个"),
        ("ar", '{"%(count)s seat": ["z", "o", "t", "f", "m", "x"]}', "One|z|o|t|f|m|x"),
    ],
)
def test_pages_choose_the_plural_form_of_their_language(language: str, messages: str, words: str) -> None:
    module = ROOT / "sessions_app" / "static" / "base" / "words.js"
    command = ["node", "--input-type=module", "-e", WORDS, language, messages, str(module)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert said.startswith(words)
