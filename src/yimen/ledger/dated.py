"""Rows that hold for a period: a change is a new row from a day on, and an entry with before and after.

A model here has `valid_from` and `valid_to` (last day included, null while open). What refers to the old row
keeps it. The rooms wrap these verbs with their own nouns; a `noun` is the ledger's subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid

from .actions import append
from .changes import difference, values_of

_DAY = timedelta(days=1)


@transaction.atomic
def add(actor: Actor, row: models.Model, noun: str) -> models.Model:
    """Put a new row in force from its `valid_from`. Raises Invalid with the fields at fault."""
    _clean(row)
    row.save(force_insert=True)
    append(actor, f"{noun}.added", noun, row.pk, difference({}, _values(row)))
    return row


@transaction.atomic
def revise(
    actor: Actor, row: models.Model, valid_from: date, changes: Mapping[str, Any], noun: str
) -> models.Model:
    """From `valid_from` other values hold. The old row ends the day before; one that begins that very day is rewritten.

    Raises Conflict when the row has ended or was replaced, Invalid for a day in the past or before its beginning.
    """
    old = type(row)._default_manager.select_for_update().get(pk=row.pk)
    _still_open(old)
    if valid_from < max(timezone.localdate(), old.valid_from):
        raise Invalid(_("还不能保存"), {"valid_from": _("不能早于今天，也不能早于现行内容的起用日期")})
    before = _values(old)
    new = old if valid_from == old.valid_from else _successor(old, valid_from)
    for name, value in changes.items():
        setattr(new, name, value)
    said = difference(before, _values(new))
    if not set(said["after"]) - {"valid_from"}:
        raise Invalid(_("没有改动"))
    _clean(new)
    new.save()
    append(actor, f"{noun}.revised", noun, new.pk, said | {"replaces": row.pk if new.pk != row.pk else None})
    return new


@transaction.atomic
def end(actor: Actor, row: models.Model, last_day: date, noun: str) -> models.Model:
    """The row holds until `last_day` and no longer; it stays readable. Yesterday means: from now on no more."""
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    _still_open(row)
    if last_day < max(timezone.localdate(), row.valid_from) - _DAY:
        raise Invalid(_("还不能保存"), {"last_day": _("不能早于昨天，也不能早于起用日期的前一天")})
    row.valid_to = last_day
    row.save(update_fields=["valid_to"])
    append(
        actor, f"{noun}.ended", noun, row.pk, {"before": {"valid_to": None}, "after": {"valid_to": last_day}}
    )
    return row


def _still_open(row: Any) -> None:
    if row.valid_to is not None:
        raise Conflict(_("这一条已经停用或已有新版本，请回到列表看最新的"))


def _successor(old: Any, valid_from: date) -> Any:
    type(old)._default_manager.filter(pk=old.pk).update(valid_to=valid_from - _DAY)
    fields = {
        field.attname: getattr(old, field.attname) for field in old._meta.fields if not field.primary_key
    }
    return type(old)(**fields | {"valid_from": valid_from, "valid_to": None})


def _values(row: models.Model) -> dict[str, Any]:
    names = [field.name for field in row._meta.fields if not field.primary_key and field.name != "valid_to"]
    return values_of(row, names)


def _clean(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        said = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        raise Invalid(_("还有内容要补充或更正"), said) from error
