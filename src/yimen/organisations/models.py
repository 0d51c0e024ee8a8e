"""Bodies and units, and who belongs to them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    CENTRE = "centre", _("中心")
    OFFICE = "office", _("内设机构")
    STATIONED = "stationed", _("派驻单位")
    EXTERNAL = "external", _("无账号单位")
    COMMUNITY = "community", _("社区")
    DISTRICT = "district", _("区级单位")


class Unit(models.Model):
    """A unit a matter can be sent to. One without accounts (物业、供热…) is served offline by the centre."""

    key = models.SlugField(max_length=48, unique=True)
    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=UnitKind.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    online = models.BooleanField(
        default=True, help_text="has accounts; otherwise matters go by letter or call"
    )
    phone = models.CharField(max_length=40, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    hours = models.CharField(max_length=200, blank=True, default="")
    order = models.PositiveIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one unit. Open matters hold on to `active` by a foreign key: nobody leaves them behind."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)
    title = models.CharField(max_length=40, blank=True, default="")
    window = models.CharField(max_length=20, blank=True, default="")
    liaison = models.BooleanField(
        default=False, help_text="联络员: what is sent to the unit arrives here first"
    )
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "unit"], name="membership_once"),
            models.UniqueConstraint(fields=["user", "unit", "active"], name="membership_key"),
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(liaison=True, active=True), name="one_liaison"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.unit_id}"


class Office(models.Model):
    """The one street this installation serves: what letterheads, slips and the public page say."""

    name = models.CharField(max_length=80)
    centre_name = models.CharField(max_length=80)
    number_prefix = models.CharField(
        max_length=4, default="永", help_text="first character of a matter's number"
    )
    address = models.CharField(max_length=200, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    hours = models.CharField(max_length=200, blank=True, default="")
    duty_phone = models.CharField(
        max_length=40, blank=True, default="", help_text="answered day and night (值班电话)"
    )
    supervision_phone = models.CharField(
        max_length=40, blank=True, default="", help_text="for complaints about the work (监督电话)"
    )
    division_code = models.CharField(max_length=12, blank=True, default="")
    public_url = models.CharField(
        max_length=200, blank=True, default="", help_text="address printed in slip codes"
    )
    note = models.CharField(
        max_length=300, blank=True, default="", help_text="shown with the name, e.g. on a demo"
    )

    def __str__(self) -> str:
        return self.name
