"""Facts of a matter with rows of their own: who was asked, what was answered, extended, urged, suspended."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..fields import DECISIONS, OUTCOMES, RATINGS, SOLVED, WAYS
from .case import Case
from .staff import staff

_RATING = [(int(code), words) for code, words in RATINGS]


def _case() -> models.ForeignKey:
    return models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")


def _unit(**more: object) -> models.ForeignKey:
    return models.ForeignKey("organisations.Unit", on_delete=models.PROTECT, related_name="+", **more)


class Assignment(models.Model):
    """主办 or 协办: one unit's part in a matter, with its own clock and a small machine of its own."""

    ROLES = (("lead", _("主办")), ("assist", _("协办")))
    STATES = (
        ("sent", _("已转办")),
        ("signed", _("已签收")),
        ("reported", _("已报结果")),
        ("returned", _("已退回")),
        ("ended", _("已结束")),
    )
    case = _case()
    unit = _unit()
    role = models.CharField(max_length=6, choices=ROLES)
    state = models.CharField(max_length=8, choices=STATES, default="sent")
    offline = models.BooleanField(
        default=False, help_text="线下转办: by letter or call, the desk types the reply"
    )
    require = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    sent_by = staff()
    clock = models.ForeignKey("cases.Clock", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(role="lead") & ~Q(state__in=["returned", "ended"]),
                name="assignment_one_lead",
            ),
            models.UniqueConstraint(
                fields=["case", "unit"],
                condition=~Q(state__in=["returned", "ended"]),
                name="assignment_unit_once",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state", "case"], name="assignment_unit"),
            models.Index(
                fields=["unit"],
                condition=Q(role="assist", state__in=("sent", "signed")),
                name="assignment_helping",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role} {self.unit_id}"


class ReturnRequest(models.Model):
    """申请退回 and its answer (信访工作条例 §23: reasons, and the sender must agree)."""

    case = _case()
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    asked_by = staff()
    asked_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    answer = models.TextField(blank=True, default="")
    answered_by = staff(null=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.case_id}"


class Result(models.Model):
    """What a unit reports as done. Never overwritten: work done again is a new row."""

    case = _case()
    unit = _unit()
    text = models.TextField()
    decision = models.CharField(max_length=8, choices=DECISIONS, blank=True, default="")
    basis = models.TextField(blank=True, default="")
    source_reply = models.CharField(max_length=200, blank=True, default="")
    without = models.TextField(
        blank=True, default="", help_text="why it was reported before every assisting unit had answered"
    )
    by = staff()
    at = models.DateTimeField()
    verified_by = staff(null=True)
    verified_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.case_id}"


class Contact(models.Model):
    """联系居民: one call or visit, when, how it went. Answering (答复) and call-back (回访) are other things."""

    OUTCOMES = (("reached", _("已联系上")), ("no_answer", _("没有接通")), ("agreed", _("约定再谈")))
    case = _case()
    at = models.DateTimeField()
    way = models.CharField(max_length=8, choices=WAYS)
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    note = models.TextField(blank=True, default="")
    by = staff()

    def __str__(self) -> str:
        return f"{self.case_id}"


class Callback(models.Model):
    """回访: one try by the centre. The rating is the person's own and is never typed by the handling unit."""

    case = _case()
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    way = models.CharField(max_length=8, choices=WAYS, default="phone")
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    solved = models.CharField(max_length=8, choices=SOLVED, blank=True, default="")
    rating = models.PositiveSmallIntegerField(null=True, choices=_RATING)
    comment = models.TextField(blank=True, default="")
    by = staff()

    def __str__(self) -> str:
        return f"{self.case_id}"


