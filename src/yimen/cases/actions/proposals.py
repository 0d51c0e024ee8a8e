"""The parts of a proposal and of a written instruction, checked against what there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid
from yimen.organisations.models import Unit, UnitKind

from .. import instructions
from ..models import Attachment, Case, Instruction

UNNAMED = "××"  # in a phrase: the lead unit, named when it is signed


def lead_unit(key: str, field: str) -> Unit:
    """A unit that a matter can be sent to. Raises Invalid beside `field`."""
    unit = Unit.objects.filter(key=key, valid_to__isnull=True).exclude(kind=UnitKind.CENTRE).first()
    if unit is None:
        raise Invalid(_("不能转给这个单位"), {field: _("请重新选择")})
    return unit


def helpers_of(keys: Iterable[str], lead: Unit) -> list[str]:
    """Keys of assisting units: each can be sent to, none twice, none the lead."""
    helpers = [lead_unit(key, "assisting").key for key in keys]
    if lead.key in helpers or len(set(helpers)) < len(helpers):
        raise Invalid(_("同一单位只能出现一次"), {"assisting": _("请去掉重复的单位")})
    return helpers


def paper_of(case: Case, ref: str | None) -> Attachment | None:
    """The photo of a written instruction, from this matter's own files."""
    if not ref:
        return None
    row = Attachment.objects.filter(case=case, uuid=ref).exclude(state="blocked").first()
    if row is None:
        raise Invalid(_("没有这个附件"), {"paper": _("请重新选择文件")})
    return row


def signed(row: Instruction) -> dict[str, Any]:
    """What the ledger keeps of an instruction beside its words: whose, when, and the photo's number."""
    paper = str(row.paper.uuid) if row.paper else None
    return {
        "instruction": str(row.uuid),
        "leader": instructions.signature(row),
        "signed_at": row.signed_at,
        "paper": paper,
    }
