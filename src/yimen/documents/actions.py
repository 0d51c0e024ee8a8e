"""Verbs on templates: take an edited one in, go back to an earlier one, go back to the delivered one."""

from __future__ import annotations

import hashlib

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing
from yimen.ledger import actions as ledger

from . import fields, vetting
from .events import SUBJECT
from .models import TemplateVersion
from .values import SHAPES

REFUSALS = {
    "large": gettext_lazy("文件超过 2 MB"),
    "not_docx": gettext_lazy("不是可以读取的 DOCX 文件，请在 WPS 或 Word 里另存为 .docx"),
    "macro": gettext_lazy("文件带有宏，不能用作模板"),
    "embedded": gettext_lazy("文件里嵌有其他文件或控件，不能用作模板"),
    "external": gettext_lazy("文件里有指向外部的链接，不能用作模板；请去掉超链接和链接的图片"),
    "field": gettext_lazy("文件里有不允许的 Word 域，只可以用页码"),
    "bomb": gettext_lazy("文件展开后过大，不能用作模板"),
    "slow": gettext_lazy("试填用时过长，不能用作模板"),
    "broken": gettext_lazy("模板不能试填，请检查双花括号里的字段和条件是否完整"),
}


def upload(
    actor: Actor, grants: Grants, form: str, data: bytes, name: str, *, note: str = "", partial: bool = False
) -> TemplateVersion:
    """Take an edited template as the newest and active version of a form.

    Raises Invalid with what is wrong: a file that is not plain DOCX or will not render, names outside the field list
    (each listed), or required fields left out unless `partial` says that this is meant and `note` says why.
    """
    require(grants, "documents.templates")
    _known(form)
    missing = _checked(form, data, note, partial=partial)
    try:
        row = _store(actor, form, data, name, note.strip()[:300], " ".join(missing))
    except IntegrityError as raced:
        raise Conflict(_("别人刚刚也上传了这份文书的模板，请看过再传")) from raced
    return row


def _store(actor: Actor, form: str, data: bytes, name: str, note: str, missing: str) -> TemplateVersion:
    with transaction.atomic():
        held = TemplateVersion.objects.select_for_update().filter(form=form)
        newest = max(held.values_list("version", flat=True), default=0)
        held.filter(active=True).update(active=False)
        row = TemplateVersion.objects.create(
            form=form, version=newest + 1, name=name[-200:], body=data, note=note, at=timezone.now(),
            sha256=hashlib.sha256(data).hexdigest(), missing=missing, by_id=actor.user_id, active=True,
        )  # fmt: skip
        _record(actor, "template.uploaded", row)
    return row


def _known(form: str) -> None:
    if form not in SHAPES:
        raise Missing(_("没有这种文书"))


def _checked(form: str, data: bytes, note: str, *, partial: bool) -> tuple[str, ...]:
    found = vetting.vet(form, data)
    if found.refused:
        said = str(REFUSALS[found.refused])
        raise Invalid(said, {"file": f"{said}（{found.what}）" if found.what else said})
    if found.unknown:
        said = _("这些字段不在字段表里：%s") % "、".join(found.unknown)
        raise Invalid(said, {"file": said})
    if found.missing and not (partial and note.strip()):
        raise Invalid(_("缺少必填字段"), {"file": _left_out(form, found.missing)})
    return found.missing


def _left_out(form: str, keys: tuple[str, ...]) -> str:
    labels = {"mark": _("草稿或保密标记"), **fields.labels(form)}
    listed = "、".join(f"{labels[key]} {{{{ {key} }}}}" for key in keys)
    return _("缺少必填字段：%s。确实不需要的，请勾选“缺少必填字段也启用”并写明原因。") % listed


def choose(actor: Actor, grants: Grants, form: str, version: int | None) -> None:
    """Go back to an earlier version (or forward again); None is the delivered template. Nothing is deleted."""
    require(grants, "documents.templates")
    _known(form)
    with transaction.atomic():
        rows = {row.version: row for row in TemplateVersion.objects.select_for_update().filter(form=form)}
        if version is not None and version not in rows:
            raise Missing(_("没有这个版本"))
        TemplateVersion.objects.filter(form=form, active=True).update(active=False)
        if version is not None:
            TemplateVersion.objects.filter(pk=rows[version].pk).update(active=True)
            _record(actor, "template.chosen", rows[version])
        elif rows:
            _record(actor, "template.delivered", rows[max(rows)])


def _record(actor: Actor, kind: str, row: TemplateVersion) -> None:
    payload = {"form": row.form, "version": row.version, "sha256": row.sha256, "missing": row.missing}
    ledger.append(actor, kind, SUBJECT, row.pk, {**payload, "words": {"note": row.note, "name": row.name}})
