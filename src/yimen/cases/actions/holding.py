"""Holding one visible matter while a fact is added to it, and the typed words checked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.errors import Conflict, Invalid, Refused

from .. import queries, rules
from ..access import relations
from ..models import Case
from ..states import STATES, Who, words

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def held(
    grants: Grants, ref: UUID, *who: Who, open_only: bool = True, version: int | None = None
) -> Iterator[Case]:
    """Hold one visible matter for a change by somebody who stands to it as one of `who`."""
    with transaction.atomic():
        case = queries.get_visible(grants, ref, lock=True)
        if version is not None and version != case.version:
            raise Conflict(_("别人刚刚办过这件事，请看过最新情况再办"))
        if case.sealed:
            raise Refused(_("密件只保留移交记录，不能办理"))
        if open_only and not STATES[case.state].open:
            raise Conflict(_("这件事已经是“%s”") % words(case.flow, case.state))
        if who and not relations(grants, case) & set(who):
            raise Refused(_("这一步不由您办理"))
        yield case


def locked(case_id: int) -> Case | None:
    """An open matter for the rules, which act for nobody: its row held; None where somebody else holds it just now."""
    rows = Case.objects.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("lead_unit", "category", "accountable_unit", "event_class", "grid")
    return rows.filter(pk=case_id, open=True).first()


def need(text: str, field: str, label: str, limit: int = 2000) -> str:
    plain = rules.plain(text)
    if not plain:
        raise Invalid(_("还有内容要补充或更正"), {field: _("请填写%s") % label})
    if len(plain) > limit:
        raise Invalid(
            _("还有内容要补充或更正"),
            {field: _("最多 %(limit)d 字，现有 %(now)d 字") % {"limit": limit, "now": len(plain)}},
        )
    return str(plain)


def choice(value: str, options: Mapping[str, object], field: str) -> str:
    if value not in options:
        raise Invalid(_("还有内容要补充或更正"), {field: _("请从所列选项中选择")})
    return value
