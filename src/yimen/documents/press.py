"""The typesetter: one kept compiler for each layout, the fonts read once. Words go in as data, never as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from . import fonts, qr, text

ROOM = Path(__file__).parent
FORMS = ROOM / "forms"


class Press:
    """One layout, ready to print. A typst compiler refuses a second caller, so callers take turns (2–40 ms)."""

    def __init__(self, form: str) -> None:
        self._turn = Lock()
        self._compiler = typst.Compiler(FORMS / f"{form}.typ", root=ROOM, font_paths=_faces())

    def print(self, payload: str) -> bytes:
        """`payload` is the JSON text that the layout reads as its data."""
        with self._turn:
            pdf = self._compiler.compile(format="pdf", sys_inputs={"data": payload})
        assert isinstance(pdf, bytes)
        return pdf


@cache
def _faces() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=fonts.folders())


@cache
def press(form: str) -> Press:
    """The kept press of one layout. Raises FileNotFoundError when the fonts are not installed."""
    return Press(form)


def set_type(form: str, values: Mapping[str, Any], url: str = "") -> bytes:
    """The PDF of layout `form` filled with `values`, with a QR code of `url` if there is one.

    The same values give the same bytes everywhere. Raises ValueError for a moment without a time zone."""
    data = text.plain(values)
    absent = text.missing(data)
    data = text.squared(data, absent) | {"missing": absent, "by_hand": text.written_by_hand(absent)}
    data["qr"] = qr.svg(url) if url else ""
    return press(form).print(json.dumps(data, ensure_ascii=False))
