"""A matter as values for paper. Names and phones are in full only where the caller was allowed to reveal them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases import dossier, instructions, queries
from yimen.cases.actions.attach import attachments_of
from yimen.cases.actions.outside import outside_of
from yimen.cases.actions.people import Shown, participants
from yimen.cases.actions.record import words_of
from yimen.cases.fields import RATINGS
from yimen.cases.models import Case
from yimen.cases.states import Flow
from yimen.cases.wording import in_turn
from yimen.documents.forms import V01, Instruction, Record, Referral, Slip
from yimen.organisations.models import Membership, Office


def slip_of(case: Case, office: Office, url: str) -> Slip:
    """What the visitor takes home. The summary of a sealed matter stays empty."""
    clock = next(
        (c for c in queries.clocks_of(case) if c.running and c.kind in ("conclude", "inform")), case.clock
    )
    return Slip(
        office=office.centre_name, no=case.number, received_at=case.received_at,
        answer_by=clock.due_at if clock else None, answer_note=clock.explain.split("；")[0] if clock else "",
        first_contact=case.accountable_person.name if case.accountable_person else "",
        first_contact_phone=office.phone, told_at=case.told_at, url=url, name=_visitor(case),
        summary="" if case.sealed else case.title, sent_to=case.lead_unit.name if case.lead_unit else "",
        unsatisfied=_if_unsatisfied(case), address=office.address, hours=office.hours, office_phone=office.phone,
    )  # fmt: skip


def _if_unsatisfied(case: Case) -> str:
    """Review within 30 days is the petition's right; empty leaves the paper's own sentence, for the stricter case."""
    if case.screened and case.flow == Flow.SERVICE:
        return _("先告诉首问责任人，中心会回访核实；没有解决的退回重办。也可拨打 12345。")
    return ""


def _visitor(case: Case) -> str:
    return next((person.name for person in participants(case) if person.role == "visitor"), "")


def referral_of(case: Case, office: Office, words: dict[str, str]) -> Referral:
    """告知有权机关 or 引导法定途径, from what the guiding step said."""
    kind = _("告知有权机关") if words.get("guide_kind") == "elsewhere" else _("引导法定途径")
    return Referral(
        office=office.centre_name, no=case.number, received_at=case.received_at, kind=kind,
        body=words.get("body", ""), reason=words.get("reason", ""), address=words.get("body_contact", ""),
        told_at=case.told_at, name=_visitor(case), summary="" if case.sealed else case.title,
        first_contact=case.accountable_person.name if case.accountable_person else "",
        first_contact_phone=office.phone, office_address=office.address, office_hours=office.hours,
    )  # fmt: skip


def guidance_of(case: Case) -> dict[str, str]:
    """The words of the last guiding step; empty when the matter was never guided."""
    return words_of(case, dossier.of(case).last_deed("guide"))


def v01_of(case: Case, office: Office, *, full: bool, by: str, url: str) -> V01:
    """群众来访接待登记表. `full` prints names and phones as they are, else masked."""
    people = participants(case, full=full)
    visitor = _first(people, "visitor")
    result = queries.last_result(case)
    member = _member(case)
    return V01(
        office=office.centre_name, no=case.number, visited_at=case.received_at, window=case.window,
        channel=str(case.get_channel_display()), party_size=case.party_size,
        appeal_kind=str(case.get_appeal_display()), topic=case.category.name,
        request=case.wish or case.title, facts=case.text, place_grid=_place(case),
        receiver=case.accountable_person.name if case.accountable_person else "",
        receiver_title=member.title if member else "", route=_route(case), confidential=case.confidential,
        visitor_name=visitor.name if visitor else "", phone=visitor.phone if visitor else "",
        address=visitor.address if visitor else "",
        representatives=[f"{p.name} {p.phone}".strip() for p in people if p.role == "representative"],
        on_behalf=_joined(people, "on_behalf"), witness=_joined(people, "witness"), dictated=_dictated(case),
        attachments=[row.name for row in attachments_of(case)],
        first_opinion=_proposed(case), instruction=_instructions(case),
        handler_unit=case.lead_unit.name if case.lead_unit else "", assigned_at=_assigned(case), due=case.due_at,
        followups=_contacts(case), result=result.text if result else "", feedback=_feedback(case),
        rating=str(dict(RATINGS).get(str(case.rating), "")), remark=_remark(case), url=url,
        printed_at=timezone.now(), printed_by=by,
    )  # fmt: skip


def _proposed(case: Case) -> str:
    """拟办意见 as it was last put before a leader."""
    rows = [row for row in instructions.submissions(case) if row.outcome != "withdrawn"]
    return rows[-1].opinion if rows else ""


def _instructions(case: Case) -> list[Instruction]:
    """Every 批示, struck ones struck through with who, when and why."""
    return [
        Instruction(
            instruction=told.row.words,
            instructed_by=told.row.leader.name,
            instructed_at=told.row.signed_at,
            recorded_by=told.row.by.name if told.row.recorded else "",
            struck=told.struck is not None,
            struck_by=told.struck.by.name if told.struck else "",
            struck_at=told.struck.at if told.struck else None,
            struck_reason=told.struck.reason if told.struck else "",
        )
        for told in instructions.told(case)
    ]


def _remark(case: Case) -> str:
    """备注: the paper it came with, and its numbers in other systems."""
    day = _("收文日期 %s") % case.from_on if case.from_on else ""
    paper = " ".join(filter(None, (case.from_body, case.from_number, day)))
    numbers = [
        case.external_number,
        *(f"{row.get_system_display()} {row.number}" for row in outside_of(case)),
    ]
    return in_turn(filter(None, (paper, *numbers)))


def _first(people: Iterable[Shown], role: str) -> Shown | None:
    return next((person for person in people if person.role == role), None)


def _joined(people: Iterable[Shown], role: str) -> str:
    person = _first(people, role)
    return " ".join(filter(None, (person.name, person.relation, person.phone))) if person else ""


def _place(case: Case) -> str:
    return " · ".join(filter(None, (case.place, str(case.grid) if case.grid else "")))


def _member(case: Case) -> Membership | None:
    return Membership.objects.filter(user=case.accountable_person, unit=case.accountable_unit).first()


def _dictated(case: Case) -> bool:
    return bool(words_of(case, dossier.of(case).last_deed("opened")).get("dictated"))


def _route(case: Case) -> str:
    """处理方式 in the form's words, as far as the matter has come."""
    if case.lead_unit_id:
        return _("转送")
    return {"answered": _("当场答复"), "guided": _("告知有权机关")}.get(case.state, "")


def _assigned(case: Case) -> datetime | None:
    lead = next(
        (row for row in queries.assignments_of(case) if row.role == "lead" and row.state != "returned"), None
    )
    return lead.sent_at if lead else None


def _contacts(case: Case) -> list[Record]:
    return [
        Record(
            at=row.at, by=row.by.name, text=f"{row.get_way_display()}：{row.get_outcome_display()} {row.note}"
        )
        for row in dossier.of(case).contacts
    ]


def _feedback(case: Case) -> list[Record]:
    rows = sorted(dossier.of(case).callbacks, key=lambda row: row.at)
    told = [Record(at=case.served_at, text=_("答复送达"))] if case.served_at else []
    return told + [
        Record(at=row.at, by=row.by.name, text=f"{row.get_outcome_display()} {row.comment}") for row in rows
    ]
