"""Letters of a matter (文书): drafted, reviewed, signed, sealed, served; and review and re-review by the level above.

No name of a resident stands here in plain: a letter is addressed to a place among the matter's own people.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..fields import DECISIONS, REVIEW_OUTCOMES, WAYS
from ..letters import OPEN, STATES
from .case import Case
from .staff import staff


def _unit(**more: object) -> models.ForeignKey:
    return models.ForeignKey("organisations.Unit", on_delete=models.PROTECT, related_name="+", **more)


class LetterHead(models.Model):
    """发文字号: in whose name a unit's letters go out and under which mark they are numbered. Without a row: the shipped way."""

    unit = models.OneToOneField("organisations.Unit", on_delete=models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=80, help_text="the unit that seals, never an inner office")
    prefix = models.CharField(max_length=20, help_text="mark of opinion letters, as 永街信")
    notice_prefix = models.CharField(max_length=20, help_text="mark of notices, as 永街信告")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.prefix}"


class Letter(models.Model):
    """One letter. `kind` is a key of data/letter_kinds.csv; its words are the `LetterText` of its `version`.

    Who and when of each step stand here as they hold now (sent back, they are empty again); the ledger keeps them all.
    `addressee` is a slot among the matter's participants; empty: the letter greets nobody by name.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    unit = _unit()
    issuer = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=[(key, state.zh) for key, state in STATES.items()])
    version = models.PositiveSmallIntegerField(default=0)
    addressee = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.CharField(max_length=60, blank=True, default="")
    prefix = models.CharField(max_length=20, blank=True, default="")
    year = models.PositiveSmallIntegerField(null=True)
    serial = models.PositiveIntegerField(null=True)
    drafted_by = staff()
    drafted_at = models.DateTimeField()
    submitted_by = staff(null=True)
    submitted_at = models.DateTimeField(null=True)
    reviewed_by = staff(null=True)
    reviewed_at = models.DateTimeField(null=True)
    signed_by = staff(null=True)
    signed_at = models.DateTimeField(null=True)
    signatory = models.CharField(max_length=40, blank=True, default="", help_text="签发人 on the paper")
    sealed_by = staff(null=True)
    sealed_at = models.DateTimeField(null=True)
    back_by = staff(null=True)
    back_at = models.DateTimeField(null=True)
    back_reason = models.TextField(blank=True, default="", help_text="why it was last sent back")
    void_by = staff(null=True)
    void_at = models.DateTimeField(null=True)
    void_reason = models.TextField(blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(state__in=OPEN), name="letter_one_open"
            ),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="letter_number_once"),
            models.UniqueConstraint(fields=["prefix", "year", "serial"], name="letter_serial_once"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("drafted_by")),
                name="letter_not_signed_by_drafter",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "sealed", "served"])
                | Q(signed_by__isnull=False, reviewed_by__isnull=False) & ~Q(number=""),
                name="letter_signed_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sealed", "served"]) | Q(sealed_by__isnull=False),
                name="letter_sealed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="void") | Q(void_at__isnull=False) & ~Q(void_reason=""),
                name="letter_void_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="letter_case"),
            models.Index(fields=["unit", "state", "id"], condition=Q(state__in=OPEN), name="letter_waiting"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.case_id} {self.kind}"


class LetterText(models.Model):
    """One wording of a letter. Append-only: the database refuses UPDATE and DELETE; a correction is the next version.

    Named as on the forms: V06 uses received_on to remedy, V05 request (摘要), received (接收情况) to extension.
    """

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    received_on = models.DateField(null=True, blank=True)
    forwarder = models.CharField(max_length=200, blank=True, default="")
    request = models.TextField(blank=True, default="")
    facts = models.TextField(blank=True, default="")
    opinion = models.TextField(blank=True, default="")
    decision = models.CharField(max_length=8, choices=DECISIONS, blank=True, default="")
    basis = models.TextField(blank=True, default="")
    remedy = models.TextField(blank=True, default="")
    received = models.TextField(blank=True, default="")
    procedure = models.TextField(blank=True, default="")
    sent_to = models.CharField(max_length=200, blank=True, default="")
    competent = models.CharField(max_length=300, blank=True, default="")
    extension = models.TextField(blank=True, default="")
    by = staff()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "version"], name="lettertext_version")]

    def __str__(self) -> str:
        return f"{self.letter_id} v{self.version}"


class ServiceReceipt(models.Model):
    """送达回证: how, where and when a letter reached the person. `way` is a key of data/service_ways.csv. No names."""

    RECEIVERS = (
        ("self", _("本人")),
        ("family", _("同住成年家属")),
        ("agent", _("代理人或者指定的代收人")),
        ("unit", _("所在单位或者居（村）民委员会")),
    )
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=12)
    place = models.CharField(max_length=200, blank=True, default="")
    received_at = models.DateTimeField(help_text="收到日期: review runs from this day (条例 §35)")
    receiver = models.CharField(max_length=8, choices=RECEIVERS, blank=True, default="")
    relation = models.CharField(max_length=40, blank=True, default="", help_text="与受送达人关系, no name")
    post_number = models.CharField(max_length=40, blank=True, default="")
    carrier = models.CharField(
        max_length=100, blank=True, default="", help_text="the body entrusted, or the board of a notice"
    )
    refusal = models.CharField(max_length=200, blank=True, default="", help_text="拒收事由")
    witnessed = models.BooleanField(default=False)
    server = staff()
    scan = models.ForeignKey("cases.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True, default="")
    by = staff()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.letter_id} {self.way}"


class Review(models.Model):
    """复查 (level 1) or 复核 (level 2) by the level above (信访工作条例 §§35, 36).

    `served_at` is the receipt that the right to ask runs from, `right_until` its last moment; `asked_on` the day the
    person asked. Decided: `outcome`, the authority's own number and the day it decided, and when the person got it.
    """

    LEVELS = ((1, _("复查")), (2, _("复核")))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="+")
    served_at = models.DateTimeField()
    right_until = models.DateTimeField()
    asked_on = models.DateField()
    way = models.CharField(max_length=8, choices=WAYS)
    words = models.TextField()
    authority = models.CharField(max_length=100)
    authority_unit = _unit(null=True)
    by = staff()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=REVIEW_OUTCOMES, blank=True, default="")
    number = models.CharField(max_length=60, blank=True, default="")
    decided_on = models.DateField(null=True)
    told_at = models.DateTimeField(null=True, help_text="when the person received the decision")
    note = models.TextField(blank=True, default="")
    ended_by = staff(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(outcome=""), name="review_one_open"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "withdrawn"])
                | Q(
                    decided_on__isnull=False,
                    decided_on__gte=F("asked_on"),
                    told_at__isnull=False,
                    ended_at__isnull=False,
                ),
                name="review_decided_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="review_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.level}"
