"""Letters and reviews as the pages show them: how far each has come, whose turn it is, what may be done now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.cases import dossier, letter_fields, letterbook, letters, queries, reviews
from yimen.cases.access import relations
from yimen.cases.actions.people import participants, title_of
from yimen.cases.actions.record import words_of
from yimen.cases.fields import Field
from yimen.cases.letters import Kind, Step
from yimen.cases.models import Case, Letter, LetterText, Review, ServiceReceipt
from yimen.cases.review_rules import ReviewFacts
from yimen.cases.states import Who

from .clock import exact
from .next import Next

ICONS = {
    "submit": "send", "review": "check", "sign": "edit", "seal": "shield", "serve": "hand", "send_back": "undo",
    "void": "close",
}  # fmt: skip
_REMEDY = "对本意见不服的，可以自收到本意见书之日起三十日内，向上一级机关、单位请求复查（《信访工作条例》第三十五条）。"


@dataclass(frozen=True, slots=True)
class Item:
    """A letter in a list. `step` is the reader's own next step, None when it is another's turn."""

    url: str
    kind: str
    number: str
    state: str
    waits: str
    since: datetime
    step: Step | None
    case: Case
    unit: str


@dataclass(frozen=True, slots=True)
class Card:
    """文书 on the page of a matter: what there is, and what the reader may begin."""

    items: list[Item]
    new: list[Kind]

    def __bool__(self) -> bool:
        return bool(self.items or self.new)


def card_of(grants: Grants, case: Case, who: frozenset[Who]) -> Card:
    """Every letter of the matter, voided ones among them. `who`: how the reader stands to it."""
    if case.sealed:
        return Card([], [])
    items = [item_of(grants, case, row, who) for row in dossier.of(case).letters]
    return Card(items, letterbook.startable(grants, case, who))


def item_of(grants: Grants, case: Case, row: Letter, who: frozenset[Who] | None = None) -> Item:
    first = letters.STATES[row.state].primary
    own = next((step for step in letterbook.steps_for(grants, case, row, who) if step.verb == first), None)
    return _item(case, row, own)


def _item(case: Case, row: Letter, own: Step | None) -> Item:
    state = letters.STATES[row.state]
    return Item(
        reverse("staff:letter", args=[case.uuid, row.uuid]), letters.kinds()[row.kind].words, row.number,
        str(state.zh), str(state.waits), row.changed_at, own, case, row.unit.name,
    )  # fmt: skip


def waiting_items(rows: Iterable[Letter]) -> list[Item]:
    """Letters whose turn is known to be the reader's: no further question to the database."""
    return [_item(row.case, row, letters.STEPS[letters.STATES[row.state].primary]) for row in rows]


def through(shown: Next, grants: Grants, case: Case, who: frozenset[Who]) -> Next:
    """The next-step line of a matter that a letter has to reach the person first: it leads to the letter."""
    row = letterbook.telling(case)
    if row is None:
        return shown
    item = item_of(grants, case, row, who)
    what = _("%(kind)s%(waits)s") % {"kind": item.kind, "waits": item.waits}
    label = str(item.step.zh) if item.step else _("看文书")
    own = item.step is not None
    whose = shown.who if own or shown.who else item.unit
    return replace(
        shown, yours=own, who=whose, what=what, url=item.url, label=label, icon="file", primary=own
    )


