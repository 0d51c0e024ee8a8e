"""Who may see and do what with a matter. Registered with `access` at start; the only place that says so."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from yimen.access.registry import Grants, Predicate, nothing, register, role_only
from yimen.access.roles import ADMINISTRATORS, Role
from yimen.organisations.models import Membership

from . import grid_access
from .models import Assignment, AssistResult, Case, Merge, PersonAnswer, SealedExclusion, SealedGrant
from .states import Flow, Who

CENTRE_ROLES = (Role.CLERK, Role.DIRECTOR, Role.LEADER)
DESK_ROLES = (Role.CLERK, Role.DIRECTOR)
LEADERS = (Role.LEADER, Role.DIRECTOR)  # who may give an instruction
UNIT_ROLES = (Role.HANDLER, Role.HEAD, Role.OFFICER, Role.COMMUNITY, Role.DISTRICT, Role.MEDIATOR)
GRID_ROLES = (Role.WORKER, Role.GRIDLEAD)
REPORTERS = (Role.WORKER, Role.GRIDLEAD, Role.COMMUNITY, *DESK_ROLES)  # 网格上报
_ENDED = ("returned", "ended")


def _works(grants: Grants) -> bool:
    """Some role, and none of the three administrators'. To hold a matter is not enough: who keeps the units could make
    themselves, or an account of their own, a unit's 联络员, and its matters would arrive there."""
    return bool(grants.by_role) and not grants.has(*ADMINISTRATORS)


def _ordinary(grants: Grants) -> Q:
    if grants.has(*CENTRE_ROLES):
        return Q()
    if grants.user_id is None:
        return nothing()
    units = grants.units(*UNIT_ROLES)
    part = Assignment.objects.filter(case=OuterRef("pk"), unit__in=units).exclude(state__in=_ENDED)
    mine = Q(accountable_person=grants.user_id) | Q(holder=grants.user_id) | grid_access.scope(grants)
    return (mine | Exists(part)) if units else mine


def reach(grants: Grants) -> QuerySet[Any, Any] | None:
    """Matters among which everything is that this person may see, each way by its own index; None for who sees nearly
    all. No right by itself: it only says where to look, and `cases.view` decides as everywhere."""
    if grants.has(*CENTRE_ROLES):
        return None
    me = grants.user_id
    parts = Assignment.objects.filter(unit__in=grants.units(*UNIT_ROLES)).exclude(state__in=_ENDED)
    ways = (
        Case.objects.filter(holder=me).values("pk"),
        parts.values("case"),
        SealedGrant.objects.filter(user=me).values("case"),
        *grid_access.ways(grants),
    )
    return Case.objects.filter(accountable_person=me).values("pk").union(*ways, all=True)


def _sealed(grants: Grants) -> Q:
    if grants.user_id is None:
        return nothing()
    mine = Membership.objects.filter(user=grants.user_id).values("unit")
    themselves = [grants.user_id, *grants.stands_for()]  # not through a stand-in either
    named = SealedExclusion.objects.filter(case=OuterRef("case")).filter(
        Q(user__in=themselves) | Q(unit__in=mine)
    )
    # Few: looked up once for all rows.
    granted = SealedGrant.objects.filter(~Exists(named), user=grants.user_id)
    return Q(pk__in=granted.values("case"))


def _view_scope(grants: Grants) -> Q:
    """What is hidden or destroyed because its period is over is there for nobody."""
    return Q(hidden_at__isnull=True) & _count_scope(grants)


def _view_allows(grants: Grants, case: Case) -> bool:
    return case.hidden_at is None and _count_allows(grants, case)


def _count_scope(grants: Grants) -> Q:
    """Whose facts count in this person's figures: what they may see, or might, were its period not over."""
    if not _works(grants):
        return nothing()
    return (Q(sealed=False) & _ordinary(grants)) | (Q(sealed=True) & _sealed(grants))


