"""An edited template as it is handed in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.documents.vetting import MAX_BYTES

from .shape import Shape


class TemplateForm(Shape):
    file = forms.FileField(
        label=_("改好的 DOCX 模板"), help_text=_("不超过 2 MB；不带宏、链接和嵌入文件"),
        error_messages={"required": _("请选择文件"), "empty": _("文件是空的")},
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )  # fmt: skip
    note = forms.CharField(
        label=_("改了什么"), required=False, max_length=300, help_text=_("以后好认，如：加了科室电话")
    )
    partial = forms.BooleanField(
        label=_("缺少必填字段也启用"), required=False, help_text=_("只在确实不需要时勾选，并在上面写明原因")
    )

    def read(self) -> bytes:
        """The bytes, at most one more than the limit, which is then refused."""
        body: bytes = self.cleaned_data["file"].read(MAX_BYTES + 1)
        return body
