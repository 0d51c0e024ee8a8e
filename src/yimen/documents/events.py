"""What this room writes to the ledger: kind → words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

SUBJECT: Final = "template"
KINDS: Final[dict[str, object]] = {
    "template.uploaded": _("上传文书模板"),
    "template.chosen": _("启用文书模板版本"),
    "template.delivered": _("恢复原配文书模板"),
}
