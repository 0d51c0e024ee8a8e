"""What this room writes to the ledger. Plain Python: kind → words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

QUEUED: Final = "queued"  # subject of a matter that waits in the import queue
ENQUIRY: Final = "enquiry"

KINDS: Final[dict[str, object]] = {
    "intake.queued": _("导入待接收"),
    "intake.taken": _("接收导入记录"),
    "intake.refused": _("导入记录不登记"),
    "intake.enquiry": _("咨询速记"),
}