class Extension(models.Model):
    """延期: asked before expiry, approved or refused by the head, told to the person (信访工作条例 §34: 30 days in all).

    `amount` is what was asked while `state` is asked, what was given once it is approved.
    """

    STATES = (
        ("asked", _("待批")),
        ("approved", _("已批准")),
        ("refused", _("未批准")),
        ("lapsed", _("不再需要")),
    )
    case = _case()
    clock = models.ForeignKey("cases.Clock", on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveIntegerField()
    reason = models.TextField()
    state = models.CharField(max_length=8, choices=STATES, default="approved")
    asked_by = staff()
    asked_at = models.DateTimeField()
    approved_by = staff(null=True)
    approved_at = models.DateTimeField(null=True)
    refused_by = staff(null=True)
    refused_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="", help_text="why it was refused")
    told_way = models.CharField(max_length=8, choices=WAYS, blank=True, default="")
    told_at = models.DateTimeField(null=True, help_text="when the reason was told to the person")
    told_words = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="asked"), name="extension_one_asked")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} +{self.amount}"


class Suspension(models.Model):
    """中止计时: an interval [since, until) that is taken out of the count, with reason and approver."""

    case = _case()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    ground = models.CharField(
        max_length=24, blank=True, default="", help_text="key in data/suspension_reasons.csv"
    )
    reason = models.TextField(help_text="the note to it")
    approved_by = staff()
    ended_by = staff(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(until__isnull=True), name="suspension_one_open"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="suspension_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"


class Urge(models.Model):
    """催办, rung by rung: the unit's liaison, its head, then reported to the director (PRACTICE: pressure has an order)."""

    LEVELS = (("liaison", _("联络员")), ("head", _("单位负责人")), ("director", _("中心主任")))
    case = _case()
    unit = _unit()
    level = models.CharField(max_length=8, choices=LEVELS, default="liaison")
    to_user = staff(null=True)
    words = models.TextField()
    by = staff()
    at = models.DateTimeField()
    reply = models.TextField(blank=True, default="")
    replied_by = staff(null=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="urge_case"),
            models.Index(fields=["case"], condition=Q(replied_at__isnull=True), name="urge_unanswered"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"


class Supervision(models.Model):
    """督办单 (V03): numbered without a gap in its year and signed, never before the lower rungs (PRACTICE).

    `words` is 督办内容, `unit` the lead unit, `due_on` 交办时限; rows from before numbers had a year have no serial.
    """

    MODES = (("once", _("一次性反馈")), ("periodic", _("定期反馈")))
    case = _case()
    unit = _unit()
    number = models.CharField(max_length=40, unique=True)
    year = models.PositiveSmallIntegerField(null=True)
    serial = models.PositiveIntegerField(null=True)
    title = models.CharField(max_length=200, blank=True, default="")
    words = models.TextField()
    instructed_by = staff(null=True)
    lead_leader = staff(null=True)
    co_leaders = models.ManyToManyField("accounts.User", related_name="+", blank=True)
    co_units = models.ManyToManyField("organisations.Unit", related_name="+", blank=True)
    feedback_mode = models.CharField(max_length=8, choices=MODES, default="once")
    cycle_days = models.PositiveSmallIntegerField(null=True, blank=True)
    contact = staff(null=True)
    phone = models.CharField(max_length=40, blank=True, default="")
    signed_by = staff()
    at = models.DateTimeField()
    due_on = models.DateField()
    concluded_at = models.DateTimeField(null=True, blank=True)
    concluded_by = staff(null=True)
    conclusion = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="supervision_number_once"),
            models.CheckConstraint(
                condition=Q(feedback_mode="once") | Q(cycle_days__gte=1), name="supervision_cycle"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="supervision_case"),
            models.Index(fields=["case"], condition=Q(concluded_at__isnull=True), name="supervision_open"),
        ]

    def __str__(self) -> str:
        return self.number


class Visit(models.Model):
    """再次来访: the same matter, the person came again."""

    case = _case()
    at = models.DateTimeField()
    words = models.TextField()
    by = staff()

    def __str__(self) -> str:
        return f"{self.case_id}"


class Link(models.Model):
    """Two matters linked by a clerk's own act (the same matter, or a follow-up). Nothing links people."""

    KINDS = (("same", _("同一件事")), ("follow", _("另立新件")), ("split", _("拆分")))
    case = _case()
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=KINDS, default="same")
    by = staff()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other"], name="link_once"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="link_not_self"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}–{self.other_id}"
