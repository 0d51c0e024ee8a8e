"""Premises: buildings, shops, enterprises, public facilities. Places and what they need; no resident, no household."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PREMISE_KINDS = (
    ("building", _("楼宇")),
    ("shop", _("商铺")),
    ("enterprise", _("企业")),
    ("facility", _("公共设施")),
)
NEED_STATES = (("open", _("待答复")), ("answered", _("已答复")), ("matter", _("已登记为事项")))


class Premise(models.Model):
    """One place of business or public use in a grid, for a period.

    The contact is of the business (a duty desk, a manager on the shop's phone): name and phone are sealed under the
    row's own key and forgotten when the premise ends.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=PREMISE_KINDS)
    address = models.CharField(max_length=160)
    grid = models.ForeignKey("grids.Grid", on_delete=models.PROTECT, related_name="+")
    wrapped_key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True, help_text="AES-256-GCM of {name, phone} of the business contact")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day on which the place is there")

    class Meta:
        ordering = ["grid", "name"]
        indexes = [models.Index(fields=["grid", "kind"], name="premise_grid")]
        constraints = [
            models.UniqueConstraint(
                fields=["grid", "name", "address"], condition=Q(valid_to__isnull=True), name="premise_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="premise_period"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(sealed__isnull=True, wrapped_key__isnull=True),
                name="premise_forgets",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PremiseVisit(models.Model):
    """走访: what was seen of the place on a day, in words about the place."""

    premise = models.ForeignKey(Premise, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    seen = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["premise", "-day"], name="premisevisit_day")]

    def __str__(self) -> str:
        return f"{self.premise_id} {self.day}"


class PremiseNeed(models.Model):
    """What the place needs: answered on the spot, or made a matter whose number stays here."""

    premise = models.ForeignKey(Premise, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=10, choices=NEED_STATES, default="open")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.CharField(max_length=500, blank=True, default="")
    number = models.CharField(max_length=40, blank=True, default="", help_text="of the matter it became")
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["premise"], condition=Q(state="open"), name="premiseneed_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, number="")
                | Q(state="answered", decided_at__isnull=False, number="")
                | (Q(state="matter", decided_at__isnull=False) & ~Q(number="")),
                name="premiseneed_state",
            )
        ]

    def __str__(self) -> str:
        return f"{self.premise_id} {self.state}"
