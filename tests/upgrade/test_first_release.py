"""What an office kept since the first release is whole after every migration since: told as one story."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from upgrade.office import Office, first_release
from yimen.cli.keeping import dump, hashes, upgrading
from yimen.cli.progress import Failed
from yimen.localdb import roles

LOOK = Path(__file__).parent / "look.py"


@pytest.fixture(scope="module")
def old(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with first_release(tmp_path_factory.mktemp("upgrade") / "home") as office:
        yield office


def migrate(office: Office) -> None:
    app = dump.roles_of(office.addresses.app, office.addresses.admin).app
    roles.grant(office.addresses.admin, app)
    office.run("migrate")
    roles.narrow(office.addresses.admin, app)


def upgrade(office: Office) -> None:
    check = partial(_well, office, "upgraded")
    with upgrading.guarded(office.home, office.addresses, check, backup=True):
        migrate(office)


def _well(office: Office, *words: str) -> None:
    done = office.run(*words, check=False)
    if done.returncode:
        raise Failed(done.stderr)


def test_a_home_of_the_first_release_is_known_as_one(old: Office) -> None:
    found = upgrading.plan(old.addresses.admin)
    assert found.is_upgrade and found.unknown == []
    assert ("cases", "0012_reading") in found.pending


@pytest.mark.parametrize("how", ["breaks off", "loses rows"])
def test_an_upgrade_that_fails_puts_every_table_back(old: Office, how: str) -> None:
    before = hashes.of_address(old.addresses.admin)
    with (
        pytest.raises(Failed, match="every one compared"),
        upgrading.guarded(old.home, old.addresses, lambda: None, backup=True),
    ):
        old.ask("ALTER TABLE cases_case DROP COLUMN title; DROP TABLE cases_contact CASCADE")
        if how == "loses rows":
            old.ask("DELETE FROM cases_participant")
        if how == "breaks off":
            raise OSError("the disk is gone")
    assert hashes.of_address(old.addresses.admin) == before
    (backup,) = old.home.backups.glob("before-*.yimen")
    assert backup.stat().st_mode & 0o077 == 0
    backup.unlink()


def test_it_is_backed_up_migrated_and_checked(old: Office, capfd: pytest.CaptureFixture[str]) -> None:
    upgrade(old)
    assert list(old.home.backups.glob("before-*.yimen"))
    assert upgrading.plan(old.addresses.admin).pending == []
    assert old.ask("SELECT count(*) FROM cases_case") == [(399,)]


def test_the_ledger_of_the_first_release_still_verifies_whole(old: Office) -> None:
    said = json.loads(old.run("verify-ledger", "--json", "--home", str(old.home.root)).stdout)
    assert said["result"] == "clean" and said["numbered"] == 5783, said["findings"]


def test_the_app_may_do_what_it_may_in_a_new_home_and_no_more(old: Office) -> None:
    withheld = old.ask(
        f"""SELECT t, p FROM unnest(ARRAY['ledger_entry', 'ledger_chain', 'cases_instruction', 'cases_lettertext']) t,
            unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p
            WHERE has_table_privilege('{dump.roles_of(old.addresses.app, old.addresses.admin).app}', t, p)"""
    )
    assert withheld == []


def test_pages_open_for_several_roles_and_matters_read_as_before(old: Office) -> None:
    done = subprocess.run(
        [sys.executable, str(LOOK)], env=old.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["matters"] == 399 and said["read"] >= 12 and said["wrong"] == []
    assert said["drained"] > 0 and said["waiting"] == 0


def test_restored_with_a_list_of_erased_matters_these_go_before_anybody_is_served(old: Office) -> None:
    """The home as a restore leaves it; `settle` is what `up` runs, as the owner."""
    ((ref, number),) = old.ask("SELECT uuid, id FROM cases_case WHERE state = 'closed' ORDER BY id LIMIT 1")
    ((seq, mac),) = old.ask("SELECT seq, encode(mac, 'hex') FROM ledger_chain ORDER BY seq DESC LIMIT 1")
    said = {"backup": "b", "made_at": "2026-11-23T00:00:00+00:00", "restored_at": "2026-11-24T00:00:00+00:00"}
    old.home.restored_mark.write_text(
        json.dumps(said | {"ledger": {"seq": seq, "mac": mac}, "erasures": True})
    )
    old.home.erasures.write_text(json.dumps({"case": str(ref), "at": "2026-11-24T00:00:00+00:00"}) + "\n")
    assert "erased 1" in old.run("settle").stdout
    assert old.ask(f"SELECT erased_at IS NOT NULL FROM cases_case WHERE id = {number}") == [(True,)]
    assert old.ask(f"SELECT count(*) FROM cases_casekey WHERE case_id = {number}") == [(0,)]
    assert old.ask("SELECT count(*) FROM django_session") == [(0,)]
    ledger = json.loads(old.run("verify-ledger", "--json", "--home", str(old.home.root), check=False).stdout)
    assert ledger["result"] == "clean" and ledger["counts"]["restored"] == 1, ledger


def test_a_second_start_is_no_upgrade(old: Office) -> None:
    found = upgrading.plan(old.addresses.admin)
    assert found.populated and not found.is_upgrade


def test_a_home_of_a_newer_release_is_not_touched(old: Office) -> None:
    old.ask("INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0999_later', now())")
    before = hashes.of_address(old.addresses.admin)
    with pytest.raises(Failed, match=r"newer release \(cases\.0999_later\)"):
        upgrade(old)
    assert hashes.of_address(old.addresses.admin) == before
