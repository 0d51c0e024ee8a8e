"""The matter (事项) itself and its categories."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case as When_
from django.db.models import F, Func, Q
from django.db.models.expressions import When
from django.utils.translation import gettext_lazy as _

from ..states import FLOWS, STATES

CHANNELS = (
    ("visit", _("走访")),
    ("phone", _("电话")),
    ("letter", _("书信")),
    ("online", _("网络")),
    ("fax", _("传真")),
    ("above", _("上级转来")),
    ("import", _("历史导入")),
    ("grid", _("网格上报")),
)
URGENCIES = (("normal", _("一般")), ("urgent", _("紧急")), ("critical", _("特急")))
APPEALS = (
    ("suggestion", _("建议意见")),
    ("accusation", _("检举控告")),
    ("appeal", _("申诉求决")),
    ("enquiry", _("咨询")),
    ("help", _("求助")),
)


class Category(models.Model):
    """What a matter is about. A category ends by date, never by deletion; running matters keep theirs."""

    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80, blank=True, default="")
    short = models.CharField(max_length=12, blank=True, default="")
    default_unit = models.CharField(
        max_length=48, blank=True, default="", help_text="key of the usual lead unit"
    )
    dispatch_mode = models.CharField(
        max_length=8, default="direct", help_text="direct 授权直派, approve 呈批, urgent 先办后补批"
    )
    urgency = models.CharField(max_length=8, choices=URGENCIES, default="normal")
    words = models.JSONField(default=list, blank=True, help_text="words that suggest this category")
    order = models.PositiveIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="category_version")]

    def __str__(self) -> str:
        return self.name


class Bigrams(Func):
    """SQL `bigrams(text) → text[]`: neighbouring pairs of characters, for Chinese search."""

    function = "bigrams"
    output_field = ArrayField(models.TextField())


def _next_step_fits() -> Q:
    """Each open state goes with exactly its own next step; a matter that is no longer open has none.

    The null is ruled out by name: a check that comes out as null would pass.
    """
    steps, over = Q(), [state.name for state in STATES.values() if not state.open]
    for state in STATES.values():
        if state.open:
            steps |= Q(state=state.name, next_step=state.next_step)
    return Q(state__in=over, next_step__isnull=True) | (Q(next_step__isnull=False) & steps)


REMINDED = Q(reminded_clock=F("clock"), reminded_due=F("due_at"))
"""临期提醒 was given of the limit that governs now."""
LOOKED_AT = ("lead_unit", "holder", "accountable_person", "sealed", "hidden_at", "history", "suspended")
"""What lists and the right to see ask of every open matter."""
_LIMITS = ("clock", "reminded_clock", "reminded_due")


class Case(models.Model):
    """One matter. Holds what is true now; how it came about is in the ledger.

    While it is open (`open` is true, else null) the accountable person and unit, the holder, the next step and the
    governing clock are there and consistent: check constraints here, composite foreign keys in migration 0002.
    Received, told, accepted and served are four dates (信访工作条例 §§22, 23, 34, 35).
    """

    uuid = models.UUIDField(unique=True, editable=False)
    number = models.CharField(max_length=24, unique=True)
    flow = models.CharField(max_length=10, choices=[(flow.value, words) for flow, words in FLOWS.items()])
    screened = models.BooleanField(default=False, help_text="false: 待甄别, under the stricter clock")
    state = models.CharField(max_length=20)
    open = models.GeneratedField(
        expression=When_(When(next_step__isnull=False, then=True), default=None),
        output_field=models.BooleanField(null=True),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=1)

    title = models.CharField(max_length=120)
    text = models.TextField()
    wish = models.CharField(max_length=500, blank=True, default="")
    place = models.CharField(max_length=200, blank=True, default="")
    grid = models.ForeignKey("grids.Grid", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=8, choices=CHANNELS)
    appeal = models.CharField(max_length=12, choices=APPEALS, default="appeal")
    urgency = models.CharField(max_length=8, choices=URGENCIES, default="normal")
    party_size = models.PositiveIntegerField(default=1)
    anonymous = models.BooleanField(default=False)
    reachable = models.BooleanField(
        default=True, help_text="a phone was left; without one no call-back is owed"
    )
    confidential = models.BooleanField(default=False, help_text="来访人要求保密")
    sealed = models.BooleanField(default=False, help_text="检举控告: explicit grants only, text encrypted")
    sealed_text = models.BinaryField(null=True, blank=True)
    external_number = models.CharField(max_length=60, blank=True, default="")
    from_body = models.CharField(max_length=100, blank=True, default="", help_text="来文单位")
    from_number = models.CharField(max_length=60, blank=True, default="", help_text="来文文号")
    from_on = models.DateField(null=True, blank=True, help_text="收文日期")
    window = models.CharField(max_length=20, blank=True, default="")

    received_at = models.DateTimeField(help_text="收到")
    told_at = models.DateTimeField(null=True, blank=True, help_text="告知")
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="受理")
    served_at = models.DateTimeField(null=True, blank=True, help_text="答复送达")
    served_way = models.CharField(max_length=8, blank=True, default="", help_text="how the reply was served")
    closed_at = models.DateTimeField(null=True, blank=True)
    round_at = models.DateTimeField(
        help_text="receipt, or the latest reopening: what this round's limits count from"
    )
    changed_at = models.DateTimeField(help_text="when the latest step was done; nothing is done before it")
    recorded_at = models.DateTimeField(auto_now_add=True)

    accountable_unit = models.ForeignKey(
        "organisations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    accountable_person = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    holder_unit = models.ForeignKey(
        "organisations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    holder = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    lead_unit = models.ForeignKey(
        "organisations.Unit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    next_step = models.CharField(max_length=20, null=True)
    clock = models.ForeignKey("cases.Clock", null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, help_text="due of the governing clock, the earliest that runs")
    reminded_clock = models.BigIntegerField(
        null=True, editable=False, help_text="临期提醒: which limit was reminded of last"
    )
    reminded_due = models.DateTimeField(null=True, editable=False, help_text="and when it was due")
    reminded_liaison = models.BigIntegerField(
        null=True, editable=False, help_text="and who was told beside the holder"
    )

    returns = models.PositiveSmallIntegerField(default=0)
    redos = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    designated = models.BooleanField(default=False, help_text="指定承办: cannot be returned")
    suspended = models.BooleanField(default=False, help_text="中止计时")
    last_outcome = models.CharField(
        max_length=10, blank=True, default="", help_text="of the latest call-back"
    )
    last_solved = models.CharField(max_length=8, blank=True, default="")
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    sampled = models.BooleanField(
        default=True, help_text="false: told, and not drawn for a call-back (why: Sampling)"
    )
    answered_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    told_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    handler = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    event_class = models.ForeignKey(
        "cases.EventClass", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reported_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="the grid worker who reported the place",
    )  # fmt: skip
    lng = models.FloatField(null=True, blank=True, help_text="degrees, WGS-84: one point a report")
    lat = models.FloatField(null=True, blank=True)
    crs = models.CharField(
        max_length=12, blank=True, default="", db_default="", help_text="the system it was given in"
    )
    device_at = models.DateTimeField(
        null=True, blank=True, help_text="the phone's own clock; limits run from received_at"
    )
    verified = models.CharField(
        max_length=3, blank=True, default="", db_default="", help_text="核实: yes, no, or not yet"
    )
    refusals = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="不接, at the level where it lies now"
    )
    settled_on_spot = models.BooleanField(default=False, db_default=False, help_text="自行处置")

    history = models.BooleanField(
        default=False,
        help_text="came in already answered and nobody has looked at it yet: kept out of daily lists",
    )
    hidden_at = models.DateTimeField(
        null=True, blank=True, help_text="its period is over: in no list, search or export any more"
    )
    erased_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="destroyed: only number, dates, kind and outcome are left, for counting",
    )
    source = models.CharField(
        max_length=60, blank=True, default="", help_text="imports: name of the file or system"
    )
    client_key = models.UUIDField(null=True, blank=True, unique=True)
    client_hash = models.CharField(max_length=64, blank=True, default="")
    search_text = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(open__isnull=True)
                | Q(
                    accountable_unit__isnull=False,
                    accountable_person__isnull=False,
                    holder_unit__isnull=False,
                    holder__isnull=False,
                    next_step__isnull=False,
                    clock__isnull=False,
                    due_at__isnull=False,
                ),
                name="case_open_is_owned",
            ),
            models.CheckConstraint(condition=_next_step_fits(), name="case_next_step_fits_state"),
            models.CheckConstraint(
                condition=Q(sealed=False) | Q(search_text="", text=""), name="case_sealed_unsearchable"
            ),
            models.CheckConstraint(condition=Q(party_size__gte=1), name="case_party_size"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="case_rating_range"
            ),
            models.CheckConstraint(
                condition=~Q(flow="grid") | Q(event_class__isnull=False), name="case_grid_has_a_class"
            ),
            models.CheckConstraint(
                condition=Q(lng__isnull=True, lat__isnull=True)
                | (
                    Q(lng__isnull=False, lat__isnull=False)
                    & Q(lng__gte=-180, lng__lte=180, lat__gte=-90, lat__lte=90)
                ),
                name="case_point",
            ),
            models.CheckConstraint(condition=Q(verified__in=["", "yes", "no"]), name="case_verified"),
        ]
        indexes = [
            *(
                models.Index(  # worklists and their counts, which are read from the index alone
                    fields=[*fields, "due_at", "id"],
                    include=[each for each in (*LOOKED_AT, *more) if each not in fields],
                    condition=Q(open=True) & only,
                    name=name,
                )
                for name, fields, only, *more in (
                    ("case_holder_due", ["holder"], Q()),
                    ("case_accountable_due", ["accountable_person"], Q()),
                    ("case_lead_due", ["lead_unit"], Q()),
                    ("case_holder_unit_due", ["holder_unit"], Q()),
                    ("case_accountable_unit_due", ["accountable_unit"], Q(), "holder_unit"),
                    ("case_category_due", ["category"], Q()),
                    ("case_grid_due", ["grid"], Q()),
                    ("case_due", [], Q()),
                    ("case_unscreened", [], Q(screened=False)),
                    ("case_history_due", [], Q(history=True)),
                    ("case_to_call", [], Q(state="told", sampled=True)),
                    ("case_reminded", ["holder"], Q(reminded_due__isnull=False), *_LIMITS),
                    (
                        "case_reminded_liaison",
                        ["reminded_liaison"],
                        Q(reminded_liaison__isnull=False),
                        *_LIMITS,
                    ),
                )
            ),
            models.Index(fields=["state", "due_at", "id"], name="case_state_due"),
            models.Index(fields=["-received_at", "-id"], name="case_received"),
            models.Index(fields=["party_size"], condition=Q(open=True, party_size__gt=1), name="case_groups"),
            models.Index(
                fields=["reported_by", "-received_at"],
                condition=Q(reported_by__isnull=False),
                name="case_reported_by",
            ),
            models.Index(
                fields=["event_class", "-received_at"],
                condition=Q(event_class__isnull=False),
                name="case_event_class",
            ),
            models.Index(  # the map: read from the index alone, the rows untouched
                fields=["lng", "lat"],
                include=["id", "due_at", "sealed", "hidden_at", "holder", "accountable_person"],
                condition=Q(open=True, lng__isnull=False),
                name="case_on_map",
            ),
            models.Index(
                fields=["grid"],
                include=["id", "due_at", "sealed", "hidden_at", "holder", "accountable_person"],
                condition=Q(open=True, lng__isnull=True, grid__isnull=False),
                name="case_off_map",
            ),
            GinIndex(Func(F("search_text"), function="bigrams"), name="case_search"),
        ]

    def __str__(self) -> str:
        return self.number
