"""Phones for the browser's tests: a community with a grid, people posted there, and a page that has been let in."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image
from tests.field.conftest import draw

from cast import Cast
from yimen.access.roles import Role
from yimen.cases.actions import handbook
from yimen.intake.field import enrolment
from yimen.organisations.models import Unit

PIN = "135790"
HERE = {"longitude": 116.305, "latitude": 39.905, "accuracy": 12}
PEOPLE = (
    ("community3", "三社区书记", Role.COMMUNITY), ("lead8", "孙网格长", Role.GRIDLEAD), ("worker1", "张小丽", Role.WORKER),
    ("worker2", "李强", Role.WORKER),
)  # fmt: skip
LOCAL = """async name => new Promise(done => { const asked = indexedDB.open("yimen-field"); asked.onsuccess = () => {
  const all = asked.result.transaction(name).objectStore(name).getAll(); all.onsuccess = () => { asked.result.close();
  done(all.result.map(row => ({...row, data: undefined, bytes: row.data ? row.data.byteLength : 0}))); }; }; })"""


def street(cast: Cast) -> Cast:
    """The cast with a community, one grid drawn on the map, its lead and two workers."""
    handbook.load_handbook()
    cast.units["shequ3"] = Unit.objects.create(key="shequ3", name="三社区", kind="community")
    for sign_in, name, role in PEOPLE:
        cast.joins(sign_in, name, "shequ3", role, liaison=sign_in == "community3")
    draw(cast)
    return cast


def code_for(cast: Cast, sign_in: str) -> str:
    return enrolment.make_code(cast["lead8"].actor, cast["lead8"].grants, cast[sign_in].user)


def photo(side: int = 2400, colour: str = "#8a97a5") -> bytes:
    """A camera's picture, with what a camera writes about itself."""
    out = io.BytesIO()
    picture = Image.effect_noise((side, side * 3 // 4), 60).convert("RGB")
    picture.paste(Image.new("RGB", (side // 4, side // 4), colour), (side // 3, side // 3))
    exif = Image.Exif()
    exif[0x0110] = "SECRET-CAMERA"
    picture.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


@dataclass
class Phone:
    """A window of a phone's size. `complaints`: what the page said was wrong."""

    context: Any
    page: Any
    complaints: list[str] = field(default_factory=list)

    def enter(self, code: str, *, pin: str = PIN) -> Any:
        """From the square's address to the first screen."""
        page = self.page
        page.goto(f"/field/#e={code}")
        page.get_by_label("登记码").wait_for()
        page.get_by_role("button", name="登记", exact=True).click()
        page.get_by_label("口令", exact=True).fill(pin)
        page.get_by_label("再输一遍").fill(pin)
        page.get_by_role("button", name="好了").click()
        page.get_by_role("heading", name="看到了什么").wait_for()
        page.locator("#kinds input").first.wait_for(state="attached")
        return page

    def unlock(self, pin: str = PIN) -> None:
        self.page.get_by_label("口令", exact=True).fill(pin)
        self.page.get_by_role("button", name="打开").click()
        self.page.locator("body.inside").wait_for()

    def picks(self, name: str) -> None:
        self.page.get_by_role("button", name="更多").first.click()
        self.page.get_by_role("button", name=name, exact=True).click()

    def shoots(self, slot: str = "近景", content: bytes | None = None) -> None:
        picture = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": content or photo()}
        before = self.page.locator(".photo").count()
        self.page.locator(".slot", has_text=slot).first.locator("input").set_input_files(picture)
        self.page.locator(".photo").nth(before).wait_for()

    def reports(self, words: str = "", name: str = "暴露垃圾") -> None:
        self.page.goto("/field/#report/new")
        self.picks(name)
        if words:
            self.page.locator("#text").fill(words)
        self.page.get_by_role("button", name="上报", exact=True).click()
        self.page.get_by_role("heading", name="已写好").wait_for()

    def hands_in(self, button: str, **how: Any) -> None:
        """Presses `button` and waits until what it hands in lies in the queue, or has gone already."""
        before = self.handed_in()
        self.page.get_by_role("button", name=button, exact=True).click(**how)
        deadline = time.monotonic() + 30
        while self.handed_in() == before:
            assert time.monotonic() < deadline, button
            self.page.wait_for_timeout(50)

    def handed_in(self) -> int:
        return sum(row["state"] != "draft" for row in self.kept("items"))

    def sent(self) -> None:
        """Until nothing waits any more, of what is written and of what is being written."""
        self.page.evaluate("window.dispatchEvent(new Event('online'))")
        deadline = time.monotonic() + 30
        while (
            left := [row["state"] for row in self.kept("items") if row["state"] != "sent"]
        ) or not self.quiet():
            assert time.monotonic() < deadline, left
            self.page.wait_for_timeout(250)

    def quiet(self) -> bool:
        return bool(self.page.evaluate("() => document.querySelector('#count').hidden"))

    def kept(self, store: str) -> list[dict[str, Any]]:
        return list(self.page.evaluate(LOCAL, store))


@pytest.fixture
def ground(cast: Cast) -> Cast:
    return street(cast)


@pytest.fixture
def phones(chromium: Any, live_server: Any, ground: Cast) -> Iterator[Any]:
    """`phones(scheme="dark", …)`: a fresh phone each; at the end none may have complained."""
    made: list[Phone] = []

    def fresh(*, scheme: str = "light", locale: str = "zh-CN", **more: Any) -> Phone:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": 390, "height": 844}, color_scheme=scheme, locale=locale,
            reduced_motion="reduce", geolocation=HERE, permissions=["geolocation"], has_touch=True, accept_downloads=True, **more,
        )  # fmt: skip
        phone = Phone(context, context.new_page())
        phone.page.on("pageerror", lambda error: phone.complaints.append(str(error)))
        phone.page.on("console", lambda said: _listen(phone, said))
        made.append(phone)
        return phone

    yield fresh
    complaints = [said for phone in made for said in phone.complaints]
    for phone in made:
        phone.context.close()
    assert complaints == []


def _listen(phone: Phone, said: Any) -> None:
    if said.type == "error" and "Failed to load resource" not in said.text:
        phone.complaints.append(said.text)
