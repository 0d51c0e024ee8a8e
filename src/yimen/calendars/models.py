"""Calendars and clock rules as rows: what the office loads, replaces and dates."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimen.foundation.workcalendar import KINDS
from yimen.foundation.worktime import UNITS

SHIPPED: Final = "shipped"
OFFICE: Final = "office"
ORIGINS: Final = ((SHIPPED, _("随软件提供")), (OFFICE, _("本单位设定")))
# How sure a rule is: the marks of the domain tables.
CERTAINTIES: Final = (
    ("S", _("见于法规原文")),
    ("X", _("见于其他来源")),
    ("M", _("凭记忆，未核实")),
    ("D", _("本中心规定")),
)
URGENCIES: Final = (("normal", _("一般")), ("urgent", _("紧急")), ("critical", _("特急")))
PURPOSES: Final = (("work", _("工作时间")), ("extended", _("延时服务")))
DAY_ZEROS: Final = ("entered", "received", "accepted", "dispatched", "served")


class CalendarVersion(models.Model):
    """One row: a new token whenever anything below changes, so that processes know when to read again."""

    token = models.UUIDField(default=uuid4)
    changed_at = models.DateTimeField(default=timezone.now)


class CalendarYear(models.Model):
    """One loading of one year's table. A later loading replaces it; the earlier stays, no longer `current`."""

    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    current = models.BooleanField(default=True)
    published = models.BooleanField(
        default=True, help_text="false: single dates only, the notice is still to come"
    )
    origin = models.CharField(max_length=8, choices=ORIGINS)
    notice = models.CharField(
        max_length=300, blank=True, default="", help_text="address or number of the notice"
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the rows")
    loaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "version"], name="calendar_year_version"),
            models.UniqueConstraint(
                fields=["year"], condition=Q(current=True), name="calendar_year_one_current"
            ),
        ]


class CalendarDay(models.Model):
    """One exact date of a year's table."""

    table = models.ForeignKey(CalendarYear, on_delete=models.CASCADE, related_name="+")
    date = models.DateField()
    kind = models.CharField(max_length=5, choices=[(kind, kind) for kind in KINDS])
    name = models.CharField(max_length=40, blank=True, default="")
    periods = models.CharField(max_length=120, blank=True, default="", help_text="08:00-12:00;14:00-17:00")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "date"], name="calendar_day_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="calendar_day_kind"),
            models.CheckConstraint(
                condition=Q(Q(kind="hours"), ~Q(periods="")) | Q(~Q(kind="hours"), periods=""),
                name="calendar_day_hours_only_where_custom",
            ),
        ]


class BusinessHours(models.Model):
    """When the office works, dated. `work` hours are counted by working-hour clocks, `extended` (延时服务) are not."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day included")
    purpose = models.CharField(max_length=8, choices=PURPOSES)
    weekdays = models.CharField(
        max_length=7, blank=True, default="", help_text="digits 1 (Monday) to 7; empty: all"
    )
    season_from = models.CharField(max_length=5, blank=True, default="", help_text="MM-DD; empty: all year")
    season_to = models.CharField(max_length=5, blank=True, default="", help_text="MM-DD, included")
    periods = models.CharField(max_length=120)
    name = models.CharField(max_length=40, blank=True, default="")
    certainty = models.CharField(max_length=1, choices=CERTAINTIES, default="D")
    source = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="business_hours_dates",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["work", "extended"]), name="business_hours_purpose"
            ),
            models.CheckConstraint(condition=Q(weekdays__regex=r"^[1-7]*$"), name="business_hours_weekdays"),
            models.CheckConstraint(
                condition=Q(season_from="", season_to="")
                | Q(season_from__regex=r"^\d\d-\d\d$", season_to__regex=r"^\d\d-\d\d$"),
                name="business_hours_season",
            ),
            models.CheckConstraint(condition=~Q(periods=""), name="business_hours_periods"),
        ]


class ClockRule(models.Model):
    """One limit with its article. `step` is a state of the flow, or a limit of the whole matter (inform, conclude…).

    An empty `category` or `urgency` means any. `day_zero` names the moment it counts from: `entered` (the step),
    `received`, `accepted`, `dispatched` or `served`. Of several rows valid on a day the most specific holds.
    """

    code = models.CharField(max_length=32)
    flow = models.CharField(max_length=12)
    step = models.CharField(max_length=20)
    category = models.CharField(max_length=48, blank=True, default="")
    urgency = models.CharField(max_length=8, blank=True, default="", choices=URGENCIES)
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=12, choices=[(unit, unit) for unit in UNITS])
    day_zero = models.CharField(max_length=12, choices=[(key, key) for key in DAY_ZEROS])
    what = models.CharField(max_length=120)
    what_en = models.CharField(max_length=160, blank=True, default="")
    article = models.CharField(max_length=120)
    article_en = models.CharField(max_length=160, blank=True, default="")
    certainty = models.CharField(max_length=1, choices=CERTAINTIES)
    source = models.CharField(max_length=200, blank=True, default="")
    extend_max = models.PositiveIntegerField(default=0, help_text="most that may be added in all, same unit")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day included")
    origin = models.CharField(max_length=8, choices=ORIGINS, default=OFFICE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="clock_rule_code_version"),
            models.UniqueConstraint(
                fields=["flow", "step", "category", "urgency", "valid_from"], name="clock_rule_place_version"
            ),
            models.UniqueConstraint(
                fields=["flow", "step", "category", "urgency"],
                condition=Q(valid_to__isnull=True),
                name="clock_rule_one_open_ended",
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="clock_rule_amount"),
            models.CheckConstraint(condition=Q(unit__in=UNITS), name="clock_rule_unit"),
            models.CheckConstraint(
                condition=Q(certainty__in=[mark for mark, _words in CERTAINTIES]), name="clock_rule_certainty"
            ),
            models.CheckConstraint(
                condition=Q(urgency__in=["", *(key for key, _words in URGENCIES)]), name="clock_rule_urgency"
            ),
            models.CheckConstraint(
                condition=Q(day_zero__in=DAY_ZEROS),
                name="clock_rule_day_zero",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="clock_rule_dates"
            ),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(flow="") & ~Q(step="") & ~Q(what="") & ~Q(article=""),
                name="clock_rule_complete",
            ),
        ]

    def __str__(self) -> str:
        return self.code
