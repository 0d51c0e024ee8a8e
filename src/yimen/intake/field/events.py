"""What phones leave in the ledger. Plain Python: kind → words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

DEVICE: Final = "field-device"
ITEM: Final = "field-item"
LOG: Final = "daily-log"

CODE_MADE: Final = "field.code_made"
ENROLLED: Final = "field.enrolled"
SWITCHED_OFF: Final = "field.switched_off"
IMPORTED: Final = "field.imported"
LOG_SENT: Final = "field.log_sent"

KINDS: Final[dict[str, object]] = {
    CODE_MADE: _("开出手机登记码"),
    ENROLLED: _("登记手机"),
    SWITCHED_OFF: _("停用手机"),
    IMPORTED: _("导入手机导出的内容"),
    LOG_SENT: _("工作日志报送网格长"),
}
SUBJECTS: Final[dict[str, object]] = {
    DEVICE: _("现场手机"),
    ITEM: _("手机送来的内容"),
    LOG: _("工作日志"),
}
