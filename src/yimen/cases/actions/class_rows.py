"""The office's classes of events and facilities: kept by date like categories; running matters keep their version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.ledger import dated

from .. import queries
from ..models import EventClass
from ..shipped import rows

NOUN: Final = "event_class"
REST = "99"  # 其他 of a large class: what a phone names that has ended meanwhile goes there


@transaction.atomic
def add_class(actor: Actor, row: EventClass) -> EventClass:
    """A new class from its `valid_from`. Raises Invalid with the fields at fault."""
    _check(row)
    known = EventClass.objects.filter(scheme=row.scheme, code=row.code)
    if known.filter(valid_to__isnull=True).exists() or known.filter(valid_to__gte=row.valid_from).exists():
        raise Invalid(_("还不能保存"), {"code": _("已有这个编码，请改那一条")})
    dated.add(actor, row, NOUN)
    return row


@transaction.atomic
def revise_class(actor: Actor, row: EventClass, valid_from: date, changes: Mapping[str, Any]) -> EventClass:
    """From `valid_from` the class has other conditions, another limit or level; matters there keep theirs."""
    fields = {field.attname: getattr(row, field.attname) for field in EventClass._meta.fields}
    made = EventClass(**fields | dict(changes))
    if (made.scheme, made.code) != (row.scheme, row.code):
        raise Invalid(_("还不能保存"), {"code": _("编码不能改：请停用这一条，再新增一条")})
    _check(made)
    new = dated.revise(actor, row, valid_from, changes, NOUN)
    assert isinstance(new, EventClass)
    return new


@transaction.atomic
def end_class(actor: Actor, row: EventClass, last_day: date) -> EventClass:
    """Nothing new is reported under it after `last_day`. Raises Invalid for 其他, where ended classes go."""
    if row.code.endswith(REST):
        raise Invalid(_("“其他”要一直保留：已停用的小类报上来时归到这里"))
    if last_day < row.valid_from:
        raise Invalid(_("还不能保存"), {"last_day": _("不能早于起用日期")})
    ended = dated.end(actor, row, last_day, NOUN)
    assert isinstance(ended, EventClass)
    return ended


def _check(row: EventClass) -> None:
    said: dict[str, object] = {}
    if not row.code.isdecimal() or len(row.code) < 4:
        said["code"] = _("编码至少四位数字：两位大类、两位小类")
    if any(never["name"] in row.name for never in rows("event_classes_never.csv")):
        said["name"] = _("这一类针对人，或归公安机关，按设计不收")
    if row.category_key not in {each.key for each in queries.valid_categories()}:
        said["category_key"] = _("请选择类别")
    if bool(row.limit_amount) != bool(row.limit_unit):
        said["limit_amount"] = _("时限的数字和单位要一起填，或都不填")
    if said:
        raise Invalid(_("还不能保存"), said)
