"""The file of rejected rows: the owner's own columns with a reason in front, ready to be put right and read again."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from django.utils.translation import gettext as _

from yimen.foundation.masking import mask_id_numbers

from .denied import denied
from .reading import Row
from .rows import FORMULA, plain

SUFFIX: Final = ".rejected"
LONGEST: Final = 30_000  # characters of a cell; spreadsheets take no more than 32,767


class Rejects:
    """Collects rejected rows; the file exists only when there is at least one. Columns that may not come in stay out."""

    def __init__(self, path: Path, headers: Sequence[str]) -> None:
        self.path = path
        self.headers = [header for header in headers if not denied(header)]
        self.count = 0
        self._file: TextIO | None = None

    def add(self, row: Row, reason: str) -> None:
        if self._file is None:
            self._open()
        cells = [_harmless(mask_id_numbers(plain(row.cells.get(header)))[0]) for header in self.headers]
        csv.writer(self._file).writerow([row.number, reason, *cells])  # type: ignore[arg-type]
        self.count += 1

    def _open(self) -> None:
        """Readable by the owner only; with a mark, so that spreadsheets see UTF-8."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        csv.writer(self._file).writerow([_("原行号"), _("未导入原因"), *map(_harmless, self.headers)])

    @property
    def _unfinished(self) -> Path:
        return self.path.with_name(self.path.name + ".part")

    def close(self) -> Path | None:
        """Put the file in its place, or take an older one away when nothing was rejected. Gives its path."""
        if self._file is None:
            self.path.unlink(missing_ok=True)
            return None
        self._file.close()
        self._unfinished.replace(self.path)
        return self.path


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula gets a quote in front; reading takes it off again."""
    cut = cell[:LONGEST]
    return f"'{cut}" if cut.startswith(FORMULA) and not cut[1:].replace(".", "").isdigit() else cut
