"""The office's categories: loaded as shipped, then changed by date. A running matter keeps the version it has."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.ledger import dated
from yimen.organisations.queries import units

from ..models import Category

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "categories.csv"
NOUN = "category"
LAST = "other"  # where a matter goes that fits nowhere; imports rely on it


def load_categories(path: Path = SHIPPED, valid_from: date = date(2000, 1, 1)) -> int:
    """Create the shipped categories that are not there yet; gives how many were added. Existing rows stay."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    have = set(Category.objects.values_list("key", flat=True))
    new = [_category(row, order, valid_from) for order, row in enumerate(rows) if row["key"] not in have]
    Category.objects.bulk_create(new)
    return len(new)


@transaction.atomic
def add_category(actor: Actor, row: Category) -> Category:
    """A new category from its `valid_from`. Raises Invalid when its key or name is in use."""
    _check(row)
    dated.add(actor, row, NOUN)
    return row


@transaction.atomic
def revise_category(actor: Actor, row: Category, valid_from: date, changes: Mapping[str, Any]) -> Category:
    """From `valid_from` the category has another name, usual unit, way of dispatch…; matters there keep theirs.

    The key stays, so that figures count both versions as one. Raises Invalid, Conflict.
    """
    fields = {field.attname: getattr(row, field.attname) for field in Category._meta.fields}
    _check(Category(**fields | dict(changes)))
    new = dated.revise(actor, row, valid_from, changes, NOUN)
    assert isinstance(new, Category)
    return new


@transaction.atomic
def end_category(actor: Actor, row: Category, last_day: date) -> Category:
    """Nothing new is registered under it after `last_day`; running matters keep it. Raises Invalid for 其他."""
    if row.key == LAST:
        raise Invalid(_("“其他”要一直保留：没有合适类别的事项归到这里"))
    ended = dated.end(actor, row, last_day, NOUN)
    assert isinstance(ended, Category)
    return ended


def _check(row: Category) -> None:
    others = Category.objects.exclude(key=row.key).filter(name=row.name, valid_to__isnull=True)
    if others.exists():
        raise Invalid(_("还不能保存"), {"name": _("已有同名类别")})
    if row.pk is None and Category.objects.filter(key=row.key).exists():
        raise Invalid(_("还不能保存"), {"key": _("已有这个代号")})
    if row.default_unit and not units().filter(key=row.default_unit).exists():
        raise Invalid(_("还不能保存"), {"default_unit": _("这个单位已停用或不存在")})


def _category(row: dict[str, str], order: int, valid_from: date) -> Category:
    return Category(
        key=row["key"],
        name=row["name"],
        name_en=row["name_en"],
        short=row["short"],
        default_unit=row["default_unit"],
        dispatch_mode=row["dispatch_mode"],
        urgency=row["urgency"] or "normal",
        words=[word for word in row["words"].split("|") if word],
        order=order,
        valid_from=valid_from,
    )
