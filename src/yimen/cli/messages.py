"""`./yimen messages`: gather the Chinese sentences of the source and hold the English catalogue complete."""

from __future__ import annotations

import argparse
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from yimen.foundation.home import REPO

if TYPE_CHECKING:
    from polib import POEntry, POFile

HELP = "收集界面文字，检查英文译文是否齐全"
HELP_EN = "collect the texts of the screens; --check: every one has an English translation"
GROUP = "develop"
NEEDS_DATABASE = False
NEEDS_DEVELOPMENT = True

SOURCE = REPO / "src" / "yimen"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_PLACE = re.compile(r"%(\([a-z_]+\))?[sd]|\{[a-z_]*\}")
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
Message = tuple[str | None, str]  # context, Chinese text


@dataclass(frozen=True, slots=True)
class Found:
    """Where a text stands first; `plural` is its second argument when it is counted."""

    place: str
    plural: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="只检查，不改文件 only check")


def run(args: argparse.Namespace) -> int:
    """0 when the catalogue is complete (after gathering, unless --check)."""
    import polib

    found = gather()
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile(wrapwidth=110)
    if not args.check:
        update(catalogue, found)
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(CATALOGUE))
    faults = list(complaints(catalogue, found))
    for fault in faults:
        print(fault)
    print(f"{len(found)} 条文字 texts, {len(faults)} 处问题 faults")
    return 1 if faults else 0


def gather() -> dict[Message, Found]:
    """Every marked text of Python files and templates."""
    found: dict[Message, Found] = {}
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt")]):
        for message, plural in _texts(path):
            known = found.get(message, Found(str(path.relative_to(REPO))))
            found[message] = Found(known.place, known.plural or plural)
    return found


def _texts(path: Path) -> Iterator[tuple[Message, str]]:
    from babel.messages.extract import extract

    source = path.read_text("utf-8")
    if path.suffix != ".py":
        source = _as_python(source)
    for _line, text, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        plain, plural = (text[0], text[1]) if isinstance(text, tuple) else (text, "")
        if plain:
            yield (context, plain), plural or ""


def _as_python(source: str) -> str:
    """A template turned into calls of gettext, by the framework's own reader."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.settings.base")
    from django.utils.translation.template import templatize

    return str(templatize(source))


def update(catalogue: POFile, found: dict[Message, Found]) -> None:
    """Bring the catalogue to the texts of the source; translations of texts that stay are kept."""
    import polib

    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "en",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    have = _by_message(catalogue)
    catalogue[:] = [
        _fit(have.get(key, polib.POEntry(msgid=key[1], msgctxt=key[0])), found[key]) for key in found
    ]
    catalogue.sort(key=lambda entry: (entry.occurrences[0][0], entry.msgid))


def _fit(entry: POEntry, text: Found) -> POEntry:
    """The entry with its place, and with two forms when the text is counted."""
    entry.occurrences = [(text.place, "")]
    if text.plural and not entry.msgstr_plural:
        entry.msgstr_plural = {0: entry.msgstr, 1: entry.msgstr}
        entry.msgstr = ""
    entry.msgid_plural = text.plural
    if not text.plural and entry.msgstr_plural:
        entry.msgstr, entry.msgstr_plural = entry.msgstr_plural[1], {}
    return entry


def _by_message(catalogue: POFile) -> dict[Message, POEntry]:
    return {(entry.msgctxt, entry.msgid): entry for entry in catalogue}


def complaints(catalogue: POFile, found: dict[Message, Found]) -> Iterator[str]:
    """What is missing, superfluous, left in Chinese, differs in its placeholders or in being counted."""
    have = _by_message(catalogue)
    for key, text in found.items():
        entry = have.get(key)
        fault = _fault(entry, text) if entry else "没有译文 untranslated"
        if fault:
            yield f"{fault}: {key[1]!r} ({text.place})"
    for key in have.keys() - found.keys():
        yield f"已不再使用 no longer used: {key[1]!r}"


def _fault(entry: POEntry, text: Found) -> str:
    forms = forms_of(entry)
    if bool(entry.msgid_plural) != bool(text.plural):
        return "单复数不符 counted in one place only"
    if not all(forms):
        return "没有译文 untranslated"
    if any(_places(form) != _places(entry.msgid) for form in forms):
        return "占位符不符 placeholders differ"
    return "译文里有中文 left in Chinese" if any(_CHINESE.search(form) for form in forms) else ""


def forms_of(entry: POEntry) -> list[str]:
    """The English of an entry: one text, or both its forms."""
    return (
        [entry.msgstr_plural[n] for n in sorted(entry.msgstr_plural)]
        if entry.msgid_plural
        else [entry.msgstr]
    )


def _places(text: str) -> list[str]:
    return sorted(match.group(0) for match in _PLACE.finditer(text))
