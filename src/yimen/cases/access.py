"""Who may see and do what with a matter. Registered with `access` at start; the only place that says so."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from yimen.access.registry import Grants, Predicate, nothing, register, role_only
from yimen.access.roles import Role
from yimen.organisations.models import Membership

from .models import Assignment, Case, SealedExclusion, SealedGrant
from .states import Who

CENTRE_ROLES = (Role.CLERK, Role.DIRECTOR, Role.LEADER)
DESK_ROLES = (Role.CLERK, Role.DIRECTOR)
LEADERS = (Role.LEADER, Role.DIRECTOR)  # who may give an instruction
UNIT_ROLES = (Role.HANDLER, Role.HEAD, Role.OFFICER, Role.COMMUNITY, Role.DISTRICT, Role.MEDIATOR)
_ENDED = ("returned", "ended")


def _ordinary(grants: Grants) -> Q:
    if grants.has(*CENTRE_ROLES):
        return Q()
    if grants.user_id is None:
        return nothing()
    units = grants.units(*UNIT_ROLES)
    part = Assignment.objects.filter(case=OuterRef("pk"), unit__in=units).exclude(state__in=_ENDED)
    mine = Q(accountable_person=grants.user_id) | Q(holder=grants.user_id)
    return (mine | Exists(part)) if units else mine


def _sealed(grants: Grants) -> Q:
    if grants.user_id is None:
        return nothing()
    granted = SealedGrant.objects.filter(case=OuterRef("pk"), user=grants.user_id)
    mine = Membership.objects.filter(user=grants.user_id).values("unit")
    named = SealedExclusion.objects.filter(case=OuterRef("pk")).filter(
        Q(user=grants.user_id) | Q(unit__in=mine)
    )
    return Exists(granted) & ~Exists(named)


def _view_scope(grants: Grants) -> Q:
    return (Q(sealed=False) & _ordinary(grants)) | (Q(sealed=True) & _sealed(grants))


def _view_allows(grants: Grants, case: Case) -> bool:
    if case.sealed:
        return _sealed_allows(grants, case)
    if grants.has(*CENTRE_ROLES):
        return True
    if grants.user_id is None:
        return False
    if grants.user_id in (case.accountable_person_id, case.holder_id):
        return True
    units = grants.units(*UNIT_ROLES)
    return bool(units) and any(a.unit_id in units and a.state not in _ENDED for a in _assignments(case))


def _sealed_allows(grants: Grants, case: Case) -> bool:
    if grants.user_id is None or not SealedGrant.objects.filter(case=case, user=grants.user_id).exists():
        return False
    units = set(Membership.objects.filter(user=grants.user_id).values_list("unit", flat=True))
    named = SealedExclusion.objects.filter(case=case)
    return not any(row.user_id == grants.user_id or row.unit_id in units for row in named)


def _assignments(case: Case) -> list[Assignment]:
    return list(Assignment.objects.filter(case=case))


def relations(grants: Grants, case: Case) -> frozenset[Who]:
    """How this person stands to this matter now. Costs at most one query (the lead unit, when not loaded)."""
    found: set[Who] = set()
    desk, director = grants.has(*DESK_ROLES), grants.has(Role.DIRECTOR)
    if desk:
        found.add(Who.DESK)
    if director:
        found.add(Who.DIRECTOR)
    if grants.user_id is not None and case.accountable_person_id == grants.user_id:
        found.add(Who.ACCOUNTABLE)
    if case.state == "awaiting" and case.holder_id == grants.user_id and grants.has(*LEADERS):
        found.add(Who.RECIPIENT)
    if case.lead_unit_id is not None:
        found |= _unit_relations(grants, case, desk=desk, director=director)
    answered = grants.user_id in (case.answered_by_id, case.told_by_id)
    if desk and not answered and case.lead_unit_id not in grants.units(*UNIT_ROLES):
        found.add(Who.CALLER)
    if not found and _assists(grants, case):
        found.add(Who.ASSIST)
    return frozenset(found)


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
    register("cases.screen", role_only(Role.DIRECTOR))
    register("cases.reveal", Predicate(_reveal_scope, _reveal_allows))
    register("cases.instruct", role_only(*LEADERS))
    register("cases.set_phrases", role_only(Role.DIRECTOR))
    register("cases.hand_over", role_only(Role.DIRECTOR, Role.HEAD))
    register("cases.search_phone", role_only(*DESK_ROLES))


def _reveal_scope(grants: Grants) -> Q:
    """Contacts: the desk, and units that have to reach the person unless 要求保密; a leader sees no phone."""
    if grants.has(*DESK_ROLES):
        return _view_scope(grants)
    return _view_scope(grants) & Q(confidential=False) if grants.has(*UNIT_ROLES) else nothing()


def _reveal_allows(grants: Grants, case: Any) -> bool:
    trusted = grants.has(*DESK_ROLES) or (grants.has(*UNIT_ROLES) and not case.confidential)
    return trusted and _view_allows(grants, case)
