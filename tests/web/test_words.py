"""Times and clocks as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone, translation

from yimen.cases.models import Case, Clock
from yimen.ledger.models import Entry
from yimen.organisations.models import Unit
from yimen.web.icons import ICONS
from yimen.web.staff.show.clock import badge, card
from yimen.web.staff.show.words import who
from yimen.web.templatetags.yimen import day, icon, moment, size

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in the office
CASE = Case(flow="service")


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def _end(of: date) -> datetime:
    return timezone.make_aware(datetime(of.year, of.month, of.day, 23, 59, 59))


@pytest.mark.parametrize(
    ("due", "tone", "words"),
    [
        (NOON - timedelta(minutes=20), "late", "超期 1 小时"),
        (NOON - timedelta(hours=5), "late", "超期 5 小时"),
        (NOON - timedelta(hours=25), "late", "超期 1 天"),
        (NOON - timedelta(days=10), "late", "超期 10 天"),
        (NOON + timedelta(hours=6), "soon", "今天 18:00 到期"),
        (_end(date(2026, 11, 23)), "soon", "今天到期"),
        (_end(date(2026, 11, 24)), "soon", "明天到期"),
        (_end(date(2026, 11, 26)), "ok", "还剩 3 天"),
        (_end(date(2027, 1, 22)), "ok", "还剩 60 天"),
    ],
)
def test_a_clock_says_how_long_is_left_in_word_icon_and_tone(due: datetime, tone: str, words: str) -> None:
    found = badge(due)
    assert (found.tone, found.words) == (tone, words)
    assert found.icon in ICONS
    assert found.title


def _clock(**more: object) -> Clock:
    unit = Unit(name="城市管理办")
    given: dict[str, object] = {
        "case": Case(), "kind": "conclude", "step": "conclude", "rule": {}, "explain": "15 自然日", "explain_en": "15 days",
        "start_at": NOON - timedelta(days=5), "due_at": NOON + timedelta(days=5), "charged_unit": unit,
    }  # fmt: skip
    return Clock(**(given | more))


def test_a_card_shows_how_much_is_gone() -> None:
    assert card(_clock(), CASE).percent == 50
    assert card(_clock(due_at=NOON - timedelta(days=1)), CASE).percent == 100
    assert card(_clock(running=None, outcome="met"), CASE).percent is None


def test_a_suspended_clock_shows_no_time_left() -> None:
    shown = card(_clock(), Case(flow="service", suspended=True))
    assert (shown.badge.tone, shown.badge.words, shown.percent) == ("calm", "中止计时", None)


def test_a_provisional_date_says_so() -> None:
    assert card(_clock(provisional=True), CASE).badge.words.endswith("暂定")


def test_the_explanation_follows_the_readers_language() -> None:
    assert card(_clock(), CASE).explain == "15 自然日"
    with translation.override("en"):
        assert card(_clock(), CASE).explain == "15 days"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOON - timedelta(hours=2), "今天 10:00"),
        (NOON - timedelta(days=1), "昨天 12:00"),
        (NOON - timedelta(days=6), "11月17日 12:00"),
        (NOON - timedelta(days=365), "2025年11月23日 12:00"),
        (None, ""),
    ],
)
def test_a_moment_is_said_as_people_say_it(at: datetime | None, words: str) -> None:
    assert moment(at) == words


def test_a_day_is_the_offices_day_not_the_servers() -> None:
    assert day(datetime(2026, 11, 22, 17, 0, tzinfo=UTC)) == "今天"


def test_sizes_are_read_in_kilobytes_or_megabytes() -> None:
    assert (size(10), size(20_480), size(3 * 1024 * 1024)) == ("1 KB", "20 KB", "3.0 MB")


def test_an_icon_speaks_only_when_it_has_words() -> None:
    assert 'aria-hidden="true"' in icon("clock")
    assert 'role="img" aria-label="时限"' in icon("clock", "时限")
    with pytest.raises(KeyError):
        icon("emoji")


@pytest.mark.parametrize("name", sorted(ICONS))
def test_every_icon_is_drawn_without_colour_of_its_own(name: str) -> None:
    assert Template("{% icon name %}").render(Context({"name": name})).startswith("<svg")
    assert "fill=" not in ICONS[name]
    assert "stroke=" not in ICONS[name]


def test_what_the_system_did_by_itself_is_not_told_in_english() -> None:
    assert who(Entry(actor_id=None, actor_label="system")) == "系统"
    assert who(Entry(actor_id=None, actor_label="周敏")) == "周敏"
