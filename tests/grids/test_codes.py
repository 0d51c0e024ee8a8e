"""Codes are opaque; only the division inside is checked."""

from __future__ import annotations

import pytest

from yimen.grids import codes

DIVISION = "990101007003"


def test_a_cjt349_code_has_twenty_digits_and_carries_the_division() -> None:
    code = codes.cjt349(DIVISION, 2)
    assert len(code) == 20
    assert codes.division(code, "cjt349") == DIVISION
    assert code.endswith("02")


@pytest.mark.parametrize("length", [14, 15])
def test_the_usual_practice_puts_the_division_first(length: int) -> None:
    code = DIVISION + "1" * (length - 12)
    assert codes.division(code, "practice") == DIVISION


@pytest.mark.parametrize(
    ("code", "scheme", "complaint"),
    [
        (codes.cjt349(DIVISION)[:-1], "cjt349", "digits, not 19"),
        ("9901010070031x", "practice", "digits only"),
        ("９９０１０１００７００３", "division", "digits only"),
        (DIVISION, "elsewhere", "not declared"),
    ],
)
def test_a_malformed_code_says_what_is_wrong(code: str, scheme: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        codes.division(code, scheme)


@pytest.mark.parametrize("street", ["000", "600", "999"])
def test_a_subdistrict_number_out_of_the_standard_is_refused(street: str) -> None:
    with pytest.raises(ValueError, match="subdistrict"):
        codes.check(codes.cjt349(f"990101{street}003"), "cjt349", 3)


def test_only_the_subdistrict_itself_ends_in_three_zeros() -> None:
    street = codes.cjt349("990101007000")
    codes.check(street, "cjt349", 1)
    with pytest.raises(ValueError, match="community"):
        codes.check(street, "cjt349", 2)
    with pytest.raises(ValueError, match="000"):
        codes.check(codes.cjt349(DIVISION), "cjt349", 1)


def test_a_merged_community_from_601_is_a_community() -> None:
    codes.check(codes.cjt349("990101007601", 1), "cjt349", 3)
