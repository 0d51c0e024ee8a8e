"""Canaries: a word that occurs nowhere else in every sensitive field of every kind of matter, and who may ever see it.

`secret` words (names, phones, addresses) leave their matter by two doors alone: asking for contacts with a reason, and
the papers of the matter. The other words are for those who see the matter. Private notes, saved filters and sealed
matters are for their own people.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from cast import Cast, advance
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.actions.attach import attach
from yimen.cases.actions.filters import save_filter
from yimen.cases.actions.notes import write_note
from yimen.cases.actions.people import Person as Named
from yimen.cases.models import Attachment, Case

from .world import World

MARK = "鹗"  # an osprey: no word of the office has it


@dataclass
class Planted:
    """One matter and its words by field; `relation` is the row of sees.csv that says who may see them."""

    kind: str
    relation: str
    case: Case
    words: dict[str, str] = field(default_factory=dict)
    secret: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)

    @property
    def marks(self) -> list[str]:
        """What gives the matter away without any of its words."""
        return [self.case.number, str(self.case.uuid)]


def plant(world: World) -> list[Planted]:
    """Another unit's ordinary matter, a confidential one, one instructed, one merged, one closed; one sealed."""
    cast = world.cast
    made = [
        _ordinary(cast, "甲", 1, "other"),
        _ordinary(cast, "乙", 2, "other", confidential=True),
        _ordinary(cast, "丙", 3, "merged"),
        _ordinary(cast, "丁", 4, "other"),
        _ordinary(cast, "戊", 5, "fresh"),
    ]
    first, confidential, merged, closed, _fresh = made
    first.case = _instructed(cast, first)
    confidential.case = advance(cast, confidential.case, "in_hand", unit="zhifa")
    merged.case = cast["clerk1"].does(merged.case, "merge", main=first.case.number)
    closed.case = _closed(cast, closed)
    return [*made, _sealed(cast)]


def _word(kind: str, what: str) -> str:
    return f"{MARK}{kind}{what}"


def _ordinary(cast: Cast, kind: str, number: int, relation: str, *, confidential: bool = False) -> Planted:
    clerk = cast["clerk1"]
    words = {name: _word(kind, name) for name in ("原话", "地点", "诉求", "标题", "材料", "附件")}
    names = {name: _word(kind, name) for name in ("姓名", "住址", "代反映人", "见证人")}
    phones = {"电话": f"1397777000{number}", "代反映电话": f"1398888000{number}"}
    case = clerk.opens(
        f"{words['原话']}的事，请尽快解决。", title=words["标题"], place=words["地点"], wish=words["诉求"],
        name=names["姓名"], phone=phones["电话"], address=names["住址"], confidential=confidential,
        on_behalf=Named(names["代反映人"], phones["代反映电话"]), witness=Named(names["见证人"]),
    )  # fmt: skip
    attach(clerk.actor, clerk.grants, case.uuid, _picture(words["附件"]), f"{words['附件']}.png")
    case.refresh_from_db()
    note = _word(kind, "便签")
    write_note(clerk.actor, clerk.grants, case.uuid, text=note)
    return Planted(kind, relation, case, words, {**names, **phones}, {"便签": note})


def _picture(said: str) -> bytes:
    """A picture that says something in its metadata, as phones do."""
    info, out = PngInfo(), io.BytesIO()
    info.add_itxt("Comment", said)
    Image.new("RGB", (24, 16), "teal").save(out, "PNG", pnginfo=info)
    return out.getvalue()


def _instructed(cast: Cast, planted: Planted) -> Case:
    clerk, leader = cast["clerk1"], cast["leader1"]
    planted.words |= {name: _word(planted.kind, name) for name in ("拟办", "批示")}
    case = clerk.does(
        planted.case, "submit", opinion=planted.words["拟办"], unit="zhifa", leader=str(leader.user.pk)
    )
    case = leader.does(case, "instruct", instruction=planted.words["批示"])
    return advance_from(cast, case, "in_hand")


def advance_from(cast: Cast, case: Case, state: str) -> Case:
    handler = cast["handler.zhifa"]
    for verb in ("sign", "accept", "start"):
        if case.state != state:
            case = handler.does(case, verb)
    return case


def _closed(cast: Cast, planted: Planted) -> Case:
    """Through to its end, with a result, what was said to the resident and what the resident said."""
    handler, clerk = cast["handler.zhifa"], cast["clerk1"]
    planted.words |= {name: _word(planted.kind, name) for name in ("结果", "答复", "回访")}
    case = advance(cast, planted.case, "in_hand", unit="zhifa")
    case = handler.does(case, "report", result=planted.words["结果"], decision="support")
    case = cast["head.zhifa"].does(case, "verify")
    case = handler.does(case, "tell", way="phone", said=planted.words["答复"])
    case = cast["clerk2"].does(
        case, "call_back", outcome="reached", solved="yes", comment=planted.words["回访"]
    )
    return clerk.does(cast["clerk2"].does(case, "rate", rating="5"), "close")


def _sealed(cast: Cast) -> Planted:
    clerk = cast["clerk1"]
    case = hand_over_accusation(
        clerk.actor, clerk.grants, to=cast.units["jiwei"], named_units=[cast.units["zhifa"]]
    )
    return Planted("密", "sealed", case, {"交接": "检举控告件一封"})


def file_of(planted: Planted) -> Attachment | None:
    return Attachment.objects.filter(case=planted.case).first()


def keep_searched_words(cast: Cast) -> str:
    """What somebody looks for may be a name: a saved filter is its owner's."""
    word = _word("", "搜词")
    save_filter(cast["clerk1"].actor, name="我的", list_name="search", query=f"q={word}")
    return word


__all__ = ["MARK", "Planted", "file_of", "keep_searched_words", "plant"]
