"""Clocks: one running limit each, with the rule that set it frozen inside."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS = (
    ("step", _("本环节")),
    ("inform", _("告知")),
    ("conclude", pgettext_lazy("clock", "办结")),
    ("assignment", _("承办")),
    ("screen", _("甄别")),
)
OUTCOMES = (("met", _("按时")), ("late", _("超期")), ("void", _("不再计")))


class Clock(models.Model):
    """A limit on a matter. The rule in force when it started stays frozen in `rule`; the explanation is stored.

    `charged_unit` is the unit that owes the act: a handling unit's lateness never counts against the first contact.
    `target_at` is the raw date, `due_at` the lawful end after rolling (DOMAIN.md §5.1); both end-of-day for dates.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    step = models.CharField(max_length=20, help_text="the state or whole-case limit this clock belongs to")
    rule = models.JSONField()
    start_at = models.DateTimeField()
    extend = models.PositiveIntegerField(default=0)
    target_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    explain = models.TextField()
    explain_en = models.TextField(blank=True, default="")
    running = models.BooleanField(null=True, default=True, help_text="true while it runs, else null")
    stopped_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=4, choices=OUTCOMES, blank=True, default="")
    charged_unit = models.ForeignKey("organisations.Unit", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="clock_case"),
            models.Index(
                fields=["due_at"], condition=Q(provisional=True, running=True), name="clock_provisional"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(running=True, stopped_at__isnull=True)
                | Q(running__isnull=True, stopped_at__isnull=False),
                name="clock_running_or_stopped",
            ),
            models.UniqueConstraint(fields=["id", "case", "due_at", "running"], name="clock_key"),
        ]

    def __str__(self) -> str:
        return f"{self.step} → {self.due_at:%Y-%m-%d}" if self.due_at else self.step
