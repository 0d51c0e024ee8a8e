"""What the loaded matters say: the demo's own sentences, sprinkled with names of an invented vocabulary.

The vocabulary has 3,600 two-character words, drawn by Zipf's law: the first stands in every tenth matter, the last in
hardly one of a million, so that a search meets words of every frequency. No word of it was taken from anywhere.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from ..demo.matters import Template, fill, phrases, templates

FIRST = "泓颐砚芷澜琅岚沁蔚昀霖菡琪璟煦翎槿漪筠黛衡弈湛榆皓钰辰汐芸笙瑾骁禾渝珞沅柠棠茗葵桐枫槐椿杉榕椰藤萱蓓荔菱蕊藕芦荻蒲艾荞薄"
SECOND = "墨轩庐邑坞榭埠垣阙廊栈畔渚屿汀塘堰圩陂墩坊肆铺局斋堂馆苑阁亭桥渡湾岭峪崖谷坪岗嶂窑碾磨磴坎峁塬滩沟汊浜潭涧泉溪洼荡淀泽沼"
KINDS = ("便利店", "修理铺", "棋牌室", "快递点", "理发店", "早餐店", "五金店", "小广场", "停车场", "幼儿园")
MENTIONS = ("就在{}{}旁边。", "离{}{}不到五十米。", "从{}{}往里走就是。", "{}{}的人也都看见了。")
MENTIONED = 0.7
"""Share of the matters that name a place of the vocabulary."""


def vocabulary() -> list[str]:
    """Every word, the most frequent first; the same in every run."""
    words = [first + second for first in FIRST for second in SECOND]
    Random(20).shuffle(words)
    return words


@dataclass(frozen=True, slots=True)
class Said:
    """One matter's own words."""

    template: Template
    text: str
    wish: str
    result: str


class Speech:
    """Invents what is said; every draw from the given chance."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self._words = vocabulary()
        self._sums = list(accumulate(1 / rank for rank in range(1, len(self._words) + 1)))
        self._kept = [row for row in templates() if row.mode in "da"]
        self._where = list(phrases()["where"])

    def word(self) -> str:
        return self._words[bisect(self._sums, self.chance.random() * self._sums[-1])]

    def say(self) -> Said:
        template = self._kept[int(self.chance.random() ** 1.5 * len(self._kept))]
        text = fill(template.text, self.chance)
        if self.chance.random() < MENTIONED:
            mention = MENTIONS[int(self.chance.random() * len(MENTIONS))]
            text += mention.format(self.word(), KINDS[int(self.chance.random() * len(KINDS))])
        return Said(template, text, fill(template.wish, self.chance), fill(template.result, self.chance))

    def place(self, estate: str) -> str:
        """和顺里 3 号楼 2 单元, in one of the ways people say it."""
        draw = self.chance.random
        where = self._where[int(draw() * len(self._where))].replace("{building}", str(1 + int(draw() * 18)))
        where = where.replace("{unit}", str(1 + int(draw() * 4)))
        return f"{estate} {where.replace('{room}', f'{1 + int(draw() * 6)}0{1 + int(draw() * 3)}')}"
