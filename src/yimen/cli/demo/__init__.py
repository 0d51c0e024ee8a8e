"""The demonstration: a whole invented street with its matters, loaded through the same verbs as real ones."""

from __future__ import annotations

from yimen.foundation.home import Home

SEED = 2026

# Shown at the end of `./yimen up`. Exactly these sign-ins exist; the units' keys are in docs/rooms/organisations.md.
SIGN_INS = """
演示账号，密码都是 yimen-demo（人物全部虚构）
Demo accounts, all with the password yimen-demo (everybody is invented)
  clerk1 – clerk5           窗口 window          director             中心主任 head of the centre
  leader1, leader2          分管领导 leaders     officer1             驻中心民警 stationed officer
  handler.chengguan         经办 handler         head.chengguan       负责人 head of unit (any unit's key)
  community01 – 13          社区 communities     gridlead01 – 28      网格长 grid leaders
  worker001 – worker349     网格员 workers       mediator1 – 3        调解员 mediators
  lawyer1, counsellor1, district1                auditor, security, admin
"""


def load(home: Home) -> None:
    """Load the street and its matters into an empty installation, with visible progress.

    The installation is the one of the settings; `home` must carry the mark of a demonstration. Each half is all or
    nothing, so that an interrupted load is completed by the next call; what is there already stays. Deterministic:
    the same seed and day give the same street and matters.
    """
    from . import cases, events, places, street

    if not home.demo_mark.exists():
        raise RuntimeError(f"{home.root} was not created as a demonstration")
    if not street.is_loaded():
        street.load(SEED)
    if not cases.is_loaded():
        cases.load(SEED)
    if not places.is_loaded():
        places.load(SEED)
    if not events.is_loaded():
        events.load(SEED)
