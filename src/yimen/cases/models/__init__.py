"""Tables of the room `cases`."""

from .case import Case, Category
from .clock import Clock
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
    "Contact",
    "Extension",
    "Link",
    "Participant",
    "PhoneIndex",
    "Result",
    "ReturnRequest",
    "SealedExclusion",
    "SealedGrant",
    "SlipCode",
    "Supervision",
    "Suspension",
    "Urge",
    "Visit",
]
