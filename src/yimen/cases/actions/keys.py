"""Each matter's own data key, wrapped by the master key: destroy the row, and its secrets are gone."""

from __future__ import annotations

from yimen.foundation import crypto

from .. import dossier
from ..models import Case, CaseKey

_IN_HAND = "_data_key"


def place_of(case_id: int) -> str:
    return f"cases_casekey.wrapped.{case_id}"


def make_key(case_id: int) -> bytes:
    """Make and store the key of a new matter; gives the plain key for use in the same transaction."""
    key = crypto.new_data_key()
    CaseKey.objects.create(case_id=case_id, wrapped=crypto.wrap(key, place_of(case_id)))
    return key


def draft_key(case: Case) -> CaseKey:
    """`new_key`, its row unsaved."""
    case.__dict__[_IN_HAND] = key = crypto.new_data_key()
    return CaseKey(case_id=case.pk, wrapped=crypto.wrap(key, place_of(case.pk)))


def new_key(case: Case) -> bytes:
    """`make_key`, remembered with the matter in hand: what is sealed next needs no query."""
    case.__dict__[_IN_HAND] = key = make_key(case.pk)
    return key


def key_of(case: Case) -> bytes:
    """The plain key of a matter in hand, read once for as long as it is in hand. Raises as `data_key`."""
    kept = case.__dict__
    if _IN_HAND not in kept:
        rows = dossier.of(case).keys
        if not rows:
            raise CaseKey.DoesNotExist(f"the key of {case.pk} is destroyed")
        kept[_IN_HAND] = unwrapped(rows[0])
    return bytes(kept[_IN_HAND])


def data_key(case_id: int) -> bytes:
    """The plain key of a matter. Raises CaseKey.DoesNotExist after erasure."""
    return unwrapped(CaseKey.objects.get(case_id=case_id))


def unwrapped(row: CaseKey) -> bytes:
    return crypto.unwrap(bytes(row.wrapped), place_of(row.case_id))
