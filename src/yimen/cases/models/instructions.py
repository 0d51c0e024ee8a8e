"""呈批 and 批示: what was put before a leader, what the leader wrote, and what was said of it later."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..fields import RECORDED
from .case import Case
from .staff import staff


class Submission(models.Model):
    """呈批: 拟办意见 with unit and days, before one leader. Kind `after` is 补批, owed for what was sent at once.

    `days` are work days for the lead unit. An open one has no outcome; a matter has at most one of each kind open.
    """

    KINDS = (("before", _("呈批")), ("after", _("补批")))
    OUTCOMES = (("instructed", _("已批示")), ("sent_back", _("退回重拟")), ("withdrawn", _("已撤回")))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=KINDS, default="before")
    opinion = models.TextField(help_text="拟办意见")
    unit = models.ForeignKey("organisations.Unit", on_delete=models.PROTECT, related_name="+")
    assisting = ArrayField(
        models.CharField(max_length=48), default=list, blank=True, help_text="keys of units"
    )
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    recipient = staff(null=True, help_text="null only for 补批 in an office without a leader")
    by = staff()
    at = models.DateTimeField()
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="补批: until when; 呈批 has the step's clock"
    )
    rule = models.JSONField(null=True, blank=True, help_text="补批: the rule that set due_at, frozen")
    explain = models.TextField(blank=True, default="")
    explain_en = models.TextField(blank=True, default="")
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True, default="")
    ended_by = staff(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="", help_text="why it was sent back or withdrawn")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(outcome=""), name="submission_one_open"
            ),
            models.CheckConstraint(
                condition=Q(kind="after", due_at__isnull=False)
                | Q(kind="before", due_at__isnull=True, recipient__isnull=False),
                name="submission_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="submission_open_or_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "kind", "id"], condition=Q(outcome=""), name="submission_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Instruction(models.Model):
    """领导批示. Append-only (the database refuses UPDATE and DELETE): what is wrong is struck by an InstructionMark.

    `recorded` is empty for what the leader wrote here; else how it came (paper with its photo, voice) and `by` is
    who typed it (代录). `signed_at` is when the leader wrote or said it, `at` when it was entered.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.CharField(max_length=500)
    leader = staff()
    signed_at = models.DateTimeField()
    by = staff()
    at = models.DateTimeField()
    recorded = models.CharField(max_length=5, choices=RECORDED, blank=True, default="")
    paper = models.ForeignKey(
        "cases.Attachment", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded="", leader=F("by")) | (~Q(recorded="") & ~Q(leader=F("by"))),
                name="instruction_own_or_recorded",
            ),
            models.CheckConstraint(
                condition=~Q(recorded="paper") | Q(paper__isnull=False), name="instruction_paper_has_photo"
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="instruction_case")]

    def __str__(self) -> str:
        return self.words


class InstructionMark(models.Model):
    """本人确认 of what was recorded in a leader's name, or 划去 with reason. Append-only like the instruction."""

    KINDS = (("confirmed", _("本人已确认")), ("struck", _("划去")))
    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=KINDS)
    reason = models.CharField(max_length=500, blank=True, default="")
    by = staff()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instruction", "kind"], name="instruction_marked_once"),
            models.CheckConstraint(
                condition=~Q(kind="struck") | ~Q(reason=""), name="instruction_struck_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instruction_id} {self.kind}"


class Phrase(models.Model):
    """A quick phrase of instructions (同意 / 阅 / 请××牵头). The office's own; ××, where it stands, becomes the lead unit.

    A phrase ends by `retired`, so that it is not shipped anew at the next start.
    """

    text = models.CharField(max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.text
