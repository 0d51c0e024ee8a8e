"""Forms of the phones' pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .rows import person
from .shape import Shape


class CodeFor(Shape):
    """Whose phone is to be enrolled."""

    person = person(_("给谁（登录名）"), _("有网格员、网格长或社区任职的同事；输入时会提示"))


class ExportFile(Shape):
    """What "导出没有送出的内容" wrote on a phone."""

    file = forms.FileField(
        label=_("手机导出的文件"), widget=forms.ClearableFileInput({"accept": ".json,application/json"}),
        error_messages={"required": _("请先选择文件。"), "empty": _("这个文件是空的。")},
    )  # fmt: skip
    now = forms.BooleanField(
        label=_("不先查看，直接收下"), required=False, help_text=_("文件超过 20 MB 时要选这一项")
    )
