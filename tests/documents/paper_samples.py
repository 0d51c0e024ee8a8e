"""Papers to print in tests, and eyes to read them with."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta, timezone

import pypdf
import pytest
from PIL import Image

from yimen.documents import forms

OFFICE_TIME = timezone(timedelta(hours=8))
URL = "http://10.20.30.40:8000/m/%E6%B0%B8%E3%80%942026%E3%80%9501187#7K3M9QWX2ZT4PB6HCJ1E"
MM = 72 / 25.4


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026, office time."""
    return datetime(2026, 11, day, hour, minute, tzinfo=OFFICE_TIME).astimezone(UTC)


SHORT = forms.V01(
    office="永安路街道综治中心",
    no="永〔2026〕01187",
    visited_at=at(16, 15, 2),
    window="一号窗口",
    channel="走访",
    visitor_name="周㛃𬱖",
    phone="138****1234",
    address="七社区12号楼3单元401",
    party_size=1,
    is_repeat=False,
    appeal_kind="求助",
    topic="水电气热",
    request="整栋楼暖气不热，室温 14 ℃左右，要求尽快恢复供热。",
    facts="11 月 10 日起室温不足 16 ℃。",
    place_grid="第19网格",
    attachments=["室温照片"],
    receiver="周敏",
    first_opinion="建议转城市管理办主办。",
    route="交办",
    handler_unit="城市管理办",
    assigned_at=at(16, 16, 20),
    due=date(2026, 11, 24),
    confidential=False,
    url=URL,
    printed_at=at(16, 16, 30),
    printed_by="周敏",
)
BLANK = forms.V01(
    office="永安路街道综治中心",
    no="",
    visited_at=None,
    channel="",
    party_size=None,
    appeal_kind="",
    topic="",
    request="",
    receiver="",
    route="",
    confidential=None,
)
INSTRUCTION = forms.Instruction(
    instruction="请城市管理办牵头。", instructed_by="刘主任", instructed_at=at(16, 16, 5)
)
SLIP = forms.Slip(
    office="永安路街道综治中心",
    no="永〔2026〕01187",
    received_at=at(16, 15, 2),
    told_at=date(2026, 11, 17),
    answer_by=date(2026, 12, 1),
    answer_note="15自然日，信访工作条例第二十三条",
    first_contact="周敏",
    first_contact_phone="010-85551234",
    url=URL,
    name="周**",
    summary="整栋楼暖气不热",
    route="交由有关单位办理",
    sent_to="城市管理办（主办）、供热公司（协办）",
    address="永安路18号一层",
    hours="周一至周五8:00–18:00",
    office_phone="010-85551200",
)
REFERRAL = forms.Referral(
    office="永安路街道综治中心",
    no="永〔2026〕01201",
    received_at=at(16, 15, 2),
    told_at=date(2026, 11, 16),
    kind="告知有权机关",
    body="和平街道综治中心",
    reason="事发地在和平街道辖区。",
    address="和平路6号",
    phone="010-86660000",
    hours="周一至周五9:00–17:00",
    name="王**",
    summary="楼下商铺排烟",
    basis="《信访工作条例》第二十三条",
    bring=["本单", "租房合同"],
    url=URL,
    first_contact="周敏",
    first_contact_phone="010-85551234",
    office_address="永安路18号一层",
    office_hours="周一至周五8:00–18:00",
)


def squeeze(text: str) -> str:
    """Text without white space and invisible breaks: where a line ends is the layout's business."""
    return "".join(text.replace("\u200b", "").split())


def pages(pdf: bytes) -> list[str]:
    return [squeeze(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def words(pdf: bytes) -> str:
    return "".join(pages(pdf))


def size(pdf: bytes) -> tuple[float, float]:
    """Width and height of the first page in millimetres."""
    box = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    return float(box.width) / MM, float(box.height) / MM


def picture(pdf: bytes, dpi: int = 150) -> Image.Image:
    """The first page as it prints, in grey."""
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm (poppler) is not installed: .ci/run installs it")
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", "-png", "-"]
    return Image.open(
        io.BytesIO(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout)
    ).convert("L")


def ink(image: Image.Image, dpi: int = 150) -> tuple[float, float, float, float]:
    """The box of everything that is not white: left, top, right, bottom in millimetres."""
    box = image.point(lambda grey: 255 if grey < 200 else 0).getbbox()
    assert box is not None
    left, top, right, bottom = (edge / dpi * 25.4 for edge in box)
    return left, top, right, bottom
