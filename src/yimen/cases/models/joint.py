"""Several units on one matter, several matters about one thing, several people in one matter; how calls are chosen."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..fields import OUTCOMES, RATINGS, SOLVED, WAYS
from ..states import FLOWS
from .case import Case
from .facts import Assignment
from .staff import staff

_RATING = [(int(code), words) for code, words in RATINGS]
CERTAINTIES = ("S", "X", "M", "D")


def _case() -> models.ForeignKey:
    return models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")


class AssistResult(models.Model):
    """What an assisting unit answered to the lead unit. Never overwritten."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    by = staff()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.assignment_id}"


class AssistReturn(models.Model):
    """退回协办: an assisting unit says it is not its matter; the lead or the desk decides."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    asked_by = staff()
    asked_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    answer = models.TextField(blank=True, default="")
    answered_by = staff(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(agreed__isnull=True), name="assistreturn_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}"


class Merge(models.Model):
    """并案: a matter handled together with a main one (主件). It keeps its number, slip, answer and rating.

    Open (`ended_at` null) from the merging until it is taken out again, also while it is told, called back and closed.
    """

    case = _case()
    main = _case()
    by = staff()
    at = models.DateTimeField()
    ended_by = staff(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="merge_one_main"
            ),
            models.CheckConstraint(condition=~Q(case=F("main")), name="merge_not_self"),
        ]
        indexes = [models.Index(fields=["main"], condition=Q(ended_at__isnull=True), name="merge_main")]

    def __str__(self) -> str:
        return f"{self.case_id}→{self.main_id}"


class PersonAnswer(models.Model):
    """A matter of many (联名): what each listed person was told, and what each said. Kept per person, never averaged.

    `slot` is the participant's place in the matter; `turn` counts the replies (work done again is told again).
    """

    case = _case()
    turn = models.PositiveSmallIntegerField()
    slot = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField(null=True, blank=True)
    told_way = models.CharField(max_length=8, choices=WAYS, blank=True, default="")
    told_by = staff(null=True)
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True, default="")
    solved = models.CharField(max_length=8, choices=SOLVED, blank=True, default="")
    rating = models.PositiveSmallIntegerField(null=True, blank=True, choices=_RATING)
    comment = models.TextField(blank=True, default="")
    called_by = staff(null=True)
    called_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "turn", "slot"], name="personanswer_once"),
            models.CheckConstraint(
                condition=Q(outcome="reached") | Q(rating__isnull=True, solved=""),
                name="personanswer_only_the_reached_rate",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="personanswer_rating_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}.{self.slot}"


class UnsolvedDecision(models.Model):
    """书面决定: unsolved after it was sent back once, the centre decides in writing what follows (PRACTICE)."""

    CHOICES = (("redo", _("再次退回重办")), ("close", _("不再退回，办结")))
    case = _case()
    choice = models.CharField(max_length=8, choices=CHOICES)
    reason = models.TextField()
    by = staff()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id}"


class CallbackRule(models.Model):
    """抽样回访: of a category (empty: every) and a kind of matter (empty: both), how many per cent are called back.

    `always` names what is called back whatever the percentage says (`callback_rules.ALWAYS`).
    """

    category = models.CharField(max_length=40, blank=True, default="", help_text="key of a category")
    flow = models.CharField(
        max_length=10, blank=True, default="", choices=[(flow.value, words) for flow, words in FLOWS.items()]
    )
    percent = models.PositiveSmallIntegerField()
    always = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    source = models.CharField(max_length=200, blank=True, default="")
    certainty = models.CharField(max_length=1)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day included")

    class Meta:
        ordering = ["category", "flow", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["category", "flow", "valid_from"], name="callbackrule_version"),
            models.UniqueConstraint(
                fields=["category", "flow"],
                condition=Q(valid_to__isnull=True),
                name="callbackrule_one_open_ended",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="callbackrule_percent"),
            models.CheckConstraint(condition=Q(certainty__in=CERTAINTIES), name="callbackrule_certainty"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="callbackrule_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or '*'}/{self.flow or '*'} {self.percent}%"


class CallbackScript(models.Model):
    """回访用语: what the caller says and asks, in order; for a category and a kind of matter, empty: for every one."""

    category = models.CharField(max_length=40, blank=True, default="", help_text="key of a category")
    flow = models.CharField(
        max_length=10, blank=True, default="", choices=[(flow.value, words) for flow, words in FLOWS.items()]
    )
    opening = models.TextField()
    ask_solved = models.TextField()
    ask_rating = models.TextField()
    closing = models.TextField(blank=True, default="")
    source = models.CharField(max_length=200, blank=True, default="")
    certainty = models.CharField(max_length=1)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day included")

    class Meta:
        ordering = ["category", "flow", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["category", "flow", "valid_from"], name="callbackscript_version"),
            models.UniqueConstraint(
                fields=["category", "flow"],
                condition=Q(valid_to__isnull=True),
                name="callbackscript_one_open_ended",
            ),
            models.CheckConstraint(condition=Q(certainty__in=CERTAINTIES), name="callbackscript_certainty"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="callbackscript_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or '*'}/{self.flow or '*'}"


class Sampling(models.Model):
    """Whether a matter is called back, decided once when it was told, with the rule that decided it. Never changed."""

    case = _case()
    turn = models.PositiveSmallIntegerField(help_text="counts the replies of the matter")
    drawn = models.BooleanField()
    why = models.CharField(max_length=12, help_text="a name of ALWAYS, or share: by the percentage")
    percent = models.PositiveSmallIntegerField()
    rule = models.ForeignKey(CallbackRule, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "turn"], name="sampling_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.drawn}"
