"""Tables of the room `cases`."""

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
from .handbook import CommonAnswer, CompetentBody, HandbookVersion, PublicPhone, RetentionClass
from .papers import Attachment, SlipCode
from .people import CaseKey, Participant, PhoneIndex, SealedExclusion, SealedGrant

__all__ = [
    "Assignment",
    "Attachment",
    "Callback",
    "Case",
    "CaseKey",
    "Category",
    "Clock",
    "CommonAnswer",
    "CompetentBody",
    "Contact",
    "Extension",
    "HandbookVersion",
    "Link",
    "Note",
    "OutsideNumber",
    "Participant",
    "PhoneIndex",
    "PublicPhone",
    "ReadUpTo",
    "Result",
    "RetentionClass",
    "ReturnRequest",
    "SavedFilter",
    "SealedExclusion",
    "SealedGrant",
    "SlipCode",
    "Supervision",
    "Suspension",
    "Urge",
    "Visit",
]
