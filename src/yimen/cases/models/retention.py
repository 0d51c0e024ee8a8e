"""What leaves the house: matters on their way out, what stops them (保全), and the nightly runs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .case import Case
from .handbook import RetentionClass
from .staff import staff


class Disposal(models.Model):
    """One matter whose period is over. Hidden first; brought back, or destroyed when the hidden days are over.

    `rule` is the dated row that decided, `digest` SHA-256 of the list of what was destroyed, `counts` how much of
    what. `files` are the names on disk that are still to be removed: empty before and after.
    """

    STATES = (
        ("hidden", _("已隐藏")),
        ("restored", _("已恢复")),
        ("dying", _("正在销毁")),
        ("emptied", _("正在删除文件")),
        ("destroyed", _("已销毁")),
    )
    RUNNING = ("hidden", "dying", "emptied")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(RetentionClass, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=STATES, default="hidden")
    due_on = models.DateField(help_text="the first day on which it is no longer kept")
    hidden_at = models.DateTimeField()
    destroy_at = models.DateTimeField(help_text="not before this moment")
    restored_by = staff(null=True)
    restored_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="", help_text="why it was brought back")
    keep_until = models.DateField(null=True, help_text="brought back: kept at least until this day")
    digest = models.CharField(max_length=64, blank=True, default="")
    counts = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=["hidden", "dying", "emptied"]),
                name="disposal_one_running",
            )
        ]
        indexes = [models.Index(fields=["state", "destroy_at"], name="disposal_state")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class LegalHold(models.Model):
    """保全: nothing of this matter (of no matter at all when `case` is null) is hidden or destroyed.

    One person places it. To lift it takes two: one asks with a reason, another agrees.
    """

    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    placed_by = staff()
    placed_at = models.DateTimeField()
    lift_reason = models.TextField(blank=True, default="")
    lift_asked_by = staff(null=True)
    lift_asked_at = models.DateTimeField(null=True)
    lifted_by = staff(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(lifted_at__isnull=True),
                name="legalhold_one",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True)
                | (Q(lift_asked_by__isnull=False) & ~Q(lifted_by=models.F("lift_asked_by"))),
                name="legalhold_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id or '*'}"


class RetentionRun(models.Model):
    """One night's work: how much was hidden, destroyed and held back."""

    day = models.DateField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    hidden = models.PositiveIntegerField(default=0)
    destroyed = models.PositiveIntegerField(default=0)
    others = models.PositiveIntegerField(default=0, help_text="rows of other kinds whose period was over")
    held = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-began_at"], name="retentionrun_began")]

    def __str__(self) -> str:
        return f"{self.day}"


class PersonRequest(models.Model):
    """What a person of one matter asked about what is kept of them (个人信息保护法 §§44–47), and the answer."""

    KINDS = (
        ("copy", _("查阅、复制")),
        ("correct", _("更正、补充")),
        ("erase", _("删除")),
    )
    ANSWERS = (("", _("待答复")), ("done", _("已办理")), ("refused", _("未同意")))
    CHECKS = (
        ("seen", _("当面核对证件，不留复印件")),
        ("known", _("回拨登记的电话核对")),
        ("entrusted", _("核对委托书和受托人证件")),
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    slot = models.PositiveSmallIntegerField(help_text="which of the matter's people; nothing says who")
    kind = models.CharField(max_length=8, choices=KINDS)
    checked = models.CharField(max_length=10, choices=CHECKS)
    said = models.BinaryField(null=True, help_text="what was asked and answered, under the matter's key")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.CharField(max_length=8, choices=ANSWERS, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    by = staff()
    answered_by = staff(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="personrequest_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
