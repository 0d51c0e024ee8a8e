"""Acts on what is done together, and what the case page shows of it: 协办, 并案, listed people, written decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yimen.access.registry import Grants
from yimen.cases import dossier, joint
from yimen.cases.actions import assisting, persons
from yimen.cases.actions import joint as joining
from yimen.cases.actions.sampling import ALWAYS, SHARE, sampling_of
from yimen.cases.fields import FIELDS, RATINGS, Field
from yimen.cases.models import Assignment, Case, Result, UnsolvedDecision
from yimen.cases.rules import UNSOLVED
from yimen.cases.states import STATES, Who
from yimen.foundation.actor import Actor

from .clock import Badge, badge
from .scene import Act, Scene, ask

Data = Mapping[str, Any]
_DESK, _TOGETHER = frozenset({Who.DESK}), frozenset({Who.DESK, Who.LEAD})


def _own(scene: Scene) -> bool:
    return bool(scene.own_part("sent") or scene.own_part("signed"))


def _ask_return(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    part = scene.own_part("sent") or scene.own_part("signed")
    unit_id = part.unit_id if part else 0
    return assisting.assist_ask_return(
        actor, grants, scene.case.uuid, unit_id=unit_id, reason=data.get("reason", "")
    )


def _release(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return assisting.release(
        actor, grants, scene.case.uuid, asked=int(data["asked"]), agreed=data["agreed"] == "yes",
        answer=data.get("answer", ""),
    )  # fmt: skip


def _tell_person(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return persons.tell_person(
        actor, grants, scene.case.uuid, slot=int(data["slot"]), way=data["way"], at=data.get("at")
    )


def _rate_person(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return persons.rate_person(
        actor, grants, scene.case.uuid, slot=int(data["slot"]), rating=str(data["rating"])
    )


def _split(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    given = {name: data.get(name, "") for name in ("text", "category", "wish", "place")}
    return joining.split(actor, grants, scene.case.uuid, **given, version=scene.version)


def _helped(scene: Scene) -> bool:
    return any(row.role == "assist" for row in scene.assignments)


def _told_of(scene: Scene) -> bool:
    return scene.case.state in ("told", "called_back", "rated") and scene.case.party_size > 1


_AGREED = ask("agreed", "choice", _("是否同意"), choices=(("yes", _("同意退回")), ("no", _("不同意退回"))))

JOINING: Final = {
    act.name: act
    for act in (
        Act("assist_return", _("申请退回协办"), "return", frozenset(), _own, (FIELDS["reason"],),
            frozenset({"reason"}), _ask_return, _("不是本单位的事才退；主办单位或窗口同意以前，时限照常计算。")),
        Act("assist_release", _("答复退回协办"), "check", _TOGETHER,
            lambda s: bool(s.case.open and _helped(s) and joint.assist_returns(s.case, open_only=True)),
            (ask("asked", "asking", _("哪个单位")), _AGREED, ask("answer", "longtext", _("理由"), _("不同意的，写明理由"))),
            frozenset({"asked", "agreed"}), _release),
        Act("person_told", _("逐人答复"), "message", _TOGETHER,
            lambda s: _told_of(s) and any(row.told_at is None for row in joint.answers_of(s.case)),
            (ask("slot", "untold", _("答复了哪一位")), FIELDS["way"], ask("at", "datetime", _("什么时候"), _("不填则为现在"))),
            frozenset({"slot", "way"}), _tell_person, _("列名的每一位都要答复；分开答复的，逐位补记。")),
        Act("person_rate", _("逐人登记评价"), "star", frozenset({Who.CALLER}),
            lambda s: s.case.party_size > 1 and s.case.state in ("called_back", "rated") and any(
                row.outcome == "reached" and not row.rating for row in joint.answers_of(s.case)),
            (ask("slot", "unrated", _("哪一位的评价")), FIELDS["rating"]), frozenset({"slot", "rating"}), _rate_person,
            _("每一位的评价单独留存；整件以其中最低的为准，不取平均。")),
        Act("split", pgettext_lazy("verb", "拆分"), "copy", _DESK,
            lambda s: bool(s.case.open) and s.case.state != "merged" and not s.case.sealed,
            (ask("text", "longtext", _("拆出的内容"), _("只留另一件事；原件的文字用“更正登记”修改")),
             ask("category", "category", _("类别")), ask("wish", "text", _("希望怎样解决"), limit=500),
             ask("place", "text", _("发生在哪里"), limit=200)),
            frozenset({"text", "category"}), _split,
            _("一件里有两件事，就拆成两件：新件有自己的编号，来访人、收到时间与原件相同。"),
            lambda case: {"text": case.text, "place": case.place}),
    )
}  # fmt: skip


def asked_of(case: Case, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """A step's fields without those that this matter gives no reason to ask."""
    asked = {field.name for field in fields}
    pointless = set()
    if "without" in asked and not joint.owed_parts(case):
        pointless.add("without")
    if "persons" in asked and not joint.listed(case):
        pointless.add("persons")
    return tuple(field for field in fields if field.name not in pointless)