def _count_allows(grants: Grants, case: Case) -> bool:
    if not _works(grants):
        return False
    if case.sealed:
        return _sealed_allows(grants, case)
    if grants.has(*CENTRE_ROLES):
        return True
    if grants.user_id is None:
        return False
    if grants.user_id in (case.accountable_person_id, case.holder_id):
        return True
    units = grants.units(*UNIT_ROLES)
    if units and any(a.unit_id in units and a.state not in _ENDED for a in _assignments(case)):
        return True
    return grid_access.allows(grants, case)


def _sealed_allows(grants: Grants, case: Case) -> bool:
    if grants.user_id is None or not SealedGrant.objects.filter(case=case, user=grants.user_id).exists():
        return False
    units = set(Membership.objects.filter(user=grants.user_id).values_list("unit", flat=True))
    named = SealedExclusion.objects.filter(case=case)
    themselves = {grants.user_id, *grants.stands_for()}
    return not any(row.user_id in themselves or row.unit_id in units for row in named)


def _assignments(case: Case) -> list[Assignment]:
    return list(Assignment.objects.filter(case=case))


def relations(grants: Grants, case: Case) -> frozenset[Who]:
    """How this person stands to this matter now. Few queries: the lead unit when not loaded; who may call, once told."""
    found: set[Who] = set()
    desk, director = grants.has(*DESK_ROLES), grants.has(Role.DIRECTOR)
    if desk:
        found.add(Who.DESK)
    if director:
        found.add(Who.DIRECTOR)
    if grants.user_id is not None and case.accountable_person_id == grants.user_id:
        found.add(Who.ACCOUNTABLE)
    if is_recipient(grants, case):
        found.add(Who.RECIPIENT)
    if case.lead_unit_id is not None:
        found |= _unit_relations(grants, case, desk=desk, director=director)
    if desk and _may_call(grants, case):
        found.add(Who.CALLER)
    if grid_access.at_hand(grants, case):
        found.add(Who.GRID)
    if grid_access.may_check(grants, case, desk=desk):
        found.add(Who.CHECKER)
    if not found and _assists(grants, case):
        found.add(Who.ASSIST)
    return frozenset(found)


def is_recipient(grants: Grants, case: Case) -> bool:
    """Whether the matter lies before this leader now, or before one in whose place this person acts (代理)."""
    if case.state != "awaiting" or not grants.has(*LEADERS):
        return False
    return case.holder_id == grants.user_id or case.holder_id in grants.stands_for(*LEADERS)


_CALLED_IN = ("told", "called_back", "answered", "closed")


def _may_call(grants: Grants, case: Case) -> bool:
    """回访人: of the centre, answered nobody in this matter, belongs to no unit that handled it (主办, 协办, 主件's)."""
    if grants.user_id in (case.answered_by_id, case.told_by_id):
        return False
    if case.lead_unit_id is not None and case.lead_unit_id in grants.units(*UNIT_ROLES):
        return False
    return case.state not in _CALLED_IN or not _handled(grants, case)


def _handled(grants: Grants, case: Case) -> bool:
    """Member of a handling unit, whatever the roles; or told one of many; or typed a helping unit's answer. One query."""
    mains = Merge.objects.filter(case=case, ended_at__isnull=True).values("main")
    own = Case.objects.filter(pk=case.pk).values("pk")  # not by OR: that reads every part there is
    parts = Assignment.objects.filter(case__in=own.union(mains)).exclude(state="returned")
    member = Membership.objects.filter(user=grants.user_id, active=True, unit__in=parts.values("unit"))
    told = PersonAnswer.objects.filter(case=case, told_by=grants.user_id)
    answer = AssistResult.objects.filter(assignment__in=parts, by=grants.user_id)
    return Case.objects.filter(Exists(member) | Exists(told) | Exists(answer), pk=case.pk).exists()


def _assists(grants: Grants, case: Case) -> bool:
    units = grants.units(*UNIT_ROLES)
    live = Assignment.objects.filter(case=case, role="assist", unit__in=units).exclude(state__in=_ENDED)
    return bool(units) and live.exists()


