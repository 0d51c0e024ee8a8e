"""The sentences behind the codes of the worker, in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

REASONS: Final[dict[str, object]] = {
    "": "",
    "empty": _("文件是空的，请重新选择文件"),
    "too_large": _("文件超过 20 MB，请压缩或分开后再传"),
    "unknown": _("不收这种文件。可以上传照片、PDF、办公文档、录音或录像"),
    "web": _("这是网页或脚本，不是照片或文档，不能上传"),
    "program": _("这是可执行程序，不能上传"),
    "archive": _("不收压缩包，请解压后逐个上传"),
    "drawing": _("不收矢量图（SVG），请另存为 PNG 后再传"),
    "other_image": _("不收这种图片格式，请另存为 JPEG 或 PNG 后再传"),
    "mismatch": _("文件内容与后缀名不符，请确认没有改过名，或另存后再传"),
    "polyglot": _("文件里夹带着另一种文件，不能上传"),
    "macro": _("文档里带有宏程序，请另存为不带宏的格式后再传"),
    "huge_office": _("文档解开后超过 1 GB，像是压缩炸弹，不能上传"),
    "damaged_photo": _("照片不完整或打不开，请重新拍照或另存后再传"),
    "huge_photo": _("照片的像素太大（超过 6000 万），请缩小后再传"),
    "damaged_pdf": _("PDF 已损坏，打不开，请重新导出后再传"),
    "huge_pdf": _("PDF 太复杂或解开后过大，请减少页数后再传"),
    "repaired_pdf": _("PDF 原件有损坏，已尽量修复，请核对页数"),
    "locked_pdf": _("PDF 有打开密码，无法检查，只能下载原件"),
    "has_macro": _("文档可能带有宏程序，打开时请勿启用宏"),
    "too_slow": _("文件处理时间太长，已停止，不能上传"),
    "failed": _("文件无法处理，不能上传"),
}
