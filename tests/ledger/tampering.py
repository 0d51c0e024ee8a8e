"""What a database superuser might try, once he knows how the ledger works. He has no key and no file of the home.

Each act takes the number of the entry it aims at. `ACTS` maps it to what verification must say about it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from yimen.ledger import canonical

COLUMNS = "kind, subject, subject_id, actor_id, actor_label, via, at, recorded_at, payload, sealed, origin"
GUARDED = ("ledger_entry", "ledger_chain")


@contextmanager
def unguarded() -> Iterator[None]:
    """Triggers off for a moment, and back on as they were: a careful hand leaves no trace there."""
    for table in GUARDED:
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in GUARDED:
        run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")
    run("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_enqueue")


def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall()) if cursor.description else []


def entry_at(seq: int) -> int:
    return int(run("SELECT entry_id FROM ledger_chain WHERE seq = %s", seq)[0][0])


def tail() -> int:
    return int(run("SELECT coalesce(max(seq), 0) FROM ledger_chain")[0][0])


def edit(column: str, value: str) -> Callable[[int], None]:
    """UPDATE one column of the entry; `value` is SQL."""

    def act(seq: int) -> None:
        run(f"UPDATE ledger_entry SET {column} = {value} WHERE id = %s", entry_at(seq))

    act.__name__ = f"edit_{column}"
    return act


def drop_a_payload_key(seq: int) -> None:
    run("UPDATE ledger_entry SET payload = payload - 'state' WHERE id = %s", entry_at(seq))


def hide_a_payload_key(seq: int) -> None:
    run("""UPDATE ledger_entry SET payload = payload || '{"n": 1.5e3}' WHERE id = %s""", entry_at(seq))


def renumber_the_entry_itself(seq: int) -> None:
    old = entry_at(seq)
    run("UPDATE ledger_entry SET id = id + 100000 WHERE id = %s", old)
    run("UPDATE ledger_chain SET entry_id = entry_id + 100000 WHERE entry_id = %s", old)


def delete_the_entry(seq: int) -> None:
    run("DELETE FROM ledger_entry WHERE id = %s", entry_at(seq))


def delete_entry_and_link(seq: int) -> None:
    delete_the_entry(seq)
    run("DELETE FROM ledger_chain WHERE seq = %s", seq)


def close_the_gap(seq: int) -> None:
    run("UPDATE ledger_chain SET seq = -seq WHERE seq > %s", seq)
    run("UPDATE ledger_chain SET seq = -seq - 1 WHERE seq < 0")


def delete_and_renumber(seq: int) -> None:
    delete_entry_and_link(seq)
    close_the_gap(seq)


def delete_the_tail(seq: int) -> None:
    run("DELETE FROM ledger_entry WHERE id IN (SELECT entry_id FROM ledger_chain WHERE seq >= %s)", seq)
    run("DELETE FROM ledger_chain WHERE seq >= %s", seq)


def delete_links_only(seq: int) -> None:
    run("DELETE FROM ledger_chain WHERE seq >= %s", seq)


def unlink_and_queue_again(seq: int) -> None:
    """Edit, then let the honest sequencer make a fresh chain over it."""
    run("UPDATE ledger_entry SET kind = 'case.withdrawn' WHERE id = %s", entry_at(seq))
    ids = [i for (i,) in run("DELETE FROM ledger_chain WHERE seq >= %s RETURNING entry_id", seq)]
    run("INSERT INTO ledger_pending SELECT unnest(%s::bigint[])", ids)


def replay_old_macs_on_a_shorter_chain(seq: int) -> None:
    """Entry out, the entries after it move up, every old MAC stays at its old number."""
    entries = [e for (e,) in run("SELECT entry_id FROM ledger_chain WHERE seq > %s ORDER BY seq", seq)]
    delete_the_entry(seq)
    run("DELETE FROM ledger_chain WHERE seq = (SELECT max(seq) FROM ledger_chain)")
    run("UPDATE ledger_chain SET entry_id = -seq WHERE seq >= %s", seq)
    for place, entry in enumerate(entries, seq):
        run("UPDATE ledger_chain SET entry_id = %s WHERE seq = %s", entry, place)


def forge_between(seq: int) -> None:
    """A made-up entry with a made-up MAC, everything behind it one further."""
    new = copy_entry(seq, "'case.closed'")
    run("UPDATE ledger_chain SET seq = -seq WHERE seq >= %s", seq)
    run("UPDATE ledger_chain SET seq = -seq + 1 WHERE seq < 0")
    run("INSERT INTO ledger_chain VALUES (%s, %s, sha256('x'))", seq, new)


def forge_at_the_end_with_plain_hashes(seq: int) -> None:
    new = copy_entry(seq, "'case.closed'")
    run("INSERT INTO ledger_chain VALUES (%s, %s, '')", tail() + 1, new)
    rehash_from(tail(), lambda data: hashlib.sha256(data).digest())


def edit_and_rehash_plainly(seq: int) -> None:
    run("UPDATE ledger_entry SET kind = 'case.withdrawn' WHERE id = %s", entry_at(seq))
    rehash_from(seq, lambda data: hashlib.sha256(data).digest())


def edit_and_rehash_with_another_key(seq: int) -> None:
    run("UPDATE ledger_entry SET kind = 'case.withdrawn' WHERE id = %s", entry_at(seq))
    rehash_from(seq, lambda data: hmac.digest(b"\0" * 32, data, "sha256"))


def rehash_from(seq: int, digest: Callable[[bytes], bytes]) -> None:
    """A complete, consistent chain from `seq` on, made with all that is known but the key."""
    before = run("SELECT mac FROM ledger_chain WHERE seq = %s", seq - 1)
    mac = bytes(before[0][0]) if before else b""
    rows = run(
        f"SELECT c.seq, {canonical.SELECT} FROM ledger_chain c JOIN ledger_entry e ON e.id = c.entry_id"
        " WHERE c.seq >= %s ORDER BY 1",
        seq,
    )
    for number, *row in rows:
        entry = canonical.Row(*row)
        link = canonical.link_bytes(number, entry, canonical.said(entry))
        mac = digest(len(mac).to_bytes(4, "big") + mac + link)
        run("UPDATE ledger_chain SET mac = %s WHERE seq = %s", mac, number)


def copy_entry(seq: int, kind: str = "kind") -> int:
    columns = COLUMNS.replace("kind", kind, 1)
    found = run(
        f"INSERT INTO ledger_entry ({COLUMNS}) SELECT {columns} FROM ledger_entry WHERE id = %s RETURNING id",
        entry_at(seq),
    )
    return int(found[0][0])


def neighbour(seq: int) -> int:
    return seq + 1 if seq < tail() else seq - 1


def swap_two_entries(seq: int) -> None:
    one, two = entry_at(seq), entry_at(neighbour(seq))
    for old, new in ((one, 0), (two, one), (0, two)):
        run("UPDATE ledger_entry SET id = %s WHERE id = %s", new, old)


def swap_two_numbers(seq: int) -> None:
    for old, new in ((seq, 0), (neighbour(seq), seq), (0, neighbour(seq))):
        run("UPDATE ledger_chain SET seq = %s WHERE seq = %s", new, old)


def swap_what_two_numbers_name(seq: int) -> None:
    one, two = entry_at(seq), entry_at(neighbour(seq))
    for entry, place in ((0, seq), (one, neighbour(seq)), (two, seq)):
        run("UPDATE ledger_chain SET entry_id = %s WHERE seq = %s", entry, place)


def reverse_the_order(seq: int) -> None:
    run("UPDATE ledger_chain SET seq = -seq")
    run("UPDATE ledger_chain SET seq = seq + %s", tail() + 10 - seq % 1)
    run(
        "UPDATE ledger_chain c SET seq = -n FROM (SELECT seq s, row_number() OVER (ORDER BY seq) n FROM ledger_chain) r WHERE s = c.seq"
    )
    run("UPDATE ledger_chain SET seq = -seq")


def change_a_mac(seq: int) -> None:
    run("UPDATE ledger_chain SET mac = set_byte(mac, 5, (get_byte(mac, 5) + 1) %% 256) WHERE seq = %s", seq)


def cut_a_mac(seq: int) -> None:
    run("UPDATE ledger_chain SET mac = substr(mac, 1, 16) WHERE seq = %s", seq)


def borrow_a_mac(seq: int) -> None:
    run(
        "UPDATE ledger_chain SET mac = (SELECT mac FROM ledger_chain WHERE seq = %s) WHERE seq = %s",
        neighbour(seq),
        seq,
    )


def shift_all_numbers(seq: int) -> None:
    run("UPDATE ledger_chain SET seq = -seq WHERE seq >= %s", seq)
    run("UPDATE ledger_chain SET seq = -seq + 1 WHERE seq < 0")


def duplicate_a_link(seq: int) -> None:
    run("ALTER TABLE ledger_chain DROP CONSTRAINT ledger_chain_entry_id_key")
    run("INSERT INTO ledger_chain SELECT %s, entry_id, mac FROM ledger_chain WHERE seq = %s", tail() + 1, seq)


def truncate_everything(seq: int) -> None:
    run("TRUNCATE ledger_entry, ledger_chain, ledger_pending")


def truncate_the_chain(seq: int) -> None:
    run("TRUNCATE ledger_chain")


def start_a_new_ledger(seq: int) -> None:
    """Empty tables, the honest sequencer begins again with what is queued anew."""
    run("TRUNCATE ledger_chain, ledger_pending")
    run("INSERT INTO ledger_pending SELECT id FROM ledger_entry")


# --- before an entry has its number; `seq` only chooses among the freshly written ones --------------------


def fresh(seq: int) -> int:
    waiting = run("SELECT entry_id FROM ledger_pending ORDER BY entry_id")
    return int(waiting[{1: 0, 9: -1}.get(seq, len(waiting) // 2)][0])


def drop_from_the_queue(seq: int) -> None:
    run("DELETE FROM ledger_pending WHERE entry_id = %s", fresh(seq))


def delete_while_waiting(seq: int) -> None:
    run("DELETE FROM ledger_entry WHERE id = %s", fresh(seq))


def edit_while_waiting(seq: int) -> None:
    run("UPDATE ledger_entry SET kind = 'case.withdrawn' WHERE id = %s", fresh(seq))


def queue_a_number_again(seq: int) -> None:
    run("INSERT INTO ledger_pending VALUES (%s)", entry_at(seq))


def forge_by_the_front_door(seq: int) -> None:
    """An entry put in by hand, with the triggers on: the sequencer will number it in good faith."""
    new = copy_entry(seq, "'case.closed'")
    run("INSERT INTO ledger_pending VALUES (%s) ON CONFLICT DO NOTHING", new)


def replay_by_the_front_door(seq: int) -> None:
    """A true entry written a second time, origin and all."""
    run("INSERT INTO ledger_pending VALUES (%s) ON CONFLICT DO NOTHING", copy_entry(seq))


SOMETHING_ELSE = {
    "kind": "'case.withdrawn'",
    "subject": "'user'",
    "subject_id": "subject_id + 1",
    "actor_id": "8",
    "actor_label": "'王磊'",
    "via": "'cli'",
    "at": "at - interval '1 microsecond'",
    "recorded_at": "recorded_at + interval '1 day'",
    "payload": """payload || '{"state": "closed"}'""",
    "sealed": "sealed || '\\x00'",
    "origin": "origin || '\\x00'",
}
TO_NOTHING = {
    "actor_id": "NULL",
    "sealed": "NULL",
    "at": "'infinity'",
    "recorded_at": "'-infinity'",
    "payload": "'null'",
    "actor_label": "''",
}
Act = Callable[[int], None]
ACTS: dict[str, tuple[Act, set[str]]] = {
    **{f"edit {c}": (edit(c, v), {"entry_changed"}) for c, v in SOMETHING_ELSE.items()},
    **{f"empty {c}": (edit(c, v), {"entry_changed"}) for c, v in TO_NOTHING.items()},
    "edit, with the origin covered up": (
        edit("(kind, origin)", "('case.withdrawn', origin)"),
        {"entry_changed", "entry_forged"},
    ),
    "drop a payload key": (drop_a_payload_key, {"entry_changed", "entry_forged"}),
    "a number nobody here writes": (hide_a_payload_key, {"entry_changed", "entry_forged"}),
    "renumber the entry itself": (renumber_the_entry_itself, {"entry_changed"}),
    "delete an entry": (delete_the_entry, {"entry_gone"}),
    "delete entry and link": (delete_entry_and_link, {"gap|tail_cut"}),
    "delete and renumber": (delete_and_renumber, {"entry_changed|tail_cut"}),
    "delete the tail": (delete_the_tail, {"tail_cut"}),
    "delete links only": (delete_links_only, {"tail_cut", "entry_unnumbered"}),
    "edit and have the sequencer chain it again": (unlink_and_queue_again, {"tail_cut", "entry_forged"}),
    "replay old MACs on a shorter chain": (replay_old_macs_on_a_shorter_chain, {"entry_changed|tail_cut"}),
    "forge between": (forge_between, {"entry_changed", "entry_forged"}),
    "forge at the end with plain hashes": (
        forge_at_the_end_with_plain_hashes,
        {"entry_changed", "entry_forged"},
    ),
    "edit and rehash plainly": (edit_and_rehash_plainly, {"entry_changed", "checkpoint_differs"}),
    "edit and rehash with another key": (
        edit_and_rehash_with_another_key,
        {"entry_changed", "checkpoint_differs"},
    ),
    "swap two entries": (swap_two_entries, {"entry_changed"}),
    "swap two numbers": (swap_two_numbers, {"entry_changed"}),
    "swap what two numbers name": (swap_what_two_numbers_name, {"entry_changed"}),
    "reverse the order": (reverse_the_order, {"entry_changed", "checkpoint_differs"}),
    "change a MAC": (change_a_mac, {"entry_changed"}),
    "cut a MAC": (cut_a_mac, {"entry_changed"}),
    "borrow a MAC": (borrow_a_mac, {"entry_changed"}),
    "shift all numbers": (shift_all_numbers, {"gap", "entry_changed"}),
    "duplicate a link": (duplicate_a_link, {"entry_twice", "entry_changed", "table_changed"}),
    "truncate everything": (truncate_everything, {"tail_cut"}),
    "truncate the chain": (truncate_the_chain, {"tail_cut", "entry_unnumbered"}),
    "start a new ledger": (start_a_new_ledger, {"tail_cut"}),
    "drop from the queue": (drop_from_the_queue, {"entry_unnumbered"}),
    "delete while waiting": (delete_while_waiting, {"queue_without_entry"}),
    "edit while waiting": (edit_while_waiting, {"entry_forged"}),
    "queue a number again": (queue_a_number_again, {"queue_after_number"}),
    "forge by the front door": (forge_by_the_front_door, {"entry_forged"}),
    "replay by the front door": (replay_by_the_front_door, {"entry_twice"}),
}
# Acts that leave nothing to find once the sequencer has worked on: no entry was changed by them.
UNDONE = {
    "queue a number again",  # it gives no second number, takes it off the queue and logs it
    "start a new ledger",  # the same entries in the same order have the same MACs
}


def restore_old_copy() -> Callable[[], None]:
    """Take a copy of all three tables now; the answer puts it back later."""
    for table in (*GUARDED, "ledger_pending"):
        run(f"CREATE TEMP TABLE old_{table} ON COMMIT DROP AS TABLE {table}")

    def back() -> None:
        run("TRUNCATE ledger_entry, ledger_chain, ledger_pending")
        run("INSERT INTO ledger_entry OVERRIDING SYSTEM VALUE TABLE old_ledger_entry")
        for table in ("ledger_chain", "ledger_pending"):
            run(f"INSERT INTO {table} TABLE old_{table}")

    return back
