"""Tables of the room `cases`."""

from .alikes import Alike
from .case import Case, Category
from .clock import Clock
from .desk import Note, OutsideNumber, ReadUpTo, SavedFilter
from .facts import (
    Assignment,
    Callback,
    Contact,
    Extension,
    Link,
    Result,
    ReturnRequest,
    Supervision,
    Suspension,
    Urge,
    Visit,
)
from .grid import Climb, DistrictRequest, EventClass
from .handbook import (
    CommonAnswer,
    CompetentBody,
    HandbookVersion,
    PublicPhone,
    RetentionClass,
    SuspensionReason,
)
from .instructions import Instruction, InstructionMark, Phrase, Submission
from .joint import (
    AssistResult,
    AssistReturn,
    CallbackRule,
    CallbackScript,
    Merge,
    PersonAnswer,
    Sampling,
    UnsolvedDecision,
)
from .leaders import CaseLeader, ReceptionDay, ReceptionVisit
from .letters import Letter, LetterHead, LetterText, Review, ServiceReceipt
from .majors import MajorReport
from .papers import Attachment, SlipCode
from .people import CaseKey, Participant, PhoneIndex, SealedExclusion, SealedGrant
from .pressure import PressureSetting, Reminder, SupervisionFeedback
from .reserves import MaterialReceipt, ReservedNumber
from .retention import Disposal, LegalHold, PersonRequest, RetentionRun
from .routing import RoutingRule

__all__ = [
    "Alike",
    "Assignment",
    "AssistResult",
    "AssistReturn",
    "Attachment",
    "Callback",
    "CallbackRule",
    "CallbackScript",
    "Case",
    "CaseKey",
    "CaseLeader",
    "Category",
    "Climb",
    "Clock",
    "CommonAnswer",
    "CompetentBody",
    "Contact",
    "Disposal",
    "DistrictRequest",
    "EventClass",
    "Extension",
    "HandbookVersion",
    "Instruction",
    "InstructionMark",
    "LegalHold",
    "Letter",
    "LetterHead",
    "LetterText",
    "Link",
    "MajorReport",
    "MaterialReceipt",
    "Merge",
    "Note",
    "OutsideNumber",
    "Participant",
    "PersonAnswer",
    "PersonRequest",
    "PhoneIndex",
    "Phrase",
    "PressureSetting",
    "PublicPhone",
    "ReadUpTo",
    "ReceptionDay",
    "ReceptionVisit",
    "Reminder",
    "ReservedNumber",
    "Result",
    "RetentionClass",
    "RetentionRun",
    "ReturnRequest",
    "Review",
    "RoutingRule",
    "Sampling",
    "SavedFilter",
    "SealedExclusion",
    "SealedGrant",
    "ServiceReceipt",
    "SlipCode",
    "Submission",
    "Supervision",
    "SupervisionFeedback",
    "Suspension",
    "SuspensionReason",
    "UnsolvedDecision",
    "Urge",
    "Visit",
]
