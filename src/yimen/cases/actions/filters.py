"""A person's own saved filters: a name for a list with its filters. Nobody else sees or needs them."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing

from ..models import SavedFilter
from .holding import need

MOST = 30  # of one person
LONGEST = 600  # characters of the address


def save_filter(actor: Actor, *, name: str, list_name: str, query: str) -> SavedFilter:
    """Keep a list with its filters under a name; the same name again is kept anew. Raises Invalid, Conflict."""
    name = need(name, "name", _("名称"), 30)
    if len(query) > LONGEST:
        raise Invalid(_("还有内容要补充或更正"), {"name": _("筛选条件太长，请少写几个字")})
    own = SavedFilter.objects.filter(user_id=actor.user_id)
    if not own.filter(name=name).exists() and own.count() >= MOST:
        raise Conflict(_("最多保存 %d 个筛选，请先删去不用的") % MOST)
    row, _new = SavedFilter.objects.update_or_create(
        user_id=actor.user_id,
        name=name,
        defaults={"list": list_name, "query": query, "at": timezone.now()},
    )
    return row


def rename_filter(actor: Actor, row_id: int, name: str) -> SavedFilter:
    """Another name for one's own filter. Raises Missing, Invalid, Conflict (the name is taken)."""
    row = _own(actor, row_id)
    row.name = need(name, "name", _("名称"), 30)
    try:
        with transaction.atomic():
            row.save(update_fields=["name"])
    except IntegrityError:
        raise Conflict(_("已经有一个叫“%s”的筛选") % row.name) from None
    return row


def delete_filter(actor: Actor, row_id: int) -> None:
    """Raises Missing when it is not there or another person's: the two are the same."""
    _own(actor, row_id).delete()


def saved_filters(user_id: int) -> QuerySet[SavedFilter]:
    """By name."""
    return SavedFilter.objects.filter(user=user_id)


def filters_of(user_id: int | None) -> list[SavedFilter]:
    return list(saved_filters(user_id)) if user_id is not None else []


def _own(actor: Actor, row_id: int) -> SavedFilter:
    row = SavedFilter.objects.filter(pk=row_id, user_id=actor.user_id).first()
    if row is None:
        raise Missing(_("没有这个筛选，可能已经删去"))
    return row
