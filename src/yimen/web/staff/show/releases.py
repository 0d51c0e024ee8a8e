"""更新说明 from the change log that comes with the program: CHANGELOG.zh-CN.md, or CHANGELOG.md in English."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.utils import translation

from yimen.foundation.home import REPO


@dataclass(slots=True)
class Release:
    """One version: its heading, an opening line, its points."""

    title: str
    words: str = ""
    points: list[str] = field(default_factory=list)


def releases(folder: Path = REPO) -> list[Release]:
    """In the reader's language, newest first; empty where the file did not come along."""
    name = "CHANGELOG.md" if translation.get_language() == "en" else "CHANGELOG.zh-CN.md"
    return _read(folder / name)


@cache
def _read(path: Path) -> list[Release]:
    text = path.read_text("utf-8") if path.exists() else ""
    return parse(text)


def parse(text: str) -> list[Release]:
    """`## version`, lines before the first point as one paragraph, `- point` with its indented lines."""
    found: list[Release] = []
    for line in text.splitlines():
        if line.startswith("## "):
            found.append(Release(line[3:].strip()))
        elif found and line.startswith("- "):
            found[-1].points.append(_plain(line[2:]))
        elif found and line.strip():
            _continue(found[-1], _plain(line.strip()))
    return found


def _continue(release: Release, words: str) -> None:
    if release.points:
        release.points[-1] = _joined(release.points[-1], words)
    else:
        release.words = _joined(release.words, words)


def _joined(before: str, words: str) -> str:
    """Chinese lines go on without a blank."""
    blank = " " if before and before[-1].isascii() and words[:1].isascii() else ""
    return before + blank + words


def _plain(text: str) -> str:
    return text.replace("`", "").replace("**", "").strip()
