"""Keeping the routing rules: by date, never two that say the same on one day. The rule itself is `..routing`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.grids.kinds import Level
from yimen.ledger import dated
from yimen.organisations.models import UnitKind
from yimen.organisations.queries import units

from .. import routes
from ..models import RoutingRule
from ..routing import clashes

NOUN: Final = "routing_rule"
ACTION: Final = "cases.set_routing"


@transaction.atomic
def add_rule(actor: Actor, grants: Grants, row: RoutingRule) -> RoutingRule:
    """A new rule from its `valid_from`. Raises Refused, Invalid with the fields at fault (a contradiction among them)."""
    require(grants, ACTION)
    _lock()
    check(row)
    dated.add(actor, row, NOUN)
    return row


@transaction.atomic
def revise_rule(
    actor: Actor, grants: Grants, row: RoutingRule, valid_from: date, changes: Mapping[str, Any]
) -> RoutingRule:
    """From `valid_from` the rule says something else; matters that were sent stay where they are. Raises as `add_rule`,
    Conflict when it ended meanwhile."""
    require(grants, ACTION)
    _lock()
    check(changed(row, valid_from, changes))
    new = dated.revise(actor, row, valid_from, changes, NOUN)
    assert isinstance(new, RoutingRule)
    return new


@transaction.atomic
def end_rule(actor: Actor, grants: Grants, row: RoutingRule, last_day: date) -> RoutingRule:
    """The rule holds until `last_day`; then what says less decides."""
    require(grants, ACTION)
    _lock()
    ended = dated.end(actor, row, last_day, NOUN)
    assert isinstance(ended, RoutingRule)
    return ended


def changed(row: RoutingRule, valid_from: date, changes: Mapping[str, Any]) -> RoutingRule:
    """The row as it would be, unsaved."""
    fields = {field.attname: getattr(row, field.attname) for field in RoutingRule._meta.fields}
    made = RoutingRule(**fields | {"valid_from": valid_from, "valid_to": None})
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def check(row: RoutingRule) -> None:
    """Units that exist and are not the centre, a place that a rule can name, and nothing that says the same already."""
    said: dict[str, object] = {}
    there = set(units().exclude(kind=UnitKind.CENTRE).values_list("key", flat=True))
    if row.unit_id is None or row.unit.key not in there:
        said["unit"] = _("请重新选择")
    elif not set(row.assisting) <= there - {row.unit.key} or len(set(row.assisting)) < len(row.assisting):
        said["assisting"] = _("同一单位只能出现一次，也不能是主办单位")
    if row.subject and row.subject not in dict(routes.subjects()):
        said["subject"] = _("请从所列选项中选择")
    if row.place is not None and row.place.level not in (Level.COMMUNITY, Level.GRID):
        said["place"] = _("请选择社区或网格")
    if not said and (other := _contradicted(row)):
        said["subject"] = other
    if said:
        raise Invalid(_("还不能保存"), said)


def _contradicted(row: RoutingRule) -> str:
    """What the rule contradicts, in words; empty for nothing."""
    rows = RoutingRule.objects.filter(subject=row.subject, place=row.place_id, hours=row.hours).exclude(
        pk=row.pk
    )
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=row.valid_from)).select_related(
        "unit", "place"
    )
    known = {one.pk: one for one in rows}
    found = clashes(routes.rule_of(row), [routes.rule_of(one) for one in known.values()])
    if not found:
        return ""
    line = routes.lines([known[found[0].pk or 0]])[0]
    words = _("已有一条同样范围的规则（%(what)s，%(where)s，%(when)s）派给%(unit)s，两条矛盾；请改那一条")
    return words % {"what": line.what, "where": line.where, "when": line.when, "unit": line.unit}


def _lock() -> None:
    """Two people do not save contradicting rules at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases_routing'))")
