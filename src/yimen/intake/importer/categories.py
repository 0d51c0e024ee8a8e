"""Which category of the office an imported row belongs to: by the file's own label, else by words, else 其他."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

OTHER: Final = "other"
TITLE_WEIGHT: Final = 3
BEGINNING: Final = 300  # characters of the text that are looked at
_TOWN: Final = (
    "property",
    "housing",
    "utilities",
    "illegal-building",
    "demolition",
    "parking",
    "appearance",
    "noise",
)

# Broad labels that other systems use → categories among which the words decide; the first is taken when they do not,
# where the second part says so.
LABELS: Final[tuple[tuple[str, tuple[str, ...], bool], ...]] = (
    ("劳动", ("wages", "relief"), True),
    ("工资", ("wages",), True),
    ("社会保障", ("relief", "wages"), True),
    ("民政", ("relief",), True),
    ("环境保护", ("appearance", "noise"), True),
    ("环保", ("appearance", "noise"), True),
    ("教育", ("education-health",), True),
    ("卫生", ("education-health",), True),
    ("医疗", ("education-health",), True),
    ("商贸", ("market",), True),
    ("市场", ("market",), True),
    ("消费", ("market",), True),
    ("交通", ("parking",), True),
    ("停车", ("parking",), True),
    ("物业", ("property",), True),
    ("噪", ("noise",), True),
    ("油烟", ("noise",), True),
    ("消防", ("safety",), True),
    ("安全生产", ("safety",), True),
    ("拆迁", ("demolition",), True),
    ("征", ("demolition",), True),
    ("违", ("illegal-building",), True),
    ("供热", ("utilities",), True),
    ("供水", ("utilities",), True),
    ("婚姻", ("family",), True),
    ("家庭", ("family",), True),
    ("邻里", ("neighbour",), True),
    ("城乡建设", _TOWN, False),
    ("城市建设", _TOWN, False),
    ("建议", ("suggestion",), True),
)


@dataclass(frozen=True, slots=True)
class Known:
    """A category as the office has it: key, the names it goes by, and the words that suggest it."""

    key: str
    names: tuple[str, ...]
    words: tuple[str, ...]


class Chooser:
    """Chooses among the office's categories; keeps them in memory for a whole import."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.known = {category.key: category for category in known}

    def choose(self, label: str, title: str, text: str) -> str:
        """The key of the category; `other` when nothing suggests one."""
        if named := self._named(label):
            return named
        scores = self._scores(title, text)
        for piece, candidates, sure in LABELS:
            if piece in label and (fit := [key for key in candidates if key in self.known]):
                best = max(fit, key=lambda key: scores[key])
                return best if sure or scores[best] else OTHER
        best = max(scores, key=lambda key: scores[key], default=OTHER)
        return best if scores.get(best) else OTHER

    def _named(self, label: str) -> str:
        """The file uses the office's own words."""
        return next(
            (key for key, category in self.known.items() if label and label in (key, *category.names)), ""
        )

    def _scores(self, title: str, text: str) -> Mapping[str, int]:
        begin = text[:BEGINNING]
        return {
            key: sum(
                len(word) * (TITLE_WEIGHT * (word in title) + (word in begin)) for word in category.words
            )
            for key, category in self.known.items()
            if key != OTHER
        } | {OTHER: 0}
