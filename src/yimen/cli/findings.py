"""What `./yimen doctor` finds: a level, a sentence and what to do, in Chinese and English. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fault"]
SIGNS: dict[Level, str] = {"ok": "✓", "warn": "!", "fault": "✗"}


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Finding:
    """`todo` is None when there is nothing to do."""

    level: Level
    what: Said
    todo: Said | None = None

    def lines(self, language: str) -> str:
        said = f"{SIGNS[self.level]} {self.what.in_language(language)}"
        return f"{said}\n    → {self.todo.in_language(language)}" if self.todo else said


def ok(zh: str, en: str) -> Finding:
    return Finding("ok", Said(zh, en))


def warn(zh: str, en: str, todo_zh: str, todo_en: str) -> Finding:
    return Finding("warn", Said(zh, en), Said(todo_zh, todo_en))


def fault(zh: str, en: str, todo_zh: str, todo_en: str) -> Finding:
    return Finding("fault", Said(zh, en), Said(todo_zh, todo_en))
