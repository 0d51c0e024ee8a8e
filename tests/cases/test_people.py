"""People of a matter: what is taken for a phone, and what is asked under the lock."""

from __future__ import annotations

import pytest

from cast import Cast, advance
from yimen.cases.actions import people
from yimen.cases.actions.people import Person, correct_people, looks_like_phone
from yimen.cases.models import Case, PhoneIndex
from yimen.foundation.errors import Invalid


@pytest.mark.parametrize("text", ["13800002071", "0351-620 1234", "+86 138 0000 2071", "12345"])
def test_phones_are_phones(text: str) -> None:
    assert looks_like_phone(text)


@pytest.mark.parametrize(
    "text",
    ["110101199003070038", "110101 19900307 0038", "１１０１０１１９９００３０７００３８", "110101900307003"],
)
def test_an_identity_card_number_is_no_phone(text: str) -> None:
    assert not looks_like_phone(text)


def test_an_identity_card_number_in_the_field_of_the_phone_is_not_registered(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        cast["clerk1"].opens(name="陈女士", phone="110101199003070038")
    assert "phone" in refused.value.fields and not Case.objects.exists()


def test_a_correction_typed_while_the_matter_was_closed_leaves_no_phone_to_find_it_by(cast: Cast) -> None:
    clerk = cast["clerk1"]
    before = clerk.opens(name="陈女士", phone="13800002071")  # what the page of the second clerk was made of
    advance(cast, Case.objects.get(pk=before.pk), "closed")
    assert before.state == "registered" and not PhoneIndex.objects.exists()
    rows = [("visitor", Person("陈女士", "13900001111"))]
    correct_people(clerk.actor, clerk.grants, before, rows, "写错了")
    assert not PhoneIndex.objects.filter(case=before).exists()
    assert people.participants(before)[0].phone == "139****1111"
