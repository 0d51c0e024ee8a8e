"""值班: who is on duty at the centre by day and night, what was reported to them, how one shift hands over to the next."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

SWAP_STATES = (
    ("asked", _("等对方答复")),
    ("agreed", _("对方同意，待批准")),
    ("declined", _("对方不同意")),
    ("approved", _("已批准")),
    ("refused", _("未批准")),
    ("withdrawn", _("已收回")),
)
OPEN_SWAPS = ("asked", "agreed")


# [from, to) of two moments, as the database compares them
SPAN = Func("starts_at", "ends_at", RangeBoundary(), function="TSTZRANGE", output_field=DateTimeRangeField())


class DutyShift(models.Model):
    """One shift, named by the day on which it begins. It always has a person and a leader in charge (带班领导)."""

    day = models.DateField(unique=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="the moment at which the next shift takes over")
    leader = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", help_text="answers the duty phone"
    )
    others = models.ManyToManyField("accounts.User", related_name="+", blank=True)
    phone = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_shift_period"),
            ExclusionConstraint(
                name="duty_shift_one_at_a_time",
                expressions=[(SPAN, RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class DutyCall(models.Model):
    """One call received on duty. Who called is not kept: only what it was about and, if a matter came of it, its number."""

    shift = models.ForeignKey(DutyShift, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    about = models.CharField(max_length=500, blank=True, default="")
    handling = models.CharField(max_length=500, blank=True, default="")
    reported_to = models.CharField(
        max_length=100, blank=True, default="", help_text="an office or a colleague"
    )
    number = models.CharField(max_length=40, blank=True, default="", help_text="of the matter it became")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["shift", "at"], name="duty_call_shift")]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.at:%F %R}"


class DutyHandover(models.Model):
    """交接: what is done and what is not, signed by who leaves and by who takes over, as accounts."""

    shift = models.OneToOneField(DutyShift, on_delete=models.PROTECT, related_name="+")
    done = models.TextField(blank=True, default="")
    undone = models.TextField(blank=True, default="")
    given_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    taken_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | (Q(taken_by__isnull=False, taken_at__isnull=False) & ~Q(taken_by=F("given_by"))),
                name="duty_handover_two_people",
            )
        ]

    def __str__(self) -> str:
        return f"{self.shift_id}"


class DutySwap(models.Model):
    """换班: somebody else takes a shift, perhaps for one of their own. Asked, agreed by the other, approved."""

    shift = models.ForeignKey(DutyShift, on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    back = models.ForeignKey(
        DutyShift,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="taken by the asker instead",
    )
    reason = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=SWAP_STATES, default="asked")
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asker=F("other")), name="duty_swap_two_people"),
            models.CheckConstraint(
                condition=Q(back__isnull=True) | ~Q(back=F("shift")), name="duty_swap_two_shifts"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_SWAPS, decided_at__isnull=True)
                | (~Q(state__in=OPEN_SWAPS) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="duty_swap_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("agreed", "approved")) | Q(agreed_at__isnull=False),
                name="duty_swap_agreed",
            ),
            models.UniqueConstraint(
                fields=["shift", "asker"], condition=Q(state__in=OPEN_SWAPS), name="duty_swap_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.state}"


class DutySetting(models.Model):
    """What the office itself set; without a row the shipped value holds (data/duty_settings.csv)."""

    key = models.CharField(max_length=24, unique=True)
    value = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
