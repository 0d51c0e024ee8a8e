"""The paper that is posted in a grid. Plain values in, PDF bytes out; what may be said was decided before."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime

from .press import set_type

Ring = list[list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """网格公示牌 (滨州条例 §6: name, area, worker, contact and supervision phone are posted).

    `own` and `others` are grids as rings on a sheet of `width` × `height` units, y downwards; `labels` stand at points.
    """

    office: str
    name: str
    code: str
    above: str = ""
    places: list[str] = field(default_factory=list)
    workers: list[str] = field(default_factory=list)
    lead: str = ""
    duty_phone: str = ""
    supervision_phone: str = ""
    unit_phone: str = ""
    width: float = 0
    height: float = 0
    own: list[list[Ring]] = field(default_factory=list)
    others: list[list[Ring]] = field(default_factory=list)
    labels: list[tuple[str, float, float]] = field(default_factory=list)
    label: tuple[str, float, float] | None = None
    printed_at: datetime | None = None


def poster(data: Poster) -> bytes:
    """The paper as PDF: one A4 page; what would run over is printed smaller."""
    return set_type("poster", asdict(data))