# --- One letter --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One step that was taken: what, by whom, when."""

    words: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the page of one letter shows."""

    item: Item
    title: str
    lines: list[Line]
    stages: list[Stage]
    steps: list[dict[str, str]]
    texts: list[LetterText]
    addressee: str
    may_edit: bool
    row: Letter
    receipt: ServiceReceipt | None
    served: list[Line] = field(default_factory=list)
    form: str = ""


def sheet_of(grants: Grants, case: Case, row: Letter) -> Sheet:
    kind, texts = letters.kinds()[row.kind], list(letterbook.texts_of(row))
    text = next(each for each in texts if each.version == row.version)
    who = relations(grants, case)
    steps = letterbook.steps_for(grants, case, row, who)
    receipt = letterbook.receipt_of(row) if row.state == "served" else None
    return Sheet(
        item=item_of(grants, case, row, who), title=text.title, lines=lines_of(kind, text), stages=_stages(row),
        steps=[{"verb": s.verb, "words": str(s.zh), "icon": ICONS[s.verb]} for s in steps],
        texts=texts, addressee=dict(people_of(case)).get(str(row.addressee), ""),
        may_edit=any(step.verb == "submit" for step in steps), row=row, receipt=receipt,
        served=_served(receipt) if receipt else [], form=kind.form,
    )  # fmt: skip


def lines_of(kind: Kind, text: LetterText) -> list[Line]:
    """The wording field by field, in the order of the paper; the title stands above it."""
    found = [(each, getattr(text, each.name)) for each in letter_fields.asked(kind) if each.name != "title"]
    return [Line(str(each.zh), _said(each, value)) for each, value in found if value]


def _said(asked: Field, value: Any) -> str:
    return str(dict(asked.choices).get(value, value))


def _stages(row: Letter) -> list[Stage]:
    named = (
        (_("拟稿"), row.drafted_by, row.drafted_at),
        (_("送审"), row.submitted_by, row.submitted_at),
        (_("审核"), row.reviewed_by, row.reviewed_at),
        (_("签发"), row.signed_by, row.signed_at),
        (_("用印"), row.sealed_by, row.sealed_at),
        (_("作废"), row.void_by, row.void_at),
    )
    return [Stage(words, who.name if who else "", at) for words, who, at in named if at]


def _served(receipt: ServiceReceipt) -> list[Line]:
    named = (
        (_("送达方式"), letters.ways()[receipt.way].words),
        (_("收到时间"), exact(receipt.received_at)),
        (_("送达地点"), receipt.place),
        (_("由谁签收"), str(receipt.get_receiver_display())),
        (_("代收人与来访人的关系"), receipt.relation),
        (_("挂号信编号"), receipt.post_number),
        (_("受托单位或公告的地方"), receipt.carrier),
        (_("拒收事由"), receipt.refusal),
        (_("见证人"), _("在场并签名") if receipt.witnessed else ""),
        (_("送达人"), receipt.server.name),
        (_("备注"), receipt.note),
    )
    return [Line(name, value) for name, value in named if value]


def people_of(case: Case) -> list[tuple[str, str]]:
    """Whom a letter may greet: slot → masked name."""
    shown = zip(dossier.of(case).people, participants(case), strict=True)
    return [(str(row.slot), f"{one.name} {one.role_words}") for row, one in shown if one.role != "witness"]


# --- What is known when a letter is begun ------------------------------------------------------------------------


def known(case: Case, kind: Kind) -> dict[str, Any]:
    """The first wording as far as the matter says it already. Names of its people are blotted out of the title."""
    title, first = title_of(case), next(iter(people_of(case)), None)
    found: dict[str, Any] = {"addressee": first[0] if first else "", "request": case.wish or title}
    return found | (_opinion(case, title) if kind.form == "V06" else _notice(case, kind))


def _opinion(case: Case, title: str) -> dict[str, Any]:
    result = queries.last_result(case)
    return {
        "title": _("关于%s的处理意见书") % title,
        "received_on": timezone.localdate(case.received_at),
        "forwarder": " ".join(filter(None, (case.from_body, case.from_number, str(case.from_on or "")))),
        "facts": result.text if result else "",
        "decision": result.decision if result else "",
        "basis": result.basis if result else "",
        "remedy": _REMEDY,
    }


def _notice(case: Case, kind: Kind) -> dict[str, Any]:
    received = _("%(at)s%(channel)s") % {"at": exact(case.received_at), "channel": case.get_channel_display()}
    unit = case.lead_unit.name if case.lead_unit else ""
    words = {
        "accept": _("由%s办理，自受理之日起六十日内办结并书面答复；情况复杂的可以延长，最长三十日。") % unit,
        "forward": _("已转送%s办理，办理情况由该单位答复您。") % unit,
        "refuse": _last_words(case, "not_accept").get("reason", ""),
        "extend": _("由%s继续办理，办结后书面答复。") % unit,
    }
    found = {"received": received, "procedure": words[kind.notice], "sent_to": unit}
    return found | ({"extension": _extension(case)} if kind.notice == "extend" else {})


def _last_words(case: Case, kind: str) -> dict[str, str]:
    return words_of(case, dossier.of(case).last_deed(kind))


def _extension(case: Case) -> str:
    rows = reversed(dossier.of(case).extensions)
    row = next((each for each in rows if each.state == "approved"), None)
    if row is None:
        return ""
    until = row.clock.due_at
    return _("%(reason)s；延长%(n)d日，至%(until)s。") % {
        "reason": row.reason.rstrip("。；"), "n": row.amount, "until": timezone.localdate(until) if until else "",
    }  # fmt: skip


def decision_of(case: Case) -> str:
    """予以支持 / 解释说明 / 不予支持 of the last result, empty where none was reported."""
    if case.lead_unit_id is None:
        return ""
    result = queries.last_result(case)
    return str(result.get_decision_display()) if result and result.decision else ""


# --- Review ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Above:
    """复查复核 on the page of a matter. `right` tells until when the person may ask next, `ask` is the verb for it."""

    rows: list[Review]
    right: str = ""
    why: str = ""
    ask: str = ""
    final: bool = False

    def __bool__(self) -> bool:
        return bool(self.rows or self.right or self.final)


def above_of(case: Case, found: ReviewFacts) -> Above:
    """Empty before an opinion was served in writing."""
    if case.sealed or not reviews.may_have(case):
        return Above([])
    rows = reviews.reviews_of(case)
    level = 2 if found.level else 1
    if found.final or found.annulled or (found.level and not found.outcome):
        return Above(rows, final=found.final)
    right = reviews.right(case, level)
    if right is None:
        return Above(rows)
    words = _("来访人可以在 %s 以前请求复查") if level == 1 else _("来访人可以在 %s 以前请求复核")
    late = _("请求复查的期限已于 %s 届满") if level == 1 else _("请求复核的期限已于 %s 届满")
    over = timezone.localdate() > right.until
    ask = "request_review" if level == 1 else "request_re_review"
    return Above(rows, (late if over else words) % right.until, right.explain, ask)
