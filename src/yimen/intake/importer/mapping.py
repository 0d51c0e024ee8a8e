"""Which column means what: proposed from headers and content, corrected by the operator, never guessed silently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any, Final

from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid

from .dates import Unreadable, read_time
from .denied import denied, squeeze
from .reading import Row
from .rows import plain
from .words import BY_NAME, FIELDS, MEANINGS, NO, NOTHING, YES, Meaning, channel_of

MAX_PLACE_COLUMNS: Final = 3


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns`: field → columns that fill it (joined when several). `refused`: column → which denied field it is.
    `offered`: personal field → column that could fill it if the operator says so."""

    columns: dict[str, tuple[str, ...]]
    refused: dict[str, str] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)

    def unused(self, headers: Iterable[str]) -> list[str]:
        """Columns that stay outside: neither mapped nor refused."""
        used = {column for columns in self.columns.values() for column in columns}
        return [header for header in headers if header not in used and header not in self.refused]


@dataclass(frozen=True, slots=True)
class _Column:
    """A header with the samples that say something."""

    name: str
    plain: str
    cells: list[Any]
    filled: list[str]

    @property
    def length(self) -> float:
        return fmean(map(len, self.filled)) if self.filled else 0.0


def propose(headers: Sequence[str], samples: Sequence[Row]) -> Mapping:
    """The best reading of a table: by the words of its headers, checked against what is in the columns."""
    refused = {header: what for header in headers if (what := denied(header))}
    columns = [_column(header, samples) for header in headers if header not in refused]
    found: dict[str, tuple[str, ...]] = {}
    for _score, meaning, column in sorted(_claims(columns), key=lambda claim: -claim[0]):
        if _free(found, meaning, column.name):
            found[meaning.name] = (*found.get(meaning.name, ()), column.name)
    _guess_rest(found, columns)
    if "reply" not in found:
        found.pop("replied_at", None)
    order = {header: place for place, header in enumerate(headers)}
    offered = {name: found[name][0] for name in found if BY_NAME[name].personal}
    kept = {
        name: tuple(sorted(found[name], key=lambda column: order[column]))
        for name in FIELDS
        if name in found and name not in offered
    }
    return Mapping(kept, refused, offered)


def _column(header: str, samples: Sequence[Row]) -> _Column:
    cells = [row.cells.get(header, "") for row in samples]
    words = [plain(cell) for cell in cells]
    filled = [word for word in words if word.strip().lower() not in NOTHING]
    return _Column(header, squeeze(header), cells, filled)


def _free(found: dict[str, tuple[str, ...]], meaning: Meaning, column: str) -> bool:
    if any(column in columns for columns in found.values()):
        return False
    already = found.get(meaning.name, ())
    return not already or (meaning.several and len(already) < MAX_PLACE_COLUMNS)


def _claims(columns: Sequence[_Column]) -> Iterable[tuple[float, Meaning, _Column]]:
    """(weight, meaning, column) for every pair that headers suggest and content does not contradict."""
    for meaning in MEANINGS:
        for column in columns:
            weight = _weight(meaning, column.plain)
            if not weight:
                continue
            if _CHECKS.get(meaning.name, _anything)(column):
                yield weight, meaning, column
            elif meaning.name in _LOUD and weight > _PIECE:
                yield weight / 100, meaning, column


# A column called 时间 that cannot be read is still the time: its rows are rejected with a reason, not taken without one.
_LOUD: Final = frozenset({"occurred_at", "replied_at"})
_PIECE: Final = 55  # the most that a piece of a word weighs


def _weight(meaning: Meaning, header: str) -> float:
    """0 when the header does not speak of this field; a whole word is worth more than a piece of one."""
    if header in meaning.exact:
        return 100 - meaning.exact.index(header) / 2
    if any(word in header for word in meaning.never):
        return 0
    for place, piece in enumerate(meaning.pieces):
        if piece in header:
            return _PIECE - place - min(len(header) - len(piece), 10) / 2
    return 0


# What the content must look like


def _anything(_column: _Column) -> bool:
    return True


def _dates(column: _Column) -> bool:
    """Empty, or mostly readable as times (a column of times may be thin, but not of something else)."""
    return not column.filled or sum(map(_is_time, column.cells)) >= 0.6 * len(column.filled)


def _is_time(cell: Any) -> bool:
    try:
        return read_time(cell) is not None
    except Unreadable:
        return False


def _words(column: _Column) -> bool:
    return not column.filled or (
        column.length >= 2 and not all(word.replace(".", "").isdigit() for word in column.filled)
    )


