"""Long lists as workbooks: asked for, made by a job, fetched by the same person within a day.

Access is asked three times: when it is asked for, when the job runs, and when the file is fetched. Whoever lost the
right in between gets nothing: before the job ran nothing is made, and the page says so; afterwards there is no file
(404). A file that holds a matter which its reader may no longer see is destroyed.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.access.registry import Grants, can, grants_of, require
from yimen.accounts.models import User
from yimen.cases import queries
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Missing, Refused, YimenError
from yimen.jobs import enqueue

from . import exporting, lists, registers
from .lists import Wanted
from .models import Export
from .settings import number

POLICY: Final = "reports.read"
STATES: Final[dict[str, object]] = {
    "asked": gettext_lazy("排队等候"),
    "making": gettext_lazy("正在生成"),
    "made": gettext_lazy("已生成"),
    "refused": gettext_lazy("没有生成：您已没有导出台账的权限"),
    "failed": gettext_lazy("没有生成：请缩小范围后再试"),
    "gone": gettext_lazy("已过期，文件已销毁"),
}
WAITING: Final = ("asked", "making")


def is_large(found: QuerySet[Any]) -> bool:
    """More lines than one request should wait for (figures' setting `export_queue_rows`)."""
    most = int(number("export_queue_rows"))
    return found.order_by()[: most + 1].count() > most


def ask(actor: Actor, grants: Grants, wanted: Wanted, rows: int) -> Export:
    """Ask for a workbook, with its job in the same transaction. Raises Refused without `reports.read`."""
    require(grants, POLICY)
    now, key, ref = timezone.now(), crypto.new_data_key(), uuid4()
    asked = {"wanted": wanted.text(), "language": translation.get_language() or "zh-hans"}
    with transaction.atomic():
        row = Export.objects.create(
            uuid=ref, user_id=actor.user_id, what=wanted.what, asked_at=now, rows=rows,
            asked=crypto.seal(key, json.dumps(asked).encode(), _place(ref, "asked")),
            key=crypto.wrap(key, _place(ref, "key")), expires_at=now + _kept(),
        )  # fmt: skip
        enqueue("reports.export", actor=actor.user_id, export=row.pk)
        enqueue("reports.export_over", at=row.expires_at, export=row.pk)
    return row


def make(export: int, user_id: int) -> None:
    """The job. May run twice: the second time there is nothing left to do, or it is done anew."""
    row = Export.objects.filter(pk=export, user=user_id, state__in=WAITING).first()
    if row is None:
        return
    name = User.objects.values_list("name", flat=True).get(pk=user_id)
    grants = grants_of(Actor(user_id, name, "job"))
    if not can(grants, POLICY):
        _set(row, state="refused")
        return
    wanted, language = _asked(row)
    _set(row, state="making", done=0)
    try:
        with translation.override(language):
            body, ids = _book(row, grants, wanted)
    except Refused:
        _set(row, state="refused")
    except YimenError:
        _set(row, state="failed")
    else:
        _keep(row, body, ids)
        _set(row, state="made", rows=row.done, made_at=timezone.now())


def fetch(actor: Actor, grants: Grants, ref: UUID) -> tuple[Wanted, bytes]:
    """The file, for the one who asked and still may, and an entry that it left the house. Raises Missing otherwise."""
    row = Export.objects.filter(uuid=ref, user=actor.user_id, state="made").first()
    if row is None or not can(grants, POLICY) or row.expires_at <= timezone.now():
        raise Missing(_("没有这个文件"))
    body, ids = _opened(row)
    if queries.visible_to(grants).filter(pk__in=ids).count() != len(ids):
        over(row.pk, at_once=True)
        raise Missing(_("没有这个文件"))
    wanted, _language = _asked(row)
    exporting.exported(actor, grants, wanted.what, row.rows, wanted.filters, "xlsx")
    return wanted, body


def mine(actor: Actor) -> QuerySet[Export]:
    """What this person asked for, newest first."""
    return Export.objects.filter(user=actor.user_id).order_by("-asked_at")


def one_of_mine(actor: Actor, ref: UUID) -> Export:
    row = mine(actor).filter(uuid=ref).first()
    if row is None:
        raise Missing(_("没有这个文件"))
    return row


def title(row: Export) -> str:
    """How the list is headed; nothing once the key is gone."""
    return _asked(row)[0].title if row.key else ""


def over(export: int, *, at_once: bool = False) -> None:
    """The day is over: file and key are destroyed; that there was an export stays. Harmless when done twice."""
    row = Export.objects.filter(pk=export).exclude(state="gone").first()
    if row is not None and (at_once or row.expires_at <= timezone.now()):
        _file(row).unlink(missing_ok=True)
        _set(row, state="gone", key=None, asked=b"")


def _book(row: Export, grants: Grants, wanted: Wanted) -> tuple[bytes, list[int]]:
    found = lists.rows(grants, wanted)
    ids = sorted(set(lists.case_ids(wanted, found)))
    body, _count = registers.export(
        wanted.register, found, title=wanted.title, notes=wanted.notes, told=lambda done: _set(row, done=done)
    )
    return body, ids


def _keep(row: Export, body: bytes, ids: list[int]) -> None:
    """Temp, fsync, rename: whole or not there."""
    head = json.dumps(ids).encode()
    sealed = crypto.seal(_key(row), len(head).to_bytes(4) + head + body, _place(row.uuid, "file"))
    path = _file(row)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    being_written = path.with_suffix(f".{uuid4().hex}")
    with being_written.open("wb") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    being_written.chmod(0o600)
    being_written.replace(path)


def _opened(row: Export) -> tuple[bytes, list[int]]:
    try:
        sealed = _file(row).read_bytes()
    except FileNotFoundError:  # a restored home keeps none
        raise Missing(_("没有这个文件")) from None
    plain = crypto.open_sealed(_key(row), sealed, _place(row.uuid, "file"))
    end = 4 + int.from_bytes(plain[:4])
    return plain[end:], json.loads(plain[4:end])


def _asked(row: Export) -> tuple[Wanted, str]:
    """What was asked for, and in which language."""
    asked = json.loads(crypto.open_sealed(_key(row), bytes(row.asked), _place(row.uuid, "asked")))
    return lists.from_text(asked["wanted"]), asked["language"]


def _key(row: Export) -> bytes:
    return crypto.unwrap(bytes(row.key or b""), _place(row.uuid, "key"))


def _place(ref: UUID, column: str) -> str:
    return f"reports_export.{column}.{ref}"


def _file(row: Export) -> Path:
    return Path(settings.HOME.root) / "exports" / f"{row.uuid}.sealed"


def _kept() -> timedelta:
    return timedelta(hours=int(number("export_hours")))


def _set(row: Export, **values: Any) -> None:
    Export.objects.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
