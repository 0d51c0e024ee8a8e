"""The one street served here."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.ledger.actions import append
from yimen.ledger.changes import difference, values_of

from ..models import Office


@transaction.atomic
def set_office(actor: Actor, **fields: str) -> Office:
    """Name the street served here. There is one office; a second call changes it. Raises Invalid by field."""
    office = Office.objects.select_for_update().order_by("id").first() or Office()
    before = values_of(office, fields)
    for name, value in fields.items():
        setattr(office, name, value)
    _check(office)
    office.save()
    append(actor, "organisations.office_set", "office", office.pk, difference(before, fields))
    return office


def _check(office: Office) -> None:
    try:
        office.full_clean()
    except ValidationError as error:
        said = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        raise Invalid(_("还有内容要补充或更正"), said) from error
