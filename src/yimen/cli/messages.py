"""`./yimen messages`: gather the Chinese sentences of the source and hold the English catalogue complete."""

from __future__ import annotations

import argparse
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

from yimen.foundation.home import REPO

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
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_PLACE = re.compile(r"%(\([a-z_]+\))?[sd]|\{[a-z_]*\}")
Message = tuple[str | None, str]  # context, Chinese text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="只检查，不改文件 only check")


def run(args: argparse.Namespace) -> int:
    """0 when the catalogue is complete (after gathering, unless --check)."""
    import polib

    found = dict(gather())
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile(wrapwidth=110)
    if not args.check:
        _update(catalogue, found)
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(CATALOGUE))
    faults = list(complaints(catalogue, found))
    for fault in faults:
        print(fault)
    print(f"{len(found)} 条文字 texts, {len(faults)} 处问题 faults")
    return 1 if faults else 0


def gather() -> Iterator[tuple[Message, str]]:
    """Every marked text of Python files and templates with the first place where it stands."""
    seen: set[Message] = set()
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt")]):
        for message in _texts(path):
            if message not in seen:
                seen.add(message)
                yield message, str(path.relative_to(REPO))


def _texts(path: Path) -> Iterator[Message]:
    from babel.messages.extract import extract

    source = path.read_text("utf-8")
    if path.suffix != ".py":
        source = _as_python(source)
    for _line, text, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        plain = text[0] if isinstance(text, tuple) else text
        if plain:
            yield context, plain


def _as_python(source: str) -> str:
    """A template turned into calls of gettext, by the framework's own reader."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.settings.base")
    from django.utils.translation.template import templatize

    return str(templatize(source))


def _update(catalogue: object, found: dict[Message, str]) -> None:
    import polib

    assert isinstance(catalogue, polib.POFile)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "en",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    have = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    catalogue[:] = [entry for key, entry in have.items() if key in found]
    for (context, text), place in found.items():
        if (context, text) not in have:
            catalogue.append(polib.POEntry(msgid=text, msgctxt=context, msgstr="", occurrences=[(place, "")]))
    catalogue.sort(key=lambda entry: (entry.occurrences[0][0] if entry.occurrences else "", entry.msgid))


def complaints(catalogue: object, found: dict[Message, str]) -> Iterator[str]:
    """What is missing, superfluous, left in Chinese or differs in its placeholders."""
    import polib

    assert isinstance(catalogue, polib.POFile)
    have = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    for key, place in found.items():
        entry = have.get(key)
        if entry is None or not (entry.msgstr or entry.msgstr_plural):
            yield f"没有译文 untranslated: {key[1]!r} ({place})"
        elif _places(entry.msgid) != _places(entry.msgstr or entry.msgstr_plural[1]):
            yield f"占位符不符 placeholders differ: {key[1]!r}"
    for key in have.keys() - found.keys():
        yield f"已不再使用 no longer used: {key[1]!r}"


def _places(text: str) -> list[str]:
    return sorted(match.group(0) for match in _PLACE.finditer(text))
