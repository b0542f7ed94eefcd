"""The catalogues of translations: what the sources say, what each language lacks, and the files that gettext reads."""

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

FOLDERS = ("config", "docs_app", "sessions_app", "surveys", "templates", "widgets")
# The pages translate the sentences of errors as they arrive, so that both catalogues have them.
SAID_BY_BOTH = "sessions_app/errors.py"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
OPTIONS = {"parse_template_string": False}
PLACE = re.compile(r"%\(\w+\)[sd]")
DOMAINS = ("django", "djangojs")
# What Django's own formulas say; Babel's differ in their order for some.
PLURALS = {
    "ar": (6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5"),
    "fr": (2, "(n > 1)"),
    "zh_Hans": (1, "0"),
}


def sources(domain: str) -> Iterator[Path]:
    """The files whose words belong to a catalogue, in a fixed order."""
    endings = {".js"} if domain == "djangojs" else {".py", ".html", ".txt"}
    for folder in FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in endings and "migrations" not in path.parts:
                yield path
    if domain == "djangojs":
        yield settings.BASE_DIR / SAID_BY_BOTH


def read_sources(domain: str) -> Catalog:
    """Every text that the sources mark, with where it stands."""
    found = Catalog(fuzzy=False)
    for path in sources(domain):
        text = path.read_text()
        method = "python"
        if path.suffix != ".py":
            method = "javascript"
            text = text if path.suffix == ".js" else templatize(text)
        place = path.relative_to(settings.BASE_DIR).as_posix()
        for _, words, _, context in extract(method, BytesIO(text.encode()), KEYWORDS, options=OPTIONS):
            found.add(words, locations=[(place, 0)], context=context)
    return found


def languages() -> list[str]:
    """The locales that have a catalogue: all but English, which the sources speak."""
    return [to_locale(code) for code, _ in settings.LANGUAGES if code != "en"]


def file_of(locale: str, domain: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / locale / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(locale: str, domain: str) -> Catalog:
    file = file_of(locale, domain)
    if not file.exists():
        return Catalog(locale=locale, fuzzy=False)
    with file.open("rb") as opened:
        return read_po(opened, locale=locale, domain=domain)


def update() -> None:
    """Bring all catalogues up to date with the sources: new texts come in empty, old ones go."""
    for domain in DOMAINS:
        said = read_sources(domain)
        for locale in languages():
            _write(said, locale, domain)


def _write(said: Catalog, locale: str, domain: str) -> None:
    old = read_catalogue(locale, domain)
    new = Catalog(locale=locale, fuzzy=False, project="Lectern", version="", header_comment="# Lectern")
    number, formula = PLURALS.get(locale, (2, "(n != 1)"))
    # Babel has no public way to say it, and its own formulas would give other lengths than Django's.
    vars(new).update(_num_plurals=number, _plural_expr=formula)
    for message in said:
        if message.id:
            known = old.get(message.id, message.context)
            string = known.string if known and known.id == message.id else ""
            new.add(message.id, string, message.locations, flags=_flags(message), context=message.context)
    file = file_of(locale, domain)
    file.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, new, width=110, sort_output=True, omit_header=True, include_lineno=False)
    file.write_text(_header(locale, number, formula) + body.getvalue().decode())


def _flags(message: Message) -> set[str]:
    return {"python-format"} if any(PLACE.search(text) for text in _texts(message.id)) else set()


def _header(locale: str, number: int, formula: str) -> str:
    return (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals={number}; plural={formula};\\n"\n\n'
    )


def faults() -> Iterator[str]:
    """What is untranslated or mistranslated, one line each: language, catalogue, text."""
    for domain in DOMAINS:
        said = read_sources(domain)
        for locale in languages():
            known = read_catalogue(locale, domain)
            for message in said:
                if message.id and (fault := fault_of(message, known.get(message.id, message.context))):
                    yield f"{locale}/{domain}: {fault}: {_texts(message.id)[0]!r}"


def fault_of(message: Message, known: Message | None) -> str:
    """Why a text will not be read as it should; empty when all is well."""
    if known is None or known.id != message.id:
        return "not in the catalogue"
    said = _texts(known.string)
    if not all(said):
        return "untranslated"
    if known.fuzzy:
        return "fuzzy"
    # A form for one or two may spell its number out.
    wanted = set(PLACE.findall(_texts(message.id)[-1]))
    if any(not set(PLACE.findall(text)) <= wanted for text in said) or set(PLACE.findall(said[-1])) != wanted:
        return "other %(names)s than the original"
    return ""


def _texts(words: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words or ("",))


def compile_all() -> None:
    """Write the binary catalogues that are missing or older than their text."""
    for domain in DOMAINS:
        for locale in languages():
            text, binary = file_of(locale, domain), file_of(locale, domain).with_suffix(".mo")
            if text.exists() and (not binary.exists() or binary.stat().st_mtime < text.stat().st_mtime):
                written = binary.with_suffix(f".{os.getpid()}")
                with written.open("wb") as opened:
                    write_mo(opened, read_catalogue(locale, domain))
                written.replace(binary)
