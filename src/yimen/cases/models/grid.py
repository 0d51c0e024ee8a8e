"""Matters of a place: classes of events and facilities, how a matter climbed, and what was put before the district."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .case import Case
from .handbook import CERTAINTIES
from .staff import staff

CLASS_KINDS: Final = (("event", _("事件")), ("facility", _("部件")))
# The authority matrix: the lowest level at which a matter of the class may be settled.
SETTLES: Final = (("grid", _("网格")), ("community", _("社区")), ("street", _("街道")))
LEVELS: Final = (*SETTLES, ("district", _("区级")))
LIMIT_UNITS: Final = (
    ("work_hour", _("工作时")),
    ("clock_hour", _("小时（连续计）")),
    ("work_day", _("工作日")),
    ("natural_day", _("自然日")),
)
EVIDENCE: Final = (
    ("near", _("近景")),
    ("far", _("远景")),
    ("reference", _("参照物")),
    ("after", _("处置后")),
)
CLIMBED: Final = (
    ("sent_up", _("上送")),
    ("sent_down", _("下派")),
    ("refused", _("两次不接")),
    ("nobody", _("没有别人可接")),
    ("overdue", _("超过时限")),
    ("signed", _("领导签批")),
    ("silent", _("到期未批")),
)


class EventClass(models.Model):
    """小类: what kind of problem of a place, for a period; a city's own book is another `scheme`.

    Facilities (部件) go by owner first, events by place first (`owner_first`). Limits are the office's settings
    (`limit_source` says after what); without one the general limit of the flow holds.
    """

    scheme = models.CharField(max_length=16)
    code = models.CharField(
        max_length=16, help_text="two digits big class, two digits small class; 99 is 其他"
    )
    name = models.CharField(max_length=40)
    big_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=CLASS_KINDS)
    category_key = models.CharField(
        max_length=40, help_text="key of the category that its matters count under"
    )
    filing_condition = models.CharField(max_length=300, blank=True, default="")
    closing_condition = models.CharField(max_length=300, blank=True, default="")
    limit_amount = models.PositiveSmallIntegerField(null=True, blank=True)
    limit_unit = models.CharField(max_length=12, choices=LIMIT_UNITS, blank=True, default="")
    limit_source = models.CharField(max_length=200, blank=True, default="")
    settles_at = models.CharField(max_length=10, choices=SETTLES, default="grid")
    evidence = models.JSONField(default=list, blank=True, help_text="near, far, reference, after")
    owner_first = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    words = models.JSONField(default=list, blank=True, help_text="words that suggest this class")
    order = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=1, choices=CERTAINTIES)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day included")

    class Meta:
        ordering = ["scheme", "order", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code", "valid_from"], name="eventclass_version"),
            models.UniqueConstraint(
                fields=["scheme", "code"],
                condition=Q(valid_to__isnull=True),
                name="eventclass_one_open_ended",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="eventclass_dates"
            ),
            models.CheckConstraint(
                condition=Q(limit_amount__isnull=True, limit_unit="")
                | (Q(limit_amount__gte=1) & Q(limit_unit__in=[unit for unit, _words in LIMIT_UNITS])),
                name="eventclass_limit",
            ),
            models.CheckConstraint(
                condition=~Q(scheme="") & ~Q(code="") & ~Q(name=""), name="eventclass_named"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """scheme:code, as doors name a class."""
        return f"{self.scheme}:{self.code}"


class Climb(models.Model):
    """One step on the ladder grid → community → street → district (or down), by a person or by the rules (`by` null).

    `clock` is the limit that ran out: a limit lifts a matter once, whoever runs beside.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    from_level = models.CharField(max_length=10, choices=LEVELS)
    to_level = models.CharField(max_length=10, choices=LEVELS)
    why = models.CharField(max_length=10, choices=CLIMBED)
    reason = models.TextField(blank=True, default="")
    clock = models.ForeignKey("cases.Clock", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = staff(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(from_level=F("to_level")), name="climb_moves"),
            models.UniqueConstraint(
                fields=["case", "clock"], condition=Q(clock__isnull=False), name="climb_once_a_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.from_level} → {self.to_level}"


# A request that waits for a leader.
UNDECIDED: Final = Q(gone_at__isnull=True, refused_at__isnull=True, lapsed_at__isnull=True)


class DistrictRequest(models.Model):
    """提请区级协调: prepared for the leader in charge, who signs it or refuses with reasons; neither by `decide_by`, it
    goes by itself. `lapsed_at`: solved before anybody decided. One open at a time."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        "organisations.Unit",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the district body",
    )
    text = models.TextField()
    leader = staff(null=True)
    prepared_at = models.DateTimeField()
    prepared_by = staff(null=True)
    decide_by = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    signed_by = staff(null=True)
    refused_at = models.DateTimeField(null=True)
    refused_by = staff(null=True)
    reason = models.TextField(blank=True, default="", help_text="why it was refused")
    lapsed_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=UNDECIDED,
                name="districtrequest_one_open",
            ),
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True)
                | (Q(signed_at__isnull=True, gone_at__isnull=True, refused_by__isnull=False) & ~Q(reason="")),
                name="districtrequest_refused_with_reasons",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="districtrequest_signed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["decide_by"],
                condition=UNDECIDED,
                name="districtrequest_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"
