"""The field list drives the paper: what is required stands on it, what is to be left out never does."""

from __future__ import annotations

import csv
import dataclasses
import re
from pathlib import Path

import pytest

from yimen import foundation
from yimen.documents import fields, forms, press

DENY_LIST = Path(foundation.__file__).parent / "data" / "deny_fields.csv"
with DENY_LIST.open(encoding="utf-8", newline="") as _file:
    DENIED = {row["key"] for row in csv.DictReader(_file)}
SHAPE = {f.name for f in dataclasses.fields(forms.V01)} | {
    f.name for f in dataclasses.fields(forms.Instruction)
}


@pytest.mark.parametrize(
    ("form", "count"), [("V01", 35), ("V02", 15), ("V03", 22), ("V04", 9), ("V05", 11), ("V06", 11)]
)
def test_the_shipped_list_holds_each_form_whole(form: str, count: int) -> None:
    keys = [field.key for field in fields.FIELDS[form]]
    assert len(keys) == len(set(keys)) == count


def test_every_field_says_how_needed_and_how_certain_it_is() -> None:
    for field in (field for form in fields.FIELDS.values() for field in form):
        assert field.need in {"required", "optional", "omit"}
        assert re.fullmatch(r"[SXMD]2?|scope", field.status), field


def test_no_denied_name_is_ever_printed() -> None:
    assert "id_no" in DENIED
    for form in fields.FIELDS:
        assert not DENIED & set(fields.labels(form))
    for shape in (forms.V01, forms.Slip, forms.Referral):
        assert not DENIED & {field.name for field in dataclasses.fields(shape)}


def test_the_registration_form_takes_every_key_of_the_list_and_none_it_omits() -> None:
    assert set(fields.labels("V01")) <= SHAPE
    assert not {field.key for field in fields.FIELDS["V01"] if field.need == "omit"} & SHAPE


def test_the_layout_names_every_key_of_the_list_and_none_it_omits() -> None:
    layout = (press.FORMS / "V01.typ").read_text(encoding="utf-8")
    named = set(re.findall(r'"([a-z_]+)"', layout))
    assert set(fields.labels("V01")) <= named
    assert not {field.key for field in fields.FIELDS["V01"] if field.need == "omit"} & named


def test_labels_use_full_width_brackets() -> None:
    assert fields.labels("V01")["handler_unit"] == "承办单位（部门）"