# --- what the page shows ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Helped:
    """One assisting unit: its answer, or what it still owes and by when; whether it asked to be let go."""

    unit: str
    text: str = ""
    who: str = ""
    at: datetime | None = None
    badge: Badge | None = None
    asked: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A merged matter as the main one's page lists it: never its people."""

    number: str
    url: str
    state: str
    told: str
    rating: str


@dataclass(frozen=True, slots=True)
class One:
    """A listed person without a name: told when and how, what was said at the call-back."""

    label: str
    told_at: datetime | None
    way: str
    outcome: str
    solved: str
    rating: str
    comment: str


@dataclass(frozen=True, slots=True)
class Together:
    """Everything of a matter that is done together; empty for most."""

    helped: list[Helped] = field(default_factory=list)
    main: Member | None = None
    main_ready: bool = False
    members: list[Member] = field(default_factory=list)
    unseen: int = 0
    persons: list[One] = field(default_factory=list)
    decisions: list[UnsolvedDecision] = field(default_factory=list)
    sampled: str = ""

    def __bool__(self) -> bool:
        return bool(self.helped or self.main or self.members or self.unseen or self.persons or self.decisions)


def together_of(grants: Grants, case: Case, assignments: list[Assignment]) -> Together:
    """Of other matters only those that the reader may see."""
    if case.sealed:
        return Together()
    main = joint.main_of(case) if case.lead_unit_id is None else None
    members, seen = joint.member_ids(case), {row.pk: row for row in dossier.of(case, grants).others}
    found = [_member(seen[pk]) for pk in sorted(members & set(seen))]
    may_see = main is not None and main.pk in seen
    return Together(
        helped=helped_of(case) if any(row.role == "assist" for row in assignments) else [],
        main=_member(main) if main and may_see else None,
        main_ready=case.state == "merged" and joint.answered(main),
        members=found,
        unseen=len(members) - len(found),
        persons=persons_of(case) if case.party_size > 1 else [],
        decisions=_decisions(case),
        sampled=sampled_words(case),
    )


def _decisions(case: Case) -> list[UnsolvedDecision]:
    """There can be none unless the visitor once said unsolved, in this round or before a reopening."""
    if case.last_solved not in UNSOLVED and not case.redos and case.round_at == case.received_at:
        return []
    return dossier.of(case).decisions


def _member(case: Case) -> Member:
    told = str(case.served_at.date()) if case.served_at else ""
    rating = str(dict(RATINGS).get(str(case.rating), ""))
    url = reverse("staff:case", args=[case.uuid])
    return Member(case.number, url, str(STATES[case.state].zh), told, rating)


def helped_of(case: Case) -> list[Helped]:
    """协办单位的答复: what came in, in order, then who still owes and by when, then who was let go."""
    found = [
        Helped(row.assignment.unit.name, row.text, row.by.name, row.at) for row in joint.assist_results(case)
    ]
    returns = {row.assignment_id: row for row in joint.assist_returns(case)}
    for part in joint.owed_parts(case):
        asked = returns.pop(part.pk, None)
        due = badge(part.clock.due_at) if part.clock.due_at and case.open else None
        found.append(Helped(part.unit.name, badge=due, asked=asked.reason if asked else "",
                            answer=asked.answer if asked else ""))  # fmt: skip
    found += [
        Helped(row.assignment.unit.name, asked=row.reason, answer=row.answer or gettext("已同意退回"))
        for row in returns.values() if row.agreed
    ]  # fmt: skip
    return found


def told_of(case: Case) -> str:
    """What the person of a merged matter is told: the main matter's result."""
    main = joint.main_of(case) if case.state == "merged" else None
    rows: Sequence[Result] = dossier.of(case).results if main else ()
    return next((row.text for row in reversed(rows) if main and row.case_id == main.pk), "")


def persons_of(case: Case) -> list[One]:
    labels = {one.slot: one.label for one in joint.listed(case)}
    return [
        One(
            labels.get(row.slot, ""), row.told_at, str(row.get_told_way_display()) if row.told_way else "",
            str(row.get_outcome_display()) if row.outcome else "", str(row.get_solved_display()) if row.solved else "",
            str(row.get_rating_display()) if row.rating else "", row.comment,
        )
        for row in joint.answers_of(case)
    ]  # fmt: skip


def sampled_words(case: Case) -> str:
    """Whether and why the matter is called back; empty before it is told."""
    row = sampling_of(case) if case.served_at else None
    if row is None or (row.drawn and row.percent == 100):
        return ""
    if not row.drawn:
        return gettext("按 %d%% 抽样，未抽中回访。") % row.percent
    if row.why == SHARE:
        return gettext("按 %d%% 抽样，抽中回访。") % row.percent
    return gettext("必须回访：%s。") % (ALWAYS[row.why][0] if row.why in ALWAYS else row.why)


def next_words(case: Case) -> str:
    """What the next step says instead of its usual words, or an empty string."""
    if case.state == "told" and not case.sampled:
        return gettext("未抽中回访，可以办结；来访人愿意评价的，由另一位同事登记")
    if case.state != "merged":
        return ""
    main = joint.main_of(case)
    if joint.answered(main):
        return gettext("主件已有结果，请答复来访人")
    if main is not None and not main.open:
        return gettext("主件没有结果就结束了，请取消并案，单独办理")
    return ""
