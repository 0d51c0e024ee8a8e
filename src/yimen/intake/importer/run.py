"""Take a table in: batch by batch, each record exactly once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.cases.actions.importing import Answered, import_answered
from yimen.cases.actions.people import looks_like_phone
from yimen.cases.models import Category
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, YimenError

from ..actions.queue import enqueue
from ..models import ImportedRecord, QueuedMatter
from .mapping import Mapping
from .office import Office, office
from .reading import Row, Table
from .rejects import Rejects
from .rows import BadRow, Draft, draft

BATCH: Final = 40  # rows of one transaction: some tenths of a second, so that nobody beside has to wait
ACTOR: Final = Actor(None, "import", "import")


@dataclass(slots=True)
class Report:
    """What became of the rows. `rejects` is the file with the rows that were not taken, if any."""

    answered: int = 0
    queued: int = 0
    existing: int = 0
    rejected: int = 0
    masked: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    rejects: Path | None = None

    @property
    def imported(self) -> int:
        return self.answered + self.queued

    def line(self) -> str:
        """The last line of the command, for people and scripts."""
        return f"imported: {self.imported}, already there: {self.existing}, rejected: {self.rejected}"


Progress = Callable[[int, Report], None]


def run(
    table: Table,
    mapping: Mapping,
    source: str,
    rejects: Rejects | None,
    progress: Progress = lambda _done, _report: None,
    *,
    now: datetime | None = None,
) -> Report:
    """Import every row of `table`. Without `rejects` it is a rehearsal: everything is checked, nothing written.

    Each batch is one transaction, so a killed run loses at most its last batch and the next run skips what is there.
    Raises Conflict while the same source is being imported elsewhere, Invalid when the office is not set up.
    """
    at = now or timezone.now()
    job = _Job(mapping, source, rejects, at, office(at))
    if "reply" in mapping.columns and (job.office.member is None or job.office.fallback is None):
        raise Invalid(_("有答复的事项要记到窗口人员名下，请先设好中心人员和承办单位"))
    done, rows = 0, table.rows()
    with _alone(source):
        while batch := list(islice(rows, BATCH)):
            job.take_batch(batch)
            done += len(batch)
            progress(done, job.report)
    job.report.rejects = rejects.close() if rejects else None
    return job.report


@contextmanager
def _alone(source: str) -> Iterator[None]:
    """One import of a source at a time; the connection holds the lock, so a killed process frees it by dying."""
    name = [f"yimen import {source}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", name)
        if not cursor.fetchone()[0]:
            raise Conflict(_("这个来源正在别处导入，请等它结束"))
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)


@dataclass(slots=True)
class _Job:
    """One pass through a file."""

    mapping: Mapping
    source: str
    rejects: Rejects | None
    now: datetime
    office: Office
    report: Report = field(default_factory=Report)
    seen: dict[str, str] = field(default_factory=dict)

    def take_batch(self, rows: list[Row]) -> None:
        """Write the new records of a batch in one transaction; count or reject the others."""
        drafts = [(row, made) for row in rows if (made := self._draft(row))]
        known = ImportedRecord.objects.filter(
            source=self.source, record_id__in={made.record_id for _row, made in drafts}
        )
        self.seen |= dict(known.values_list("record_id", "digest"))
        with transaction.atomic():
            for row, made in drafts:
                self._take(row, made)

    def _draft(self, row: Row) -> Draft | None:
        try:
            return draft(row, self.mapping.columns, self.now)
        except BadRow as bad:
            self._reject(row, str(bad), bad.kind)
            return None

    def _take(self, row: Row, made: Draft) -> None:
        """Take one record unless it is there; another content under its id is rejected."""
        before = self.seen.get(made.record_id)
        if before == made.digest:
            self.report.existing += 1
        elif before is not None:
            sentence = _("编号已有，内容却不同：%(id)s") % {"id": made.record_id}
            self._reject(row, sentence, _("编号已有，内容却不同"))
        elif self.rejects is None or self._written(row, made):
            self.seen[made.record_id] = made.digest
            self._count(made)

    def _written(self, row: Row, made: Draft) -> bool:
        try:
            with transaction.atomic():
                self._write(made)
        except YimenError as error:
            self._reject(row, str(error))
            return False
        return True

    def _write(self, made: Draft) -> None:
        category = self.office.category_for(made.label, made.title, made.text)
        name, phone = _contact(made)
        record = ImportedRecord(
            source=self.source, record_id=made.record_id, digest=made.digest, recorded_at=self.now
        )
        if made.reply:
            record.case = self._answered(made, category, name, phone)
        else:
            record.queued = enqueue(ACTOR, self._queued(made, category), name=name, phone=phone)
        record.save(force_insert=True)

    def _answered(self, made: Draft, category: Category, name: str, phone: str) -> object:
        member, unit = self.office.member, self.office.unit_for(category)
        assert member and unit and made.occurred_at  # checked before the first row
        form = Answered(
            text=made.text, title=made.title, category=category.key, received_at=made.occurred_at, reply=made.reply,
            replied_at=made.replied_at, external_number=made.record_id, source=self.source, place=made.place,
            channel=made.channel, anonymous=made.anonymous, name=name, phone=phone,
        )  # fmt: skip
        return import_answered(ACTOR, Grants(None), member, unit, form, at=self.now)

    def _queued(self, made: Draft, category: Category) -> QueuedMatter:
        return QueuedMatter(
            source=self.source, record_id=made.record_id, title=made.title, text=made.text, place=made.place,
            label=made.label, category=category, channel=made.channel, anonymous=made.anonymous,
            occurred_at=made.occurred_at, recorded_at=self.now,
        )  # fmt: skip

    def _count(self, made: Draft) -> None:
        self.report.masked += made.masked
        if made.reply:
            self.report.answered += 1
        else:
            self.report.queued += 1

    def _reject(self, row: Row, reason: str, kind: str = "") -> None:
        """`kind` is what the report counts, where the sentence itself names a value."""
        self.report.rejected += 1
        kind = kind or reason
        self.report.reasons[kind] = self.report.reasons.get(kind, 0) + 1
        if self.rejects is not None:
            self.rejects.add(row, reason)


def _contact(made: Draft) -> tuple[str, str]:
    """Name and phone to keep: none of an anonymous matter; a phone only when it can be dialled."""
    if made.anonymous:
        return "", ""
    return made.reporter, made.phone if looks_like_phone(made.phone) else ""
