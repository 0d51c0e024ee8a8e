"""Each matter's own data key, wrapped by the master key: destroy the row, and its secrets are gone."""

from __future__ import annotations

from yimen.foundation import crypto

from ..models import CaseKey


def _aad(case_id: int) -> str:
    return f"cases_casekey.wrapped.{case_id}"


def make_key(case_id: int) -> bytes:
    """Make and store the key of a new matter; gives the plain key for use in the same transaction."""
    key = crypto.new_data_key()
    CaseKey.objects.create(case_id=case_id, wrapped=crypto.wrap(key, _aad(case_id)))
    return key


def data_key(case_id: int) -> bytes:
    """The plain key of a matter. Raises CaseKey.DoesNotExist after erasure."""
    return unwrapped(CaseKey.objects.get(case_id=case_id))


def unwrapped(row: CaseKey) -> bytes:
    return crypto.unwrap(bytes(row.wrapped), _aad(row.case_id))
