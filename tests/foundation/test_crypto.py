"""Keys and sealing: what opens, what must not, and what is said when a key is not right."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.foundation import crypto, keyfiles
from yimen.foundation.crypto import Keyring, KeyTrouble, SealBroken
from yimen.foundation.home import Home

PLACE = "cases_participant.name.17"
KEY = bytes(range(32))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    crypto.make_keys(made)
    return made


@pytest.fixture
def ring(home: Home) -> Keyring:
    return crypto.keyring(home)


# --- sealing -------------------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.text(min_size=1, max_size=40))
def test_what_is_sealed_opens_again(plaintext: bytes, place: str) -> None:
    assert crypto.open_sealed(KEY, crypto.seal(KEY, plaintext, place), place) == plaintext


def test_the_same_words_never_give_the_same_blob() -> None:
    assert len({crypto.seal(KEY, b"x", PLACE) for _ in range(50)}) == 50


def test_a_blob_does_not_hold_its_plaintext() -> None:
    assert "张三".encode() not in crypto.seal(KEY, "张三".encode(), PLACE)


def test_a_blob_moved_to_another_row_does_not_open() -> None:
    blob = crypto.seal(KEY, b"secret", PLACE)
    with pytest.raises(SealBroken):
        crypto.open_sealed(KEY, blob, "cases_participant.name.18")


@pytest.mark.parametrize("byte", range(1 + 8 + 12 + 6 + 16))
def test_a_flipped_bit_anywhere_is_noticed(byte: int) -> None:
    blob = bytearray(crypto.seal(KEY, b"secret", PLACE))
    blob[byte] ^= 1
    with pytest.raises((SealBroken, KeyTrouble)):
        crypto.open_sealed(KEY, bytes(blob), PLACE)


@pytest.mark.parametrize("length", [0, 1, 9, 21, 36, 42])
def test_a_cut_blob_is_noticed(length: int) -> None:
    with pytest.raises(SealBroken):
        crypto.open_sealed(KEY, crypto.seal(KEY, b"secret", PLACE)[:length], PLACE)


def test_another_data_key_is_named_as_the_trouble() -> None:
    with pytest.raises(KeyTrouble):
        crypto.open_sealed(bytes(32), crypto.seal(KEY, b"secret", PLACE), PLACE)


def test_a_short_data_key_is_refused() -> None:
    with pytest.raises(KeyTrouble, match="32"):
        crypto.seal(b"short", b"secret", PLACE)


def test_a_value_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="place"):
        crypto.seal(KEY, b"secret", "")


def test_data_keys_are_fresh_and_long_enough() -> None:
    keys = {crypto.new_data_key() for _ in range(100)}
    assert len(keys) == 100 and {len(k) for k in keys} == {32}


# --- wrapping ------------------------------------------------------------------------------------------


def test_a_wrapped_key_unwraps(ring: Keyring) -> None:
    assert ring.unwrap(ring.wrap(KEY, PLACE), PLACE) == KEY


def test_a_wrapped_key_belongs_to_its_case(ring: Keyring) -> None:
    with pytest.raises(SealBroken):
        ring.unwrap(ring.wrap(KEY, "cases_case.key.1"), "cases_case.key.2")


def test_a_sealed_value_cannot_pass_for_a_wrapped_key(ring: Keyring) -> None:
    blob = crypto.seal(ring.masters[ring.current], KEY, PLACE)
    with pytest.raises(SealBroken):
        ring.unwrap(blob, PLACE)


def test_another_homes_keyring_says_which_master_is_missing(ring: Keyring, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    crypto.make_keys(other)
    with pytest.raises(KeyTrouble, match=ring.current.hex()):
        crypto.keyring(other).unwrap(ring.wrap(KEY, PLACE), PLACE)


def test_after_rotation_old_wraps_open_and_new_ones_use_the_new_master(home: Home, ring: Keyring) -> None:
    old = ring.wrap(KEY, PLACE)
    assert crypto.rotate_master(home) == "master-0002.key"
    turned = crypto.keyring(home)
    new = turned.wrap(KEY, PLACE)
    assert turned.unwrap(old, PLACE) == turned.unwrap(new, PLACE) == KEY
    assert turned.rewrapped(new, PLACE) is None
    again = turned.rewrapped(old, PLACE)
    assert again and again[:9] == new[:9] != old[:9] and turned.unwrap(again, PLACE) == KEY
    with pytest.raises(KeyTrouble):
        ring.unwrap(new, PLACE)


def test_the_tenth_master_is_current_not_the_ninth(home: Home) -> None:
    for _ in range(9):
        last = crypto.rotate_master(home)
    line = (home.keys / last).read_text().split()[2]
    assert last == "master-0010.key" and crypto.keyring(home).current == crypto.key_id(bytes.fromhex(line))


# --- making keys ---------------------------------------------------------------------------------------


def test_keys_are_made_once_and_never_again(home: Home) -> None:
    before = {p.name: p.read_bytes() for p in home.keys.iterdir()}
    assert crypto.make_keys(home) == []
    assert {p.name: p.read_bytes() for p in home.keys.iterdir()} == before
    assert set(before) == {"django", "audit.key", "index.key", "checkpoint.key", "master-0001.key"}


def test_keys_are_readable_by_their_owner_only(home: Home) -> None:
    assert stat.S_IMODE(home.keys.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in home.keys.iterdir()} == {0o600}


def test_a_wide_open_umask_changes_nothing(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        crypto.make_keys(Home(tmp_path))
    finally:
        os.umask(previous)
    assert {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "keys").iterdir()} == {0o600}


def test_a_making_cut_short_is_completed_without_touching_what_is_there(tmp_path: Path) -> None:
    home = Home(tmp_path)
    crypto.make_keys(home)
    audit = (home.keys / "audit.key").read_bytes()
    (home.keys / "master-0001.key").unlink()
    (home.keys / "checkpoint.key").unlink()
    assert crypto.make_keys(home) == ["checkpoint.key", "master-0001.key"]
    assert (home.keys / "audit.key").read_bytes() == audit


@pytest.mark.parametrize("name", ["audit", "index", "checkpoint"])
def test_a_lost_key_is_not_silently_replaced(home: Home, name: str) -> None:
    (home.keys / f"{name}.key").unlink()
    with pytest.raises(KeyTrouble, match=f"{name}.key"):
        crypto.make_keys(home)
    assert not (home.keys / f"{name}.key").exists()


def test_a_key_made_by_another_process_in_the_meantime_stays(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = (home.keys / "audit.key").read_bytes()
    monkeypatch.setattr(Path, "exists", lambda self: False)
    assert keyfiles.write_new(home.keys, "audit.key", "another") == []
    assert (home.keys / "audit.key").read_bytes() == audit
    assert len(list(home.keys.iterdir())) == 5


def test_ten_processes_making_keys_at_once_agree(tmp_path: Path) -> None:
    home = Home(tmp_path)
    threads = [threading.Thread(target=crypto.make_keys, args=(home,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(home.keys.iterdir())) == 5
    assert crypto.keyring(home).masters


# --- keys that are not right ---------------------------------------------------------------------------


def _reload(home: Home) -> Keyring:
    crypto._load.cache_clear()
    return crypto.keyring(home)


def test_a_home_without_keys_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyTrouble, match=r"\./yimen up"):
        crypto.keyring(Home(tmp_path))


@pytest.mark.parametrize("name", ["master-0001", "audit", "index", "checkpoint"])
def test_a_short_key_is_named(home: Home, name: str) -> None:
    path = home.keys / f"{name}.key"
    path.write_text(path.read_text().strip()[:-2])
    with pytest.raises(KeyTrouble, match=rf"{name}.key 不完整.*62"):
        _reload(home)


@pytest.mark.parametrize("text", ["", "\0" * 80, "hello", "other audit " + "0" * 64])
def test_a_damaged_key_file_is_named(home: Home, text: str) -> None:
    (home.keys / "audit.key").write_text(text)
    with pytest.raises(KeyTrouble, match=r"audit.key 已损坏"):
        _reload(home)


def test_two_swapped_key_files_are_noticed(home: Home) -> None:
    (home.keys / "audit.key").write_text((home.keys / "index.key").read_text())
    with pytest.raises(KeyTrouble, match="放错了"):
        _reload(home)


def test_a_key_others_can_read_is_refused_with_the_remedy(home: Home) -> None:
    (home.keys / "audit.key").chmod(0o644)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        _reload(home)


def test_keys_do_not_show_in_a_repr(ring: Keyring) -> None:
    assert ring.audit.hex() not in repr(ring) and repr(ring.audit) not in repr(ring)


def test_a_keyring_is_read_once_per_folder(home: Home) -> None:
    assert crypto.keyring(home) is crypto.keyring(Home(home.root))


# --- the other keys ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "008613800138000",
        "１３８００１３８０００",
        "8613800138000",
    ],
)
def test_one_phone_typed_in_many_ways_has_one_index(ring: Keyring, typed: str) -> None:
    assert ring.blind_index(typed) == ring.blind_index("13800138000")


@pytest.mark.parametrize("other", ["13800138001", "1380013800", "01013800138000", "86010880"])
def test_other_phones_have_other_indexes(ring: Keyring, other: str) -> None:
    assert ring.blind_index(other) != ring.blind_index("13800138000")
    assert len(ring.blind_index(other)) == 32


def test_a_phone_without_digits_is_refused(ring: Keyring) -> None:
    with pytest.raises(ValueError, match="digits"):
        ring.blind_index("无")


def test_indexes_of_two_homes_cannot_be_joined(ring: Keyring, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    crypto.make_keys(other)
    assert crypto.keyring(other).blind_index("13800138000") != ring.blind_index("13800138000")


def test_a_checkpoint_signature_holds_for_its_bytes_only(ring: Keyring) -> None:
    signature = ring.sign_checkpoint(b"seq 7")
    assert len(signature) == 64
    assert ring.verify_checkpoint(b"seq 7", signature)
    assert not ring.verify_checkpoint(b"seq 8", signature)
    assert not ring.verify_checkpoint(b"seq 7", signature[:-1] + b"\0\0")


def test_chain_and_origin_macs_are_different_acts(ring: Keyring) -> None:
    assert ring.chain_mac(b"", b"x") != ring.origin_mac(b"x")
    assert ring.chain_mac(b"a", b"bc") != ring.chain_mac(b"ab", b"c")
    assert len(ring.chain_mac(b"", b"x")) == 32


def test_the_short_functions_use_the_current_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIMEN_HOME", str(home.root))
    assert crypto.unwrap(crypto.wrap(KEY, PLACE), PLACE) == KEY
    assert crypto.blind_index("110") == crypto.keyring(home).blind_index("110")
    assert crypto.verify_checkpoint(b"x", crypto.sign_checkpoint(b"x"))
    assert crypto.chain_mac(b"", b"x") == crypto.keyring(home).chain_mac(b"", b"x")
