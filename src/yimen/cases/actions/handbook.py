"""What the office keeps at hand: loaded once as shipped, then the office's own, every change dated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, Refused
from yimen.ledger import dated

from .. import suspensions
from ..models import (
    CommonAnswer,
    CompetentBody,
    HandbookVersion,
    PublicPhone,
    RetentionClass,
    SuspensionReason,
)
from ..models.handbook import Kept
from ..shipped import rows
from ..states import Flow
from .classes import load_classes

SHIPPED_FROM = date(2000, 1, 1)
# Shown on every screen whatever an office changes: SCOPE, "Emergencies".
ALWAYS = frozenset({"110", "119", "120"})
NOUNS: dict[type[Kept], str] = {
    CommonAnswer: "common_answer",
    PublicPhone: "public_phone",
    CompetentBody: "competent_body",
    RetentionClass: "retention_class",
    SuspensionReason: "suspension_reason",
}


@transaction.atomic
def load_handbook() -> int:
    """Put shipped rows into the tables that are empty; gives how many. What an office has is never touched again."""
    made = sum(_load(model) for model in _SHIPPED) + load_classes()
    if made:
        _changed()
    return made


@transaction.atomic
def add(actor: Actor, row: Kept) -> Kept:
    """A new row from its `valid_from`. Raises Invalid with the fields at fault."""
    _check(row)
    dated.add(actor, row, NOUNS[type(row)])
    _changed()
    return row


@transaction.atomic
def revise(actor: Actor, row: Kept, valid_from: date, changes: Mapping[str, Any]) -> Kept:
    """From `valid_from` other words hold; the ledger keeps before and after. Raises Invalid, Conflict."""
    if isinstance(row, SuspensionReason):
        check_lock(row)
    _check(_with(row, changes))
    new = dated.revise(actor, row, valid_from, changes, NOUNS[type(row)])
    _changed()
    assert isinstance(new, Kept)
    return new


@transaction.atomic
def end(actor: Actor, row: Kept, last_day: date) -> Kept:
    """The row holds until `last_day`. Raises Invalid for an emergency number and for a retention class."""
    if isinstance(row, PublicPhone) and row.number in ALWAYS:
        raise Invalid(_("110、119、120 必须一直显示，不能停用"))
    if isinstance(row, RetentionClass):
        raise Invalid(_("每一类记录都要有保存期限，可以修改，不能停用"))
    if isinstance(row, SuspensionReason):
        check_lock(row)
    ended = dated.end(actor, row, last_day, NOUNS[type(row)])
    _changed()
    assert isinstance(ended, Kept)
    return ended


def _with(row: Kept, changes: Mapping[str, Any]) -> Kept:
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.fields}
    return type(row)(**fields | dict(changes))


def _check(row: Kept) -> None:
    if isinstance(row, RetentionClass):
        _check_bounds(row)
    if isinstance(row, SuspensionReason):
        _check_reason(row)
    if isinstance(row, PublicPhone) and _loses_emergency(row):
        raise Invalid(_("还不能保存"), {"number": _("110、119、120 是紧急电话，号码和“紧急”标记不能改")})


def check_lock(row: SuspensionReason) -> None:
    """What the law itself names (S) stays as it is. Raises Refused."""
    if SuspensionReason.objects.filter(pk=row.pk, certainty="S").exists():
        raise Refused(_("这是法规规定的中止理由，不能修改或停用"))


def _check_reason(row: SuspensionReason) -> None:
    said: dict[str, object] = {}
    if row.certainty == "S":
        said["certainty"] = _("法规规定的理由随软件提供，不能自己写")
    known = {state for ground in suspensions.grounds().values() for state in ground.states}
    if not row.flows or not set(row.flows) <= {flow.value for flow in Flow}:
        said["flows"] = _("请从所列选项中选择")
    if not row.states or not set(row.states) <= known:
        said["states"] = _("请从所列选项中选择")
    if said:
        raise Invalid(_("还不能保存"), said)


def _check_bounds(row: RetentionClass) -> None:
    """No shorter than the law says, and no longer than the purpose (个人信息保护法 §19)."""
    if not row.amount or row.months < row.least_months:
        raise Invalid(_("还不能保存"), {"amount": _("法定或规定不少于 %d 个月") % row.least_months})
    if row.most_months is not None and row.months > row.most_months:
        raise Invalid(
            _("还不能保存"), {"amount": _("最长 %d 个月，不能超过实现目的所必要的时间") % row.most_months}
        )


def _loses_emergency(row: PublicPhone) -> bool:
    was = PublicPhone.objects.filter(key=row.key, number__in=ALWAYS).order_by("-id").first()
    return was is not None and (row.number != was.number or not row.emergency)


def _changed() -> None:
    HandbookVersion.objects.update_or_create(pk=1, defaults={"token": uuid4(), "changed_at": timezone.now()})


# What is shipped


def shipped_rows(model: type[Kept]) -> list[Kept]:
    """Unsaved rows as they come with the product, in the order of the file."""
    return [
        model(**{"order": order, "valid_from": SHIPPED_FROM} | fields)
        for order, fields in enumerate(_SHIPPED[model](), start=1)
    ]


def _load(model: type[Kept]) -> int:
    """An empty table gets every shipped row; one that an office has, only the retention classes and
    the reasons for 中止计时 that are new."""
    known = set(model._default_manager.values_list("key", flat=True))
    if known and model not in (RetentionClass, SuspensionReason):
        return 0
    fresh = [row for row in shipped_rows(model) if row.key not in known]
    return len(model._default_manager.bulk_create(fresh))


def _phones() -> list[dict[str, Any]]:
    return [row | {"key": row["number"], "emergency": bool(row["emergency"])} for row in rows("phones.csv")]


def _retention() -> list[dict[str, Any]]:
    return [row | _numbers(row) for row in rows("retention.csv")]


def _numbers(row: Mapping[str, str]) -> dict[str, int | None]:
    names = ("amount", "least_months", "most_months")
    return {name: int(row[name]) if row[name] else None for name in names}


def _reasons() -> list[dict[str, Any]]:
    same = ("key", "article", "certainty", "source", "valid_from", "valid_to")
    return [
        {name: getattr(row, name) for name in same}
        | {"name": row.zh, "name_en": row.en, "flows": sorted(row.flows), "states": sorted(row.states)}
        for row in suspensions.grounds().values()
    ]


_SHIPPED: dict[type[Kept], Callable[[], list[dict[str, Any]]]] = {
    CommonAnswer: lambda: list(rows("common_answers.csv")),
    PublicPhone: _phones,
    CompetentBody: lambda: list(rows("referral_bodies.csv")),
    RetentionClass: _retention,
    SuspensionReason: _reasons,
}