def _unique(column: _Column) -> bool:
    return (
        len(column.filled) > 0
        and len(set(column.filled)) >= 0.97 * len(column.filled)
        and column.length <= 80
    )


def _channels(column: _Column) -> bool:
    known = sum(1 for word in column.filled if channel_of(word))
    return bool(column.filled) and known >= 0.5 * len(column.filled)


def _flag(column: _Column) -> bool:
    return {word.strip().lower() for word in column.filled} <= YES | NO


def _category(column: _Column) -> bool:
    return 2 <= column.length <= 20 and not all(word.isdigit() for word in column.filled)


def _place(column: _Column) -> bool:
    return column.length >= 2 and column.length <= 80


_CHECKS: Final[dict[str, Callable[[_Column], bool]]] = {
    "record_id": _unique,
    "title": _words,
    "text": _words,
    "occurred_at": _dates,
    "reply": lambda column: column.length >= 4,
    "replied_at": _dates,
    "category": _category,
    "channel": _channels,
    "place": _place,
    "anonymous": _flag,
}


def _guess_rest(found: dict[str, tuple[str, ...]], columns: Sequence[_Column]) -> None:
    """Headers said nothing: the longest words are the content, the one column of times is the time."""
    left = [column for column in columns if not any(column.name in names for names in found.values())]
    if "text" not in found:
        long = [column for column in left if column.length >= 10 and _words(column) and not _dates(column)]
        if long:
            chosen = max(long, key=lambda column: column.length)
            found["text"] = (chosen.name,)
            left.remove(chosen)
        elif "title" in found:
            found["text"] = found.pop("title")
    if "occurred_at" not in found:
        never = BY_NAME["occurred_at"].never
        times = [
            c
            for c in left
            if c.filled and _dates(c) and not _looks_numbered(c) and not _any_in(never, c.plain)
        ]
        if len(times) == 1:
            found["occurred_at"] = (times[0].name,)


def _looks_numbered(column: _Column) -> bool:
    """Plain numbers could be a spreadsheet's days, but without a word in the header they are not believed."""
    return all(word.replace(".", "").isdigit() for word in column.filled)


def _any_in(words: Iterable[str], header: str) -> bool:
    return any(word in header for word in words)


# What the operator says


def corrected(mapping: Mapping, headers: Sequence[str], orders: Iterable[str]) -> Mapping:
    """The mapping after `field=column` orders (`field=A+B` joins, `field=` leaves out). Raises Invalid."""
    columns, offered = dict(mapping.columns), dict(mapping.offered)
    for order in orders:
        name, equals, wanted = order.partition("=")
        name = name.strip()
        if not equals or name not in BY_NAME:
            raise Invalid(
                _("看不懂 --map %(order)s；应写成 字段=列名，字段有：%(fields)s")
                % {"order": order, "fields": "、".join(FIELDS)}
            )
        chosen = _named(wanted, headers)
        offered.pop(name, None)
        columns = {field: left for field, cols in columns.items() if (left := _without(cols, chosen))}
        columns[name] = chosen
    kept = {name: columns[name] for name in FIELDS if columns.get(name)}
    result = Mapping(kept, mapping.refused, offered)
    if "text" not in kept:
        raise Invalid(
            _("不知道哪一列是内容，请用 --map text=列名 指明；列有：%(headers)s")
            % {"headers": "、".join(headers)}
        )
    return result


def _without(columns: tuple[str, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column for column in columns if column not in taken)


def _named(wanted: str, headers: Sequence[str]) -> tuple[str, ...]:
    """The columns an operator named, forgiving width, case and spaces."""
    if wanted.strip() in {"", "-"}:
        return ()
    by_name = {squeeze(header): header for header in reversed(headers)} | {
        header: header for header in headers
    }
    whole = by_name.get(wanted.strip()) or by_name.get(squeeze(wanted))
    names = (
        [whole]
        if whole
        else [by_name.get(part.strip()) or by_name.get(squeeze(part)) for part in wanted.split("+")]
    )
    if None in names or not names:
        raise Invalid(
            _("文件里没有列“%(wanted)s”；列有：%(headers)s")
            % {"wanted": wanted, "headers": "、".join(headers)}
        )
    chosen = tuple(name for name in names if name)
    for column in chosen:
        if what := denied(column):
            raise Invalid(
                _("列“%(column)s”属于不收集的信息（%(what)s），不能导入") % {"column": column, "what": what}
            )
    return chosen
