"""Whose turn it is after a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.models import RoleGrant
from yimen.access.queries import holding, stand_in_of
from yimen.access.roles import ADMINISTRATORS, Role
from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.organisations.models import Membership, Unit, UnitKind

from ..access import LEADERS
from ..models import Case
from ..states import MAX_RETURNS, Holder

if TYPE_CHECKING:
    from .transition import Step


def _accountable(step: Step) -> tuple[int, int]:
    case = step.case
    assert case.accountable_unit_id and case.accountable_person_id
    return case.accountable_unit_id, case.accountable_person_id


def _actor(step: Step) -> tuple[int, int]:
    case = step.case
    if step.actor.user_id and is_member(step.actor.user_id, case.accountable_unit_id):
        assert case.accountable_unit_id
        return case.accountable_unit_id, step.actor.user_id
    return _accountable(step)


def _liaison(step: Step) -> tuple[int, int]:
    unit = step.case.lead_unit
    if unit is None or not unit.online:
        return _accountable(step)
    return unit.pk, liaison_of(unit)


def _handler(step: Step) -> tuple[int, int]:
    """The named handler, else the one already on it, else the actor if of the unit, else the liaison."""
    unit = step.case.lead_unit
    if unit is None or not unit.online:
        return _accountable(step)
    named = step.data.get("handler") or step.case.handler_id
    if named and is_member(int(named), unit.pk):
        return unit.pk, int(named)
    if step.data.get("handler"):
        raise Invalid(_("经办人须是主办单位的在岗人员"), {"handler": _("请重新选择")})
    if step.actor.user_id and is_member(step.actor.user_id, unit.pk):
        return unit.pk, step.actor.user_id
    return _liaison(step)


def _head(step: Step) -> tuple[int, int]:
    unit = step.case.lead_unit
    if unit is None or not unit.online:
        return _director(step)
    return unit.pk, first_with_role(Role.HEAD, unit.pk) or liaison_of(unit)


def _director(step: Step) -> tuple[int, int]:
    """The director of the centre, else the first contact: an offline unit's reply is checked by the centre."""
    director, unit_id = director_of(step.case), step.case.accountable_unit_id
    return (unit_id, director) if director and unit_id else _accountable(step)


def director_of(case: Case) -> int | None:
    """The director of the centre that answers for a matter."""
    return first_with_role(Role.DIRECTOR, case.accountable_unit_id) if case.accountable_unit_id else None


def recipient(step: Step) -> tuple[int, int]:
    """The leader whom the field `leader` names, with the unit where this person is active."""
    found = leaders(step.case).filter(user_id=int(step.data["leader"])).first()
    if found is None:
        raise Invalid(_("请选择在岗的领导"), {"leader": _("请重新选择")})
    return _seat(found.user_id)


def leaders(case: Case) -> QuerySet[RoleGrant]:
    """Who may give instructions on a matter today: leaders of its centre first, then the director."""
    seated = Membership.objects.filter(active=True, user__is_active=True).values("user_id")
    rows = holding().filter(role__in=LEADERS, unit_id=case.accountable_unit_id, user_id__in=seated)
    return rows.order_by("-role", "id")  # "leader" before "director"


def usual_leader(case: Case) -> int | None:
    """To whom 补批 goes by itself: the first leader, else the director."""
    return leaders(case).values_list("user_id", flat=True).first()


def _seat(user_id: int) -> tuple[int, int]:
    unit_id = (
        Membership.objects.filter(user_id=user_id, active=True)
        .order_by("id")
        .values_list("unit_id", flat=True)
    )[0]
    return unit_id, user_id


def name_of(user_id: int | None) -> str:
    return User.objects.filter(pk=user_id).values_list("name", flat=True).first() or ""


def _router(step: Step) -> tuple[int, int]:
    """Who finds the next unit: the first contact, from the second return on the director (PRACTICE)."""
    return _director(step) if step.case.returns >= MAX_RETURNS else _accountable(step)


def _caller(step: Step) -> tuple[int, int]:
    """Who calls back: the first contact, unless that person told or answered; then the colleague with the fewest matters."""
    case, unit_id = step.case, step.case.accountable_unit_id
    spoke = {case.told_by_id, case.answered_by_id}
    if case.accountable_person_id not in spoke or unit_id is None:
        return _accountable(step)
    for role in (Role.CLERK, Role.DIRECTOR):
        if found := [user_id for user_id in with_role(role, unit_id) if user_id not in spoke]:
            return unit_id, _least_loaded(found)
    return _accountable(step)


def _least_loaded(user_ids: list[int]) -> int:
    held = Case.objects.filter(open=True, holder__in=user_ids).values_list("holder").annotate(n=Count("pk"))
    load = dict(held)
    return min(user_ids, key=lambda user_id: (load.get(user_id, 0), user_id))


CHOOSE = {
    Holder.RECIPIENT: recipient,
    Holder.ACCOUNTABLE: _accountable,
    Holder.ACTOR: _actor,
    Holder.LIAISON: _liaison,
    Holder.HANDLER: _handler,
    Holder.HEAD: _head,
    Holder.ROUTER: _router,
    Holder.CALLER: _caller,
}


def liaison_of(unit: Unit) -> int:
    """The unit's 联络员, or who stands in; a unit with accounts but without one cannot take a matter.

    Whoever holds a role there comes first: nobody else could see what arrives."""
    works = holding().filter(unit=unit, user=OuterRef("user")).exclude(role__in=ADMINISTRATORS)
    members = Membership.objects.filter(unit=unit, active=True, user__is_active=True).order_by(
        Exists(works).desc(), "-liaison", "id"
    )
    user_id = members.values_list("user_id", flat=True).first()
    if user_id is None:
        raise Invalid(_("%s没有在岗人员，请先请管理员补上联络员") % unit.name, {"unit": _("请另选单位")})
    return stand_in_of(user_id, unit.pk) or int(user_id)


def is_member(user_id: int, unit_id: int | None) -> bool:
    """Whether a person may hold a matter on behalf of a unit: active there, with an account that works."""
    return Membership.objects.filter(
        user_id=user_id, unit_id=unit_id, active=True, user__is_active=True
    ).exists()


def first_with_role(role: Role, unit_id: int) -> int | None:
    return next(iter(with_role(role, unit_id)), None)


def with_role(role: Role, unit_id: int) -> list[int]:
    """Active members of a unit who hold a role there today, the earliest grant first, who is stood in for last."""
    members, today = (
        Membership.objects.filter(unit_id=unit_id, active=True, user__is_active=True).values("user_id"),
        timezone.localdate(),
    )
    grants = RoleGrant.objects.filter(role=role, unit_id=unit_id, user_id__in=members, since__lte=today)
    grants = grants.filter(Q(until__isnull=True) | Q(until__gte=today))
    rows = list(grants.order_by("id").values_list("user_id", "stands_for"))
    away = {stood_for for _user_id, stood_for in rows}  # who has a 代理 comes last: it is that person's turn
    return sorted(dict.fromkeys(user_id for user_id, _away in rows), key=lambda user_id: user_id in away)


def first_contact(actor: Actor) -> Membership:
    """The actor's membership in the centre: who first meets the person stays responsible."""
    member = (
        Membership.objects.filter(user_id=actor.user_id, active=True, unit__kind=UnitKind.CENTRE)
        .select_related("unit")
        .first()
    )
    if member is None:
        raise Invalid(_("您不是中心的在岗人员，不能登记事项"))
    return member
