"""What was true of a matter after each change, and when that became known: the memory that figures are counted from.

The database writes both tables itself whenever a matter is saved (trigger `reports_follow`, migration 0001): nobody
else writes them. Rows are only added, so that a figure at a cut-off stays what it was. Sealed matters leave no row.
No foreign key holds these rows: they are a copy for counting, never the truth of a matter.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


def _to(model: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(
        model, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **more
    )


class Standing(models.Model):
    """One change of a matter. `at` is when it happened, `known_at` when the database took it in.

    `was` is the state before ("" for a new matter), `was_unit` the lead unit before. What a call-back brought
    (outcome, solved, rating) stands as it was after the change.
    """

    case = _to("cases.Case")
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    was = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(max_length=20)
    flow = models.CharField(max_length=10)
    screened = models.BooleanField()
    history = models.BooleanField()
    category = _to("cases.Category")
    unit = _to("organisations.Unit", null=True)
    was_unit = _to("organisations.Unit", null=True)
    told_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True, default="")
    solved = models.CharField(max_length=8, blank=True, default="")
    rating = models.PositiveSmallIntegerField(null=True)
    tries = models.PositiveSmallIntegerField()
    returns = models.PositiveSmallIntegerField()
    redos = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="standing_case"),
            models.Index(fields=["state", "at"], name="standing_moved"),
            BrinIndex(fields=["known_at"], name="standing_known"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Limit(models.Model):
    """One clock as it stood after a change of its matter; `unit` is the unit that owes the act.

    Each version of a clock is a row of its own; the latest that was known counts.
    """

    case = _to("cases.Case")
    clock = _to("cases.Clock")
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    step = models.CharField(max_length=20)
    flow = models.CharField(max_length=10, help_text="of the rule that set it")
    start_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    extend = models.PositiveIntegerField()
    stopped_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=4, blank=True, default="")
    unit = _to("organisations.Unit")

    class Meta:
        indexes = [
            models.Index(fields=["clock", "id"], name="limit_clock"),
            models.Index(fields=["kind", "due_at"], name="limit_due"),
            models.Index(fields=["at"], condition=models.Q(extend__gt=0), name="limit_extended"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class Export(models.Model):
    """A long list that somebody asked for as a workbook: made by a job, fetched by the same person, gone after a day.

    What was asked (words of a search may be a name) and the file are sealed with a key of this row alone: destroying
    it destroys both. The file lies in the home, never in the database.
    """

    uuid = models.UUIDField(unique=True)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(
        max_length=80, help_text="which list: registers/visits, work/mine, search, figures/due"
    )
    asked_at = models.DateTimeField()
    asked = models.BinaryField(help_text="title, notes, filters and language as JSON, sealed")
    key = models.BinaryField(null=True, help_text="wrapped by the master key; null when destroyed")
    state = models.CharField(max_length=8, default="asked", help_text="reports.exports.STATES")
    rows = models.PositiveIntegerField(help_text="lines when it was asked for; once made, lines in the file")
    done = models.PositiveIntegerField(default=0, help_text="lines written so far")
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-asked_at"], name="export_user")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "making", "made", "refused", "failed", "gone"]),
                name="export_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="gone") | models.Q(key__isnull=True), name="export_gone_has_no_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.state}"
