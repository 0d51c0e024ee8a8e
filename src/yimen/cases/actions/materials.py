"""Papers handed in with a matter, and given back: 材料收据."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid

from .. import dossier, rules
from ..models import Case, MaterialReceipt
from ..states import Who
from .holding import held, need
from .record import record

MOST: Final = 30  # papers taken at once
_BETWEEN: Final = " \t\u3000,，、"
_END: Final = re.compile(
    r"[\s,，、](?P<kind>原件|复印件|original|copy)(?:[\s,，、]*(?P<pages>\d{1,4})\s*(?:页|pages?)?)?\Z",
    re.IGNORECASE,
)  # the name before it is cut off by hand: a pattern for it took cubic time on many spaces


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of what was handed in."""

    name: str
    kind: str
    pages: int | None


def take(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    lines: str,
    return_on: date | None = None,
    at: datetime | None = None,
) -> list[MaterialReceipt]:
    """收下材料: one paper a line, "名称 原件/复印件 页数". Originals need the day they go back, unless they stay."""
    now = at or timezone.now()
    papers = _papers(need(lines, "materials", _("材料"), 6000))
    if return_on and return_on < timezone.localdate(now):
        raise Invalid(_("还有内容要补充或更正"), {"return_on": _("应还日期不能早于今天")})
    with held(grants, ref, Who.DESK, Who.LEAD) as case:
        rows = MaterialReceipt.objects.bulk_create(
            MaterialReceipt(
                case=case, name=paper.name, kind=paper.kind, pages=paper.pages, given_at=now,
                return_on=return_on if paper.kind == "original" else None, taken_by_id=actor.user_id,
            )
            for paper in papers
        )  # fmt: skip
        record(actor, case, "case.materials_taken", at=now, payload={"count": len(rows), "return_on": return_on},
               words={"materials": "；".join(map(_said, rows))})  # fmt: skip
    return rows


def _papers(text: str) -> list[Paper]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST:
        raise Invalid(_("还有内容要补充或更正"), {"materials": _("一次最多 %d 件") % MOST})
    return [_paper(line) for line in lines]


def _paper(line: str) -> Paper:
    found = _END.search(line)
    if found is None or not line[: found.start()].strip(_BETWEEN):
        words = _("“%s”请写明是原件还是复印件，如：租房合同 复印件 3 页") % line[:40]
        raise Invalid(_("还有内容要补充或更正"), {"materials": words})
    name = rules.plain(line[: found.start()].rstrip(_BETWEEN))
    if len(name) > 120:
        raise Invalid(_("还有内容要补充或更正"), {"materials": _("每件名称最多 120 字")})
    kind = "original" if found["kind"].lower() in ("原件", "original") else "copy"
    return Paper(name, kind, int(found["pages"]) if found["pages"] else None)


def _said(row: MaterialReceipt) -> str:
    kind = {"original": "原件", "copy": "复印件"}[row.kind]  # the ledger is kept in the office's language
    return f"{row.name} {kind}" + (f" {row.pages} 页" if row.pages else "")


def give_back(
    actor: Actor, grants: Grants, ref: UUID, *, ids: Iterable[int | str], at: datetime | None = None
) -> list[MaterialReceipt]:
    """归还材料, open or closed. Each paper goes back once."""
    now = at or timezone.now()
    wanted = {int(one) for one in ids if str(one).isdecimal()}
    with held(grants, ref, Who.DESK, Who.LEAD, open_only=False) as case:
        rows = [row for row in held_of(case) if row.pk in wanted]
        if not rows or len(rows) != len(wanted):
            raise Invalid(_("还有内容要补充或更正"), {"materials": _("请选择还没有归还的材料")})
        MaterialReceipt.objects.filter(pk__in=[row.pk for row in rows]).update(
            returned_at=now, returned_by=actor.user_id
        )
        record(actor, case, "case.materials_returned", at=now, payload={"count": len(rows)},
               words={"materials": "；".join(map(_said, rows))})  # fmt: skip
    return rows


def materials_of(case: Case) -> list[MaterialReceipt]:
    """Everything handed in, in its order."""
    return dossier.of(case).materials


def held_of(case: Case) -> list[MaterialReceipt]:
    """What the office still holds."""
    return [row for row in dossier.of(case).materials if row.returned_at is None]
