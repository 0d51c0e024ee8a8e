"""Every page asks the database a fixed, small number of questions, whoever opens it and however much is there.

`query_counts.json` is the committed account: route → statements of the role that causes most of them, beyond those
that ask who is at the door (session, user, the session's own row, today's grants, factor: once each). A page that
asks more than its entry fails; `YIMEN_WRITE_COUNTS=1` writes the file anew, so that the change is seen in a review.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.urls import get_resolver, reverse

from cast import Cast
from yimen.access.models import RoleGrant
from yimen.accounts.models import User
from yimen.calendars.models import CalendarYear, ClockRule
from yimen.cases.models import (
    Attachment,
    CallbackRule,
    Case,
    Category,
    Instruction,
    Letter,
    ReceptionDay,
    ReservedNumber,
    RoutingRule,
    UnsolvedDecision,
)
from yimen.grids import queries as grids
from yimen.grids.models import DutyShift, Grid, GridPost, Leave, Premise, PremiseNeed
from yimen.intake.models import DailyLog, QueuedMatter
from yimen.organisations.models import Membership
from yimen.reports.measures import MEASURES
from yimen.reports.registers import REGISTERS
from yimen.web.handbook import answers
from yimen.web.staff.lists import WORKLISTS
from yimen.web.staff.views.admin.things import THINGS

from .furnished import Street, furnish
from .staff_ground import Enter

FILE = Path(__file__).with_name("query_counts.json")
MOST = 8
ROLES = ("clerk1", "director", "leader1", "head.chengguan", "handler.chengguan", "handler.zhifa", "admin", "security",
         "auditor")  # fmt: skip
# Answered without a page of their own, or only ever posted to.
NO_PAGE = {"portal-language", "staff_language", "staff_text_size", "account_logout"}
SESSION = (
    "django_session",
    "accounts_user",
    "accounts_staffsession",
    "access_rolegrant",
    "mfa_authenticator",
)
# Not opened here, and why.
NOT_OPENED = {
    **dict.fromkeys(("account_decide_link", "account_decide_reset", "account_end_any", "account_end_everything",
                     "account_end_others", "account_end_session", "account_end_token"), "only ever posted to"),
    **dict.fromkeys(("account_new_token", "account_collect_token"), "behind signing in once more"),
    **dict.fromkeys(("account_invitation", "account_invitation_link", "mfa_authenticate", "mfa_login_webauthn"),
                    "a step of signing in, before there is a session"),
    **dict.fromkeys(("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
                     "mfa_activate_totp", "mfa_deactivate_totp", "mfa_download_recovery_codes",
                     "mfa_generate_recovery_codes", "mfa_view_recovery_codes"),
                    "the library's own page, behind a factor given again"),
    "staff:admin-end-rule": "asks once: a confirmation like admin-end-row, of a rule the office added",
    "staff:decision": "a paper like staff:paper, of a decision on an unsolved matter",
    "staff:bring-back": "asks once, for a matter whose period is over: tested with the retention",
    "staff:export": "a job's state, tested with the jobs",
    "staff:export-file": "a job's file, tested with the jobs",
}  # fmt: skip
MACHINES = ("/api/", "/open311/", "/field/api/")
# Addresses with a verb or a form in them, found on the matters' own pages: one for each verb and form.
OFFERED = {
    "staff:do": r"/staff/cases/[0-9a-f-]+/do/([a-z_]+)/",
    "staff:paper": r"/staff/cases/[0-9a-f-]+/papers/([\w.]+)",
}
OF_THE_TEST = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def beyond(said: list[str]) -> list[str]:
    """The statements of a request without who is at the door (once a table) and the marks of the test's transaction."""
    left, once = [], set()
    for sql in said:
        if sql.startswith(OF_THE_TEST):
            continue
        table = re.search(r'(?:FROM|UPDATE|INTO) "?(\w+)"?', sql)
        mark = (table[1], sql[:6]) if table else ("", "")
        if mark[0] in SESSION and mark not in once:
            once.add(mark)
        else:
            left.append(sql)
    return left


