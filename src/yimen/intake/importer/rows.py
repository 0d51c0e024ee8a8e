"""One row of a file becomes one matter, or a sentence why not. Pure: no database."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping as Columns
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from yimen.foundation.masking import mask_id_numbers

from .dates import Unreadable, read_time
from .reading import Row
from .words import NO, NOTHING, YES, channel_of

MAX_TEXT: Final = 20_000
MAX_TITLE: Final = 60
MAX_PLACE: Final = 200
MAX_ID: Final = 60
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes a spreadsheet run a cell; the full-width signs do so in East Asian editions."""
_BREAKS: Final = re.compile(r"\r\n?|[\u2028\u2029\v\f]")
_BLANKS: Final = re.compile(r"[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_SENTENCE: Final = re.compile(r"[。！？!?；;\n]")
_GREETING: Final = re.compile(r"^(?:尊敬的)?[^，,。！!：:\n]{0,12}(?:您好|你好|领导好|领导)[！!，,。：:\s]*")


class BadRow(Exception):
    """This row is not taken; the message is the sentence in the file of rejects, `kind` what is counted in the report.

    They differ where the sentence quotes the cell: nobody wants a line of the report for each bad date.
    """

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind or sentence


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that can be taken. `digest` is over what was said, answered and when: two rows with one id and one
    digest are the same record. `reporter` and `phone` are filled only when the operator mapped them."""

    number: int
    record_id: str
    title: str
    text: str
    occurred_at: datetime | None
    reply: str
    replied_at: datetime | None
    label: str
    channel: str
    place: str
    anonymous: bool
    reporter: str
    phone: str
    masked: int
    digest: str


def plain(cell: Any) -> str:
    """A cell as text: 1234.0 is 1234, nothing is empty, a quote that keeps spreadsheets quiet is gone."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell)
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def tidy(text: str) -> str:
    """Words as people meant them: no tabs, no runs of blanks, no empty lines at the ends or in a row, no controls."""
    lines = [_BLANKS.sub(" ", line).strip() for line in _BREAKS.sub("\n", text).split("\n")]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return "".join(
        mark for mark in joined if mark == "\n" or unicodedata.category(mark) not in {"Cc", "Cf", "Cs", "Co"}
    )


def draft(row: Row, columns: Columns[str, tuple[str, ...]], now: datetime) -> Draft:
    """The matter in a row. Raises BadRow with a sentence the owner of the file can act on."""
    if row.problem:
        raise BadRow(row.problem)
    said = {name: _joined(row, names) for name, names in columns.items()}
    if any("\ufffd" in words for words in said.values()):
        raise BadRow(_("有认不出的字（编码错误），请在原系统重新导出这一行"))
    text, masked = _text(said.get("text", ""))
    title, in_title = mask_id_numbers(" ".join(said.get("title", "").split()))
    reply, in_reply = mask_id_numbers(_limited(said.get("reply", "")))
    place, in_place = mask_id_numbers(" ".join(said.get("place", "").split()))
    occurred_at = _time(row, columns, "occurred_at", now)
    replied_at = _time(row, columns, "replied_at", now) if reply else None
    _check_order(occurred_at, reply, replied_at)
    digest = _digest(title, text, occurred_at, reply, replied_at)
    return Draft(
        number=row.number,
        record_id=_record_id(said.get("record_id", ""), columns, title, text, occurred_at),
        title=shorten(title or first_words(text)),
        text=text,
        occurred_at=occurred_at,
        reply=reply,
        replied_at=replied_at,
        label=said.get("category", "")[:60],
        channel=channel_of(said.get("channel", "")) or "import",
        place=place[:MAX_PLACE],
        anonymous=_anonymous(row, columns),
        reporter=said.get("reporter", "")[:60],
        phone=said.get("phone", "")[:40],
        masked=masked + in_title + in_reply + in_place,
        digest=digest,
    )


def _joined(row: Row, names: tuple[str, ...]) -> str:
    parts = [tidy(plain(row.cells.get(name))) for name in names]
    return " ".join(part for part in parts if part.lower() not in NOTHING)


def _text(said: str) -> tuple[str, int]:
    if not said:
        raise BadRow(_("没有内容"))
    return mask_id_numbers(_limited(said))


def _limited(words: str) -> str:
    if len(words) > MAX_TEXT:
        raise BadRow(_("超过 %(most)s 字（可能缺少引号，几行并成了一行）") % {"most": MAX_TEXT})
    return words


def _time(row: Row, columns: Columns[str, tuple[str, ...]], name: str, now: datetime) -> datetime | None:
    cell = next((row.cells.get(column) for column in columns.get(name, ())), None)
    if isinstance(cell, str) and cell.strip().lower() in NOTHING:
        return None
    try:
        moment = read_time(cell)
    except Unreadable:
        raise BadRow(_("看不懂的时间：%(cell)s") % {"cell": plain(cell)[:40]}, _("看不懂的时间")) from None
    if moment and moment > now + timedelta(days=1):
        raise BadRow(_("时间在将来：%(cell)s") % {"cell": plain(cell)[:40]}, _("时间在将来"))
    return moment


def _check_order(occurred_at: datetime | None, reply: str, replied_at: datetime | None) -> None:
    if reply and occurred_at is None:
        raise BadRow(_("有答复，但没有反映时间"))
    if occurred_at and replied_at and replied_at.date() < occurred_at.date():
        raise BadRow(_("答复时间早于反映时间"))


def _anonymous(row: Row, columns: Columns[str, tuple[str, ...]]) -> bool:
    """匿名=1; a column that asks the other way round (是否实名) says so in its name."""
    for column in columns.get("anonymous", ()):
        word = plain(row.cells.get(column)).strip().lower()
        asks_for_names = "实名" in column and "匿名" not in column
        return (word in NO) if asks_for_names and word not in {"实名", "匿名"} else (word in YES)
    return False


def _record_id(
    said: str, columns: Columns[str, tuple[str, ...]], title: str, text: str, occurred_at: datetime | None
) -> str:
    """The file's own id; without such a column the content is the id, so that a repeat is known again."""
    if "record_id" not in columns:
        return "#" + _digest(title, text, occurred_at)[:32]
    if not said:
        raise BadRow(_("没有编号"))
    if len(said) > MAX_ID or mask_id_numbers(said)[1]:
        raise BadRow(_("编号太长，或像身份证号"))
    return said


def _digest(*parts: object) -> str:
    whole = "\x1f".join(part.isoformat() if isinstance(part, datetime) else str(part or "") for part in parts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def first_words(text: str) -> str:
    """A title for words that came without one: the first sentence that says something."""
    after = _GREETING.sub("", text)
    for sentence in _SENTENCE.split(after or text):
        if len(sentence.strip()) >= 4:
            return sentence.strip()
    return text.split("\n")[0]


def shorten(title: str) -> str:
    return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1] + "…"
