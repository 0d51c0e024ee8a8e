"""Identifiers: time-ordered UUIDs and slip codes that survive being typed by hand."""

from __future__ import annotations

import time
import uuid

import pytest

from yimen.foundation import ids


def test_a_uuid7_says_so_and_is_of_the_rfc_variant() -> None:
    made = ids.uuid7()
    assert made.version == 7 and made.variant == uuid.RFC_4122


def test_a_uuid7_begins_with_the_milliseconds_of_now() -> None:
    before, made, after = time.time_ns() // 10**6, ids.uuid7(), time.time_ns() // 10**6
    assert before <= made.int >> 80 <= after


def test_uuid7s_of_later_milliseconds_sort_later() -> None:
    earlier = ids.uuid7()
    time.sleep(0.003)
    assert earlier < ids.uuid7()


def test_ten_thousand_uuid7s_are_all_different() -> None:
    assert len({ids.uuid7() for _ in range(10_000)}) == 10_000


def test_every_random_bit_of_a_uuid7_is_used() -> None:
    seen_one = seen_zero = 0
    for _ in range(400):
        value = ids.uuid7().int
        seen_one |= value
        seen_zero |= ~value
    random_bits = ((1 << 62) - 1) | (0xFFF << 64)
    assert seen_one & seen_zero & random_bits == random_bits


def test_a_slip_code_has_a_hundred_bits_and_no_letters_to_misread() -> None:
    codes = [ids.slip_code() for _ in range(500)]
    assert len(set(codes)) == 500 and {len(c) for c in codes} == {20}
    assert len(set("".join(codes))) == 32
    assert not set("".join(codes)) & set("ILOU")


@pytest.mark.parametrize(
    "typed", ["0123-4567-89AB-CDEF-GH1J", "o123 4567 89ab cdef ghij", "0l23456789abcdefghLj"]
)
def test_a_slip_code_is_recognised_however_it_was_typed(typed: str) -> None:
    assert ids.slip_digest(typed) == ids.slip_digest("0123456789ABCDEFGH1J")


def test_another_code_has_another_digest_and_the_code_is_not_in_it() -> None:
    code = ids.slip_code()
    assert ids.slip_digest(code) != ids.slip_digest(ids.slip_code())
    assert code not in ids.slip_digest(code) and len(ids.slip_digest(code)) == 64