Args = list[list[object]]
# What stands in an address that leads to one row: each row it can be opened for.
OWN: dict[str, Callable[[], Args]] = {
    "staff:work": lambda: [[name] for name in WORKLISTS],
    "staff:register-xlsx": lambda: [["all"], ["unit"]],
    "staff:queued": lambda: one(QueuedMatter, "uuid"),
    "staff:reception": lambda: one(ReceptionDay),
    "staff:register-file": lambda: [[name] for name in REGISTERS],
    "staff:sheet": lambda: [["day"], ["week"]],
    "staff:sheet-file": lambda: [["day", "pdf"], ["week", "pdf"], ["day", "xlsx"]],
    "staff:figure": lambda: [[name] for name in list(MEASURES)[::9]],
    "staff:confirm-instruction": lambda: of_case(Instruction),
    "staff:strike-instruction": lambda: of_case(Instruction),
    "staff:decision": lambda: of_case(UnsolvedDecision, "pk"),
    "staff:letter-head": lambda: [["chengguan"], ["centre"]],
    "staff:letter-new": lambda: [[case.uuid, kind] for case in Case.objects.filter(state="verified") for kind in ("opinion",)][:2],
    "staff:letter": lambda: of_case(Letter),
    "staff:letter-edit": lambda: of_case(Letter),
    "staff:letter-step": lambda: [[*found, verb] for found in of_case(Letter) for verb in ("review", "back", "sign", "seal", "serve", "void")],
    "staff:file": lambda: of_case(Attachment),
    "staff:notice": lambda: [[answers()[0].key, "pdf"]],
    "staff:admin-unit": lambda: [["zhifa"]],
    "staff:admin-edit-unit": lambda: [["zhifa"]],
    "staff:admin-end-unit": lambda: [["zhifa"]],
    "staff:admin-join": lambda: [["zhifa"]],
    "staff:admin-member": lambda: one(Membership),
    "staff:admin-leave": lambda: one(Membership),
    "staff:admin-person": lambda: one(User),
    "staff:admin-revoke": lambda: one(RoleGrant),
    "staff:admin-stand-in": lambda: one(RoleGrant),
    "staff:admin-rows": lambda: [[name] for name in THINGS],
    "staff:admin-add-row": lambda: [[name] for name in THINGS],
    "staff:admin-row": lambda: [["categories", one(Category)[0][0]]],
    "staff:admin-end-row": lambda: [["categories", one(Category)[0][0]]],
    "staff:admin-rule": lambda: one(ClockRule),
    "staff:admin-end-rule": lambda: one(ClockRule),
    "staff:admin-year": lambda: [[CalendarYear.objects.latest("year").year]],
    "staff:admin-template": lambda: [["V02"]],
    "staff:admin-template-file": lambda: [["V02", 0]],
    "staff:admin-end-callback-rule": lambda: one(CallbackRule),
    "staff:grid": lambda: one(Grid),
    "staff:grid-post": lambda: one(Grid),
    "staff:grid-poster": lambda: one(Grid),
    "staff:grid-poster-pdf": lambda: one(Grid),
    "staff:grid-end-post": lambda: one(GridPost),
    "staff:grid-leave": lambda: one(GridPost),
    "staff:grid-end-leave": lambda: [[GridPost.objects.filter(user=row.user).latest("pk").pk, row.pk] for row in Leave.objects.all()[:1]],
    "staff:duty-roster-file": lambda: [["pdf"], ["xlsx"]],
    "staff:duty-day": lambda: [[DutyShift.objects.latest("day").day.isoformat()], ["2030-01-01"]],
    "staff:duty-shift": lambda: one(DutyShift),
    "staff:duty-ask-swap": lambda: one(DutyShift),
    "staff:duty-record-file": lambda: [[*one(DutyShift)[0], form] for form in ("pdf", "xlsx")],
    "staff:premise": lambda: one(Premise, "uuid"),
    "staff:premise-edit": lambda: one(Premise, "uuid"),
    "staff:premise-need": lambda: one(PremiseNeed),
    "staff:field-log-day": lambda: one(DailyLog),
    "staff:field-log-pdf": lambda: one(DailyLog),
    "staff:routing-rule": lambda: one(RoutingRule),
    "staff:routing-end": lambda: one(RoutingRule),
    "staff:triage": lambda: [[Case.objects.filter(state="raised").latest("pk").uuid]],
    "account_make_link": lambda: one(User),
    "portal-matter": lambda: [[Case.objects.latest("pk").number]],
}  # fmt: skip
# What stands after the address where a page is empty without it.
QUERY: dict[str, Callable[[], str]] = {
    "staff:search": lambda: "?q=永安小区",
    "staff:sign-instructions": lambda: "?on=" + mark(Case.objects.filter(state="awaiting").latest("pk")),
    "staff:offline-pdf": lambda: f"?batch={ReservedNumber.objects.latest('pk').batch}",
    "staff:similar": lambda: "?place=永安小区",
    "staff:suggest": lambda: "?text=漏水",
    "staff:figures": lambda: "?by=unit",
    "staff:bulk": lambda: "",
    "staff:routing": lambda: "?subject=event:0102",
}


def mark(case: Case) -> str:
    return f"{case.uuid}.{case.version}"


# Matters that the smaller pages of one matter are opened for; its own page is opened for one of every kind.
SOME = ("pressed", "busy", "letter signed", "helped", "many", "awaiting", "sealed", "archived", "merged")
IN_MATTERS = ("clerk1", "director", "leader1", "head.chengguan", "handler.chengguan")


def one(model: type[Model], by: str = "pk") -> Args:
    return [[value] for value in model._default_manager.order_by("-pk").values_list(by, flat=True)[:2]]


def of_case(model: type[Model], by: str = "uuid") -> Args:
    return [list(found) for found in model._default_manager.order_by("-pk").values_list("case__uuid", by)[:3]]