def _unit_relations(grants: Grants, case: Case, *, desk: bool, director: bool) -> set[Who]:
    found: set[Who] = set()
    offline = case.lead_unit is not None and not case.lead_unit.online
    if case.lead_unit_id in grants.units(*UNIT_ROLES) or (offline and desk):
        found.add(Who.LEAD)
    if case.lead_unit_id in grants.units(Role.HEAD) or (offline and director):
        found.add(Who.HEAD)
    return found


def register_all() -> None:
    """Called once when the apps are ready."""
    register("cases.view", Predicate(_view_scope, _view_allows))
    register("cases.open", role_only(*DESK_ROLES))
    register("cases.decide_district", role_only(*LEADERS))
    register("cases.report_event", role_only(*REPORTERS))
    register("cases.screen", role_only(Role.DIRECTOR))
    register("cases.reveal", Predicate(_reveal_scope, _reveal_allows))
    register("cases.instruct", role_only(*LEADERS))
    register("cases.set_phrases", role_only(Role.DIRECTOR))
    register("cases.plan_reception", role_only(*DESK_ROLES))
    register("cases.set_pressure", role_only(Role.DIRECTOR))
    register("cases.weekly", role_only(*CENTRE_ROLES))
    register("cases.set_letter_heads", role_only(Role.DIRECTOR))
    register("cases.set_routing", role_only(Role.DIRECTOR))
    register("cases.callback", role_only(*DESK_ROLES))
    register("cases.callback_rules", role_only(Role.DIRECTOR, Role.ADMIN))
    register("cases.hand_over", role_only(Role.DIRECTOR, Role.HEAD))
    register("cases.search_phone", role_only(*DESK_ROLES))
    register("cases.count", Predicate(_count_scope, _count_allows))
    register("cases.restore", Predicate(_restore_scope, _restore_allows))
    register("cases.hold", role_only(*LEADERS))
    register("cases.retention", role_only(*LEADERS, Role.ADMIN, Role.AUDITOR))
    register("cases.rights", role_only(*DESK_ROLES))


def _restore_scope(grants: Grants) -> Q:
    """Hidden and not yet destroyed: a director may bring it back."""
    if not grants.has(Role.DIRECTOR):
        return nothing()
    return _count_scope(grants) & Q(hidden_at__isnull=False, erased_at__isnull=True)


def _restore_allows(grants: Grants, case: Any) -> bool:
    if case is None:
        return grants.has(Role.DIRECTOR)
    gone = case.hidden_at is None or case.erased_at is not None
    return grants.has(Role.DIRECTOR) and not gone and _count_allows(grants, case)


def _reveal_scope(grants: Grants) -> Q:
    """Contacts: the desk, and units that have to reach the person unless 要求保密; a leader sees no phone."""
    if grants.has(*DESK_ROLES):
        return _view_scope(grants)
    open_ones = _view_scope(grants) & Q(confidential=False)
    if grants.has(*UNIT_ROLES):
        return open_ones
    return open_ones & _own_place(grants) if grants.has(*GRID_ROLES) else nothing()


def _own_place(grants: Grants) -> Q:
    """A matter of a place that this worker has in hand: to tell who reported it what was done."""
    return Q(flow=Flow.GRID.value, holder=grants.user_id)


def _reveal_allows(grants: Grants, case: Any) -> bool:
    return may_reveal(grants, case) and _view_allows(grants, case)


def may_reveal(grants: Grants, case: Case) -> bool:
    """Whether a reader who was let in to this matter is offered its contacts; `people.reveal` asks for both again."""
    if grants.has(*DESK_ROLES):
        return True
    in_hand = grants.has(*GRID_ROLES) and case.flow == Flow.GRID and case.holder_id == grants.user_id
    return (grants.has(*UNIT_ROLES) or in_hand) and not case.confidential
