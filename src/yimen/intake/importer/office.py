"""Who receives history in this installation: first contact, units, categories. Read once per import."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.cases.models import Category
from yimen.foundation.errors import Invalid
from yimen.organisations.models import Membership, Unit, UnitKind

from .categories import OTHER, Chooser, Known


@dataclass(frozen=True, slots=True)
class Office:
    """`member` becomes the first contact of answered rows; the category's usual unit is taken to have answered."""

    member: Membership | None
    units: dict[str, Unit]
    fallback: Unit | None
    categories: dict[str, Category]
    chooser: Chooser

    def category_for(self, label: str, title: str, text: str) -> Category:
        return self.categories[self.chooser.choose(label, title, text)]

    def unit_for(self, category: Category) -> Unit | None:
        return self.units.get(category.default_unit) or self.fallback


def office(now: datetime) -> Office:
    """The office as it stands. Raises Invalid when not even the categories are loaded."""
    today = timezone.localdate(now)
    rows = Category.objects.filter(valid_from__lte=today).exclude(valid_to__lt=today)
    categories = {row.key: row for row in rows}
    if OTHER not in categories:
        raise Invalid(_("还没有事项类别，请先运行 ./yimen up"))
    known = [Known(row.key, (row.name, row.short), tuple(row.words)) for row in categories.values()]
    units = {unit.key: unit for unit in Unit.objects.all()}
    fallback = units.get(categories[OTHER].default_unit) or _any_unit(units.values())
    return Office(_first_contact(now), units, fallback, categories, Chooser(known))


def _first_contact(now: datetime) -> Membership | None:
    """A clerk of the centre; without clerks any of its people."""
    today = timezone.localdate(now)
    clerk = RoleGrant.objects.filter(user=OuterRef("user"), role=Role.CLERK, since__lte=today)
    clerk = clerk.filter(Q(until__isnull=True) | Q(until__gte=today))
    members = Membership.objects.filter(active=True, unit__kind=UnitKind.CENTRE, user__is_active=True)
    return members.select_related("unit").alias(clerk=Exists(clerk)).order_by("-clerk", "id").first()


def _any_unit(units: Iterable[Unit]) -> Unit | None:
    return min(units, key=lambda unit: (unit.kind == UnitKind.CENTRE, unit.order, unit.pk), default=None)