@dataclass(frozen=True)
class Door:
    """A named address with the pattern it was declared by."""

    name: str
    pattern: str

    def addresses(self, street: Street, who: str) -> list[str]:
        if self.name in OFFERED:
            return sorted(street.offered.get((self.name, who), {}).values())
        tail = QUERY[self.name]() if self.name in QUERY else ""
        return [reverse(self.name, args=args) + tail for args in self._args(street)]

    def _args(self, street: Street) -> Args:
        if "<" not in self.pattern:
            return [[]]
        if self.name in OWN:
            return OWN[self.name]()
        if self.of_matter and self.pattern.count("<") == 1:
            names = street.cases if self.name == "staff:case" else SOME
            return [[street.cases[name][-1].uuid] for name in names]
        return []

    @property
    def of_matter(self) -> bool:
        return "/cases/<uuid:ref>/" in self.pattern


def doors() -> list[Door]:
    """Every address of people that answers GET. Machines' doors count in their own tests."""
    return [door for door in _below(get_resolver(), "/", "") if door.name not in NO_PAGE]


def _below(resolver: Any, above: str, space: str) -> Iterator[Door]:
    for each in resolver.url_patterns:
        route = above + str(each.pattern)
        if hasattr(each, "url_patterns"):
            if not route.startswith(MACHINES):
                yield from _below(each, route, f"{each.namespace}:" if each.namespace else space)
        elif "GET" in getattr(each.callback, "methods", ("GET",)):
            yield Door(f"{space}{each.name}", route)


Found = dict[str, tuple[int, str]]


def opened(street: Street, only: dict[str, str] | None = None) -> Found:
    """Route → (statements, who) where they are most. `only`: the one person to open each route as."""
    found: Found = {}
    collect(street)
    for door in doors():
        people = (*IN_MATTERS, "") if door.of_matter else (*ROLES, "")
        for who in people if only is None else [only[door.name]] if door.name in only else []:
            most = statements(street, who, door)
            if most > found.get(door.name, (-1, ""))[0]:
                found[door.name] = (most, who)
    return found


def statements(street: Street, who: str, door: Door) -> int:
    """The most that one page of a door asks for this person; -1 where none is theirs."""
    most = -1
    for tried, address in enumerate(door.addresses(street, who)):
        most = max(most, asked(street, who, address))
        if most < 0 and tried and not door.of_matter:
            break
    return most


def asked(street: Street, who: str, address: str) -> int:
    """The statements of one page beyond the door's; -1 where it is not this person's."""
    client, said = street.client(who), list[str]()

    def listen(execute: Any, sql: str, *more: Any) -> Any:
        said.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(listen):
        answer = client.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)
    return len(beyond(said)) if answer.status_code == 200 else -1


def collect(street: Street) -> None:
    """Read on the pages of every kind of matter which verbs and forms are offered to whom: one address for each."""
    for who in IN_MATTERS:
        for rows in street.cases.values():
            for tail in ("", "papers/"):
                page = street.client(who).get(f"/staff/cases/{rows[-1].uuid}/{tail}").content.decode()
                for name, pattern in OFFERED.items():
                    kept = street.offered.setdefault((name, who), {})
                    kept |= {each[1]: each[0] for each in re.finditer(pattern, page)}


@pytest.fixture(autouse=True)
def after_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the hour of the run: outside the opening hours a page also asks who is on duty, which is the most."""
    monkeypatch.setattr(grids, "in_business_hours", lambda _at: False)


@pytest.fixture
def three(cast: Cast, enter: Enter, png: bytes, settings: Any) -> Street:
    settings.DEMO = False
    return furnish(cast, enter, png, 3)


@pytest.fixture
def single(cast: Cast, enter: Enter, png: bytes, settings: Any) -> Street:
    settings.DEMO = False
    return furnish(cast, enter, png, 1)


def committed() -> dict[str, dict[str, Any]]:
    return json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}


def test_every_page_asks_what_the_committed_account_says(three: Street) -> None:
    """Each page as the person whose page asks most; while writing, as everybody."""
    write = bool(os.environ.get("YIMEN_WRITE_COUNTS"))
    found = opened(three, None if write else {name: row["as"] for name, row in committed().items()})
    if write:
        rows = {name: {"queries": count, "as": who} for name, (count, who) in sorted(found.items())}
        FILE.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    known = committed()
    more = {name: (known.get(name, {}).get("queries"), *now) for name, now in found.items()
            if name not in known or now[0] > known[name]["queries"]}  # fmt: skip
    assert not more, f"route: (committed, now, as whom): {more}"
    assert {door.name for door in doors()} - set(NOT_OPENED) == set(known), "a page is missing in the account"
    assert set(known) == set(found), (
        "the account names pages that are not there any more, or could not be opened"
    )


def test_no_page_asks_more_for_three_things_than_for_one(single: Street) -> None:
    """At one of each thing as many statements as at three: no page asks once a row."""
    known = committed()
    found = opened(single, {name: row["as"] for name, row in known.items()})
    fewer = {name: (count, known[name]["queries"]) for name, (count, _who) in found.items()
             if count < known[name]["queries"]}  # fmt: skip
    assert not fewer


@pytest.mark.parametrize(("name", "row"), sorted(committed().items()))
def test_no_page_asks_more_than_eight(name: str, row: dict[str, Any]) -> None:
    assert row["queries"] <= MOST
