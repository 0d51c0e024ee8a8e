"""The rules and the words of the call-back desk: kept by date, changed from a day on, never rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.ledger import dated

from .. import shipped
from ..models import CallbackRule, CallbackScript, Case, Category
from ..states import Flow
from ..wording import several
from .holding import need
from .sampling import ALWAYS, in_force

Row = TypeVar("Row", CallbackRule, CallbackScript)
_NOUNS: Final[dict[type, str]] = {CallbackRule: "callback_rule", CallbackScript: "callback_script"}


def load_shipped() -> int:
    """The shipped rule (every matter) and the shipped words, where there are none yet; gives how many were added."""
    added = 0
    with transaction.atomic():
        for model, name in ((CallbackRule, "callback_rules.csv"), (CallbackScript, "callback_scripts.csv")):
            if not model._default_manager.exists():
                rows = [model(**_read(row)) for row in shipped.rows(name)]
                added += len(model._default_manager.bulk_create(rows))
    return added


def _read(row: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = dict(row)
    values["valid_to"] = row["valid_to"] or None
    if "always" in row:
        values["always"] = [name for name in row["always"].split("|") if name]
    return values


def rules_on(day: date | None = None) -> list[CallbackRule]:
    """The sampling rules in force on a day (today), for the page that shows and edits them."""
    return list(CallbackRule.objects.filter(in_force(day or timezone.localdate())))


def rule_history() -> list[CallbackRule]:
    """Every rule there was, there is and there will be."""
    return list(CallbackRule.objects.all())


def script_for(case: Case, on: date | None = None) -> CallbackScript | None:
    """What the caller says about this matter: the most specific text in force."""
    return most_specific(scripts_for(case, on))


def scripts_for(case: Case, on: date | None = None) -> QuerySet[CallbackScript]:
    """Every text in force that fits the matter."""
    return CallbackScript.objects.filter(
        in_force(on or timezone.localdate()), category__in=["", case.category.key], flow__in=["", case.flow]
    )


def most_specific(rows: Iterable[CallbackScript]) -> CallbackScript | None:
    return max(rows, key=lambda row: (row.category != "", row.flow != ""), default=None)


def set_rule(
    actor: Actor,
    grants: Grants,
    *,
    category: str = "",
    flow: str = "",
    percent: int,
    always: Sequence[str] = (),
    source: str = "",
    certainty: str = "D",
    valid_from: date | None = None,
) -> CallbackRule:
    """From a day on (today) a category and kind are sampled so. Matters already told keep what was decided.

    Raises Refused (only the director and the system administrator), Invalid with the fields at fault.
    """
    require(grants, "cases.callback_rules")
    day = valid_from or timezone.localdate()
    wrong = _wrong_place(category, flow, certainty, day)
    if not 0 <= percent <= 100:
        wrong["percent"] = _("请填 0 到 100")
    if strange := [name for name in always if name not in ALWAYS]:
        wrong["always"] = _("没有这一项：%s") % several(strange)
    if wrong:
        raise Invalid(_("还有内容要补充或更正"), wrong)
    values = {"percent": percent, "always": list(dict.fromkeys(always)), "source": source.strip()[:200],
              "certainty": certainty}  # fmt: skip
    return _put(CallbackRule, actor, category, flow, day, values)


def set_script(
    actor: Actor,
    grants: Grants,
    *,
    category: str = "",
    flow: str = "",
    opening: str,
    ask_solved: str,
    ask_rating: str,
    closing: str = "",
    source: str = "",
    certainty: str = "D",
    valid_from: date | None = None,
) -> CallbackScript:
    """From a day on (today) the caller says this. Raises as `set_rule`."""
    require(grants, "cases.callback_rules")
    day = valid_from or timezone.localdate()
    if wrong := _wrong_place(category, flow, certainty, day):
        raise Invalid(_("还有内容要补充或更正"), wrong)
    values = {
        "opening": need(opening, "opening", _("开场白"), 1000),
        "ask_solved": need(ask_solved, "ask_solved", _("问是否解决"), 500),
        "ask_rating": need(ask_rating, "ask_rating", _("问满意度"), 500),
        "closing": closing.strip()[:500],
        "source": source.strip()[:200],
        "certainty": certainty,
    }
    return _put(CallbackScript, actor, category, flow, day, values)


def _wrong_place(category: str, flow: str, certainty: str, day: date) -> dict[str, object]:
    wrong: dict[str, object] = {}
    if category and not Category.objects.filter(key=category).exists():
        wrong["category"] = _("请选择类别")
    if flow and flow not in {each.value for each in Flow}:
        wrong["flow"] = _("请从所列选项中选择")
    if certainty not in ("S", "X", "M", "D"):
        wrong["certainty"] = _("请从所列选项中选择")
    if day < timezone.localdate():
        wrong["valid_from"] = _("起用日期不能早于今天")
    return wrong


def end_rule(actor: Actor, grants: Grants, rule: CallbackRule, last_day: date) -> None:
    """A category's own rule holds until `last_day`, then the general one again. Raises Invalid for the general one."""
    require(grants, "cases.callback_rules")
    if not rule.category and not rule.flow:
        raise Invalid(_("通用的规则可以修改，不能停用"))
    dated.end(actor, rule, last_day, "callback_rule")


@transaction.atomic
def _put(model: type[Row], actor: Actor, category: str, flow: str, day: date, values: dict[str, Any]) -> Row:
    """A new version from `day` in place of the open one; the first of its place is added."""
    noun = _NOUNS[model]
    old = model._default_manager.filter(category=category, flow=flow, valid_to__isnull=True).first()
    if old is None:
        row = dated.add(actor, model(category=category, flow=flow, valid_from=day, **values), noun)
    else:
        row = dated.revise(actor, old, day, values, noun)
    assert isinstance(row, model)
    return row
