"""Templates of the office: taken in, kept in versions, gone back to; recorded."""

from __future__ import annotations

import pytest
from edited import with_line, without

from cast import Cast, play
from yimen.access.roles import Role
from yimen.documents import actions, queries, values, word
from yimen.documents.models import TemplateVersion
from yimen.foundation.errors import Invalid, Missing, Refused
from yimen.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return play()


def upload(cast: Cast, data: bytes, who: str = "director", **more: object) -> TemplateVersion:
    person = cast[who]
    return actions.upload(person.actor, person.grants, "V02", data, "转办单.docx", **more)  # type: ignore[arg-type]


def choose(cast: Cast, version: int | None) -> None:
    actions.choose(cast["director"].actor, cast["director"].grants, "V02", version)


def test_the_newest_upload_is_the_one_that_is_filled(cast: Cast) -> None:
    assert queries.template_of("V02") == word.shipped("V02")
    upload(cast, with_line("第一版"))
    row = upload(cast, with_line("第二版"), note="加了电话")
    assert (row.version, row.active, row.note) == (2, True, "加了电话")
    assert "第二版" in word.text_of(word.fill(queries.template_of("V02"), values.sample("V02", ""))[0])
    assert queries.template_of("V03") == word.shipped("V03")


def test_an_earlier_version_and_the_delivered_one_can_be_gone_back_to(cast: Cast) -> None:
    first, _second = upload(cast, with_line("第一版")), upload(cast, with_line("第二版"))
    choose(cast, 1)
    assert queries.template_of("V02") == bytes(first.body)
    choose(cast, None)
    assert queries.template_of("V02") == word.shipped("V02")
    assert TemplateVersion.objects.count() == 2
    with pytest.raises(Missing):
        choose(cast, 3)


def test_each_verb_leaves_an_entry(cast: Cast) -> None:
    upload(cast, with_line("第一版"), note="试用")
    choose(cast, None)
    choose(cast, 1)
    kinds = list(Entry.objects.filter(subject="template").order_by("id").values_list("kind", flat=True))
    assert kinds == ["template.uploaded", "template.delivered", "template.chosen"]
    first = Entry.objects.filter(kind="template.uploaded").get().payload
    assert (first["form"], first["version"], first["words"]["note"]) == ("V02", 1, "试用")


def test_unknown_fields_are_named_and_nothing_is_kept(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        upload(cast, with_line("{{ contnet }}"))
    assert "contnet" in str(refused.value.fields["file"])
    assert not TemplateVersion.objects.exists()


def test_required_fields_left_out_need_to_be_meant_and_explained(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        upload(cast, without("due"))
    assert "办理时限 {{ due }}" in str(refused.value.fields["file"])
    with pytest.raises(Invalid):
        upload(cast, without("due"), partial=True)
    assert upload(cast, without("due"), partial=True, note="时限另函").missing == "due"


@pytest.mark.parametrize("who", ["clerk1", "handler.chengguan", "leader1"])
def test_others_may_not_change_templates(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        upload(cast, with_line("x"), who)
    with pytest.raises(Refused):
        actions.choose(cast[who].actor, cast[who].grants, "V02", None)


def test_the_system_administrator_may(cast: Cast) -> None:
    cast.joins("admin1", "系统管理员", "centre", Role.ADMIN)
    assert upload(cast, with_line("x"), "admin1").version == 1


def test_a_form_that_is_not_there_is_missing(cast: Cast) -> None:
    with pytest.raises(Missing):
        actions.choose(cast["director"].actor, cast["director"].grants, "V99", None)
