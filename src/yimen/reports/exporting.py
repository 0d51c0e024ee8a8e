"""That a list left the house is kept: who took which list, with which filter, how many rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import pgettext_lazy

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.masking import mask_id_numbers
from yimen.ledger import actions as ledger

from .cells import text

SUBJECT: Final = "export"
EXPORTED: Final = "reports.exported"
KINDS: Final[dict[str, object]] = {EXPORTED: pgettext_lazy("done", "导出")}


def exported(
    actor: Actor, grants: Grants, what: str, rows: int, filters: Mapping[str, str], form: str
) -> None:
    """One ledger entry; the subject's number is the one who exported. `form` is xlsx or pdf.

    Of words typed into a search only the length is kept: they may be a name, and administrators read this entry.
    Raises Refused without `reports.read`.
    """
    require(grants, "reports.read")
    with translation.override("zh-hans"):  # the ledger is kept in the office's language
        chosen = [_chosen(name, value) for name, value in filters.items() if value]
    with transaction.atomic():
        payload = {"list": what, "rows": rows, "filter": chosen, "form": form}
        ledger.append(actor, EXPORTED, SUBJECT, actor.user_id or 0, payload)


def _chosen(name: str, value: str) -> str:
    return f"q（{len(value)} 字）" if name == "q" else f"{name}={text(mask_id_numbers(value)[0])}"
