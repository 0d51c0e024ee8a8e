"""What goes onto each paper: plain values, named as in `form_fields.csv`. Nothing here reads a database.

Who may see a value is decided before it comes here: a name or a phone passed in is printed as it is.
An empty value leaves its place on the paper blank, to be written by hand. Moments are aware datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Size = Literal["a5", "80mm"]
Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One 领导批示. Never edited: a wrong one stays, struck through, with who struck it and why."""

    instruction: str
    instructed_by: str
    instructed_at: datetime | None
    recorded_by: str = ""  # who typed it in for the leader (代录)
    struck: bool = False
    struck_by: str = ""
    struck_at: datetime | None = None
    struck_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of follow-up (跟进) or feedback (反馈): when, by whom or in which way, what."""

    at: datetime | None
    by: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class V01:
    """群众来访接待登记表. The list's `instructed_by` and `instructed_at` live in each `Instruction`."""

    office: str
    no: str
    visited_at: datetime | None
    channel: str
    party_size: int | None
    appeal_kind: str
    topic: str
    request: str
    receiver: str
    route: str
    confidential: bool | None

    window: str = ""
    visitor_name: str = ""
    sex: str = ""  # not asked for: its place is printed only when it was given
    age: str = ""  # an age band rather than a number; printed only when it was given
    phone: str = ""
    address: str = ""
    representatives: list[str] = field(default_factory=list)  # at most five (信访工作条例 §20)
    is_repeat: bool | None = None
    facts: str = ""
    place_grid: str = ""
    attachments: list[str] = field(default_factory=list)
    receiver_title: str = ""
    first_opinion: str = ""
    instruction: list[Instruction] = field(default_factory=list)
    handler_unit: str = ""
    assigned_at: datetime | None = None
    due: date | datetime | None = None
    followups: list[Record] = field(default_factory=list)
    result: str = ""
    feedback: list[Record] = field(default_factory=list)
    rating: str = ""
    remark: str = ""

    on_behalf: str = ""  # 代为反映人
    dictated: bool = False  # 口述代书: prints the read-back sentence and the witness's place
    witness: str = ""
    url: str = ""  # the case's page for staff, printed as a QR code
    printed_at: datetime | None = None
    printed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What every A4 form says besides its own fields: whose it is, and who printed it when."""

    office: str
    url: str = ""
    printed_at: datetime | None = None
    printed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class V02(Sheet):
    """转办单; `assigned` makes it a 交办单. `to_unit` is 主办, `co_units` are 协办."""

    no: str
    source_no: str
    to_unit: str
    kind: str
    content: str
    due: date | datetime | None
    by: str
    at: datetime | None
    co_units: list[str] = field(default_factory=list)
    require: str = ""
    signed: str = ""
    objection: str = ""
    reply: str = ""
    rating: str = ""
    unsat_reason: str = ""
    assigned: bool = False
    confidential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class V03(Sheet):
    """督办单: `lead_unit` is 牵头, `co_units` are 配合."""

    title: str
    doc_no: str
    content: str
    instructed_by: str
    at: datetime | None
    lead_leader: str
    due: date | datetime | None
    feedback_mode: str
    lead_unit: str
    co_leaders: list[str] = field(default_factory=list)
    feedback_cycle: str = ""
    co_units: list[str] = field(default_factory=list)
    contact: str = ""
    phone: str = ""
    files: list[str] = field(default_factory=list)
    reply: str = ""
    is_final: bool | None = None
    plan_finish: date | None = None
    finished_at: datetime | None = None
    callback_at: datetime | None = None
    callback: str = ""
    rating: str = ""
    source_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class V04(Sheet):
    """回访单: one try of the call-back desk."""

    source_no: str
    at: datetime | None
    way: str
    by: str
    reached: bool | None
    solved: str
    rating: str
    reason: str = ""
    action: str = ""
    topic: str = ""


Notice = Literal["accept", "forward", "refuse", "extend"]


@dataclass(frozen=True, slots=True, kw_only=True)
class V05:
    """信访告知书 in one of its four kinds, in the letter format of GB/T 9704. `issuer` seals it; a draft says so."""

    issuer: str
    kind: Notice
    doc_no: str
    name: str
    summary: str
    received: str
    procedure: str
    date: date | None
    served: str
    sent_to: str = ""
    competent: str = ""
    extension: str = ""
    approved_by: str = ""
    no: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class V06:
    """信访处理（答复）意见书, in the letter format of GB/T 9704. `seal` is the unit that seals, not an inner office."""

    title: str
    received: date | None
    request: str
    facts: str
    opinion: str
    basis: str
    remedy: str
    seal: str
    signed_by: str
    served: str
    forwarder: str = ""
    name: str = ""
    doc_no: str = ""
    date: date | None = None
    no: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """The paper a visitor takes home; it is also the written notice of 信访工作条例 §23.

    `url` is the public address `…/m/NUMBER#CODE`; without it no code is printed. `answer_by` empty prints
    a blank to fill in. Empty sentences (`statement`, `procedure`, `how_to_ask`, `unsatisfied`) take the
    standing ones of `data/words.toml`. `lang="en"` sets an English line under each Chinese one.
    """

    office: str
    no: str
    received_at: datetime | None  # empty on slips printed before a power cut
    answer_by: date | datetime | None
    first_contact: str
    first_contact_phone: str
    told_at: date | datetime | None = None  # the day of this notice; empty leaves it to the pen
    url: str = ""
    name: str = ""  # masked by the caller, or empty
    summary: str = ""  # one line; empty for sealed matters
    answer_note: str = ""  # why that day, e.g. the rule and its article
    route: str = ""
    procedure: str = ""
    sent_to: str = ""
    statement: str = ""
    how_to_ask: str = ""
    unsatisfied: str = ""
    address: str = ""
    hours: str = ""
    office_phone: str = ""
    lang: Lang = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """告知有权机关 or 引导法定途径: who is competent, where, when, and why it is not this office."""

    office: str
    no: str
    received_at: datetime
    kind: str  # 告知有权机关 or 引导法定途径
    body: str
    reason: str
    told_at: date | datetime | None = None
    address: str = ""
    phone: str = ""
    hours: str = ""
    name: str = ""
    summary: str = ""
    basis: str = ""
    bring: list[str] = field(default_factory=list)  # papers worth taking along
    url: str = ""
    first_contact: str = ""
    first_contact_phone: str = ""
    office_address: str = ""
    office_hours: str = ""
    lang: Lang = "zh"
