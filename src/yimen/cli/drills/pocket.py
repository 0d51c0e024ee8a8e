"""Two phones and an office in a real browser: reports made by the page's own modules, some by taps, one file carried over."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ..progress import Failed, say

CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
ARGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
PIN: Final = "135790"
TAPPED: Final = 10  # one of so many reports is made by taps
HAND: Final = 800  # milliseconds between two taps
PATIENCE: Final = 30_000  # milliseconds for one thing of a page

# The page's own modules, by the addresses they were loaded under: the same queue, the same keys.
_MODULES: Final = """async () => { const found = {};
  for (const entry of performance.getEntriesByType('resource').map(one => one.name).concat(window.__modules || [])) {
    const name = /\\/field\\/([a-z]+)(?:\\.[0-9a-f]+)?\\.js$/.exec(entry); if (name) found[name[1]] = entry; }
  return found; }"""
_REPORT: Final = """async ({modules, many, seed, classes}) => {
  const items = await import(modules.items); const made = [];
  for (let n = 0; n < many; n++) {
    const number = seed + n, side = number % 8 ? 320 : 1100;
    const sheet = document.createElement('canvas'); sheet.width = side; sheet.height = side * 3 / 4;
    const pen = sheet.getContext('2d'), noise = pen.createImageData(sheet.width, sheet.height);
    let state = number * 2654435761 % 4294967296;
    for (let at = 0; at < noise.data.length; at += 4) { state = (state * 1664525 + 1013904223) % 4294967296;
      noise.data[at] = state >>> 24; noise.data[at + 1] = state >>> 16 & 255; noise.data[at + 2] = number & 255; noise.data[at + 3] = 255; }
    pen.putImageData(noise, 0, 0);
    const blob = await new Promise(done => sheet.toBlob(done, 'image/jpeg', 0.7));
    const item = items.start('report', {text: `演练 ${number}`, event_class: classes[number % classes.length], place: '演练小区'});
    await items.addFile(item, blob, `IMG_${number}.jpg`, 'near');
    made.push({uuid: item.uuid, files: item.draft.files.map(one => one.sha256)});
    await items.makeReady(item, `演练 ${number}`);
  } return made; }"""
_LEFT: Final = """async () => new Promise((done, wrong) => { const asked = indexedDB.open('yimen-field');
  asked.onerror = () => wrong(asked.error);
  asked.onsuccess = () => { const all = asked.result.transaction('items').objectStore('items').getAll();
    all.onsuccess = () => { asked.result.close(); done(all.result.filter(one => one.state !== 'sent')
      .map(one => ({uuid: one.uuid, state: one.state, code: one.code || '', message: one.message || ''}))); }; }; })"""
_NEWEST: Final = """async () => new Promise(done => { const asked = indexedDB.open('yimen-field'); asked.onsuccess = () => {
  const all = asked.result.transaction('items').objectStore('items').getAll(); all.onsuccess = () => { asked.result.close();
  const one = all.result.sort((a, b) => b.started - a.started)[0];
  done({uuid: one.uuid, files: (one.files || []).map(file => file.sha256)}); }; }; })"""
_FORGET: Final = """async ({modules}) => { const items = await import(modules.items);
  for (const one of await items.unsent()) if (one.state === 'draft') await items.discard(one.uuid); }"""
_EXPORT: Final = """async ({modules}) => { const items = await import(modules.items);
  const exporting = await import(modules.exporting);
  return (await exporting.exported(await items.unsent())).text(); }"""


@dataclass
class Pocket:
    """One phone: a profile on disk that outlives its page and its browser. `made`: uuid → hashes of its photos."""

    name: str
    playwright: Any
    folder: Path
    base: str
    made: dict[str, list[str]] = field(default_factory=dict)
    restarts: int = 0
    context: Any = None
    page: Any = None
    modules: dict[str, str] = field(default_factory=dict)

    def open(self) -> None:
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.folder), executable_path=browser(), args=ARGS, base_url=self.base, locale="zh-CN",
            viewport={"width": 390, "height": 844}, has_touch=True, service_workers="allow",
        )  # fmt: skip
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.set_default_timeout(PATIENCE)

    def enrol(self, code: str) -> None:
        """From the square's address to the first screen, while the network is still good."""
        self.open()
        page = self.page
        page.goto(f"/field/#e={code}")
        page.get_by_label("登记码").wait_for()
        page.get_by_role("button", name="登记", exact=True).click()
        page.get_by_label("口令", exact=True).fill(PIN)
        page.get_by_label("再输一遍").fill(PIN)
        page.get_by_role("button", name="好了").click()
        page.locator("body.inside").wait_for()
        page.wait_for_function("() => navigator.serviceWorker.controller")
        self._learn()

    def _learn(self) -> None:
        self.modules = self.page.evaluate(_MODULES)
        if missing := {"items", "exporting"} - set(self.modules):
            raise Failed(f"the page did not load its modules: {sorted(missing)}")

    def restart(self, *, whole: bool) -> None:
        """The page (or the whole browser) ends in the middle of whatever it does, and is opened again with the PIN."""
        self.restarts += 1
        if whole:
            self.context.close()
            self.open()
        else:
            old, self.page = self.page, self.context.new_page()
            self.page.set_default_timeout(PATIENCE)
            old.close()
        self._enter()

    def _enter(self) -> None:
        """The shell comes from the phone itself; a spoiled first load is tried again as a person would."""
        for _try in range(8):
            with suppress(Exception):
                self.page.goto("/field/")
                self.page.get_by_label("口令", exact=True).fill(PIN)
                self.page.get_by_role("button", name="打开").click()
                self.page.locator("body.inside").wait_for()
                self._learn()
                return
        raise Failed(f"{self.name}: the page does not open any more")

    def report(self, many: int, seed: int, classes: list[str]) -> None:
        """So many reports, each with a photo of its own."""
        asked = {"modules": self.modules, "many": many, "seed": seed, "classes": classes}
        for one in self.page.evaluate(_REPORT, asked):
            self.made[one["uuid"]] = one["files"]

    def tap(self, picture: bytes) -> bool:
        """One by hand: class, photo, done. False when the hand gave up: the draft is thrown away, the page opened anew."""
        from playwright.sync_api import Error

        try:
            self._tap(picture)
        except Error:
            self.restart(whole=False)
            self.page.evaluate(_FORGET, {"modules": self.modules})
            return False
        return True

    def _tap(self, picture: bytes) -> None:
        page = self.page
        page.goto("/field/#report/new")
        page.locator("#kinds input").first.click()
        page.wait_for_timeout(HAND)  # no hand is faster from the class to the camera
        shot = {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": picture}
        before = page.locator(".photo").count()
        page.locator(".slot").first.locator("input").set_input_files(shot)
        page.locator(".photo").nth(before).wait_for()
        page.get_by_role("button", name="上报", exact=True).click()
        page.get_by_role("heading", name="已写好").wait_for()
        one = page.evaluate(_NEWEST)
        self.made[one["uuid"]] = one["files"]

    def left(self) -> list[dict[str, str]]:
        return list(self.page.evaluate(_LEFT))

    def nudge(self) -> None:
        """The signal comes back."""
        self.page.evaluate("window.dispatchEvent(new Event('online'))")

    def export(self) -> str:
        return str(self.page.evaluate(_EXPORT, {"modules": self.modules}))

    def close(self) -> None:
        if self.context is not None:
            with suppress(Exception):
                self.context.close()


def browser() -> str:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        raise Failed("这台机器上没有 Chromium / no Chromium on this machine: .ci/run installs one")
    return found


@contextmanager
def pockets(base: str, codes: dict[str, str]) -> Iterator[list[Pocket]]:
    """A phone for each code (name → code), enrolled; all gone afterwards."""
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory(prefix="yimen-phones-", ignore_cleanup_errors=True) as folder,
        sync_playwright() as made,
    ):
        found = [Pocket(name, made, Path(folder) / name, base) for name in codes]
        try:
            for one in found:
                one.enrol(codes[one.name])
            yield found
        finally:
            for one in found:
                one.close()


def carried(one: Pocket, url: str, sign_in: str, password: str) -> int:
    """The phone is without a signal and is carried to the office, which signs in and takes in its file. How many items."""
    one.context.set_offline(True)
    text = one.export()
    page = one.playwright.chromium.launch(executable_path=browser(), args=ARGS).new_page(
        base_url=url, locale="zh-CN"
    )
    page.set_default_timeout(4 * PATIENCE)
    try:
        page.goto("/staff/sign-in/?next=/staff/field/import/")
        page.locator("input[name=login]").fill(sign_in)
        page.locator("input[name=password]").fill(password)
        page.locator("form[method=post] button[type=submit], main form button").first.click()
        page.locator("input[type=file]").wait_for()
        file = {"name": "export.json", "mimeType": "application/json", "buffer": text.encode()}
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="打开看看").click()
        page.get_by_role("button", name="全部收下").click()
        page.get_by_role("heading", name="结果").wait_for()
        return len(json.loads(text)["items"])
    finally:
        page.context.browser.close()
        one.context.set_offline(False)


def empty(phones: list[Pocket], seconds: float) -> list[dict[str, str]]:
    """Wait until nothing is left on any phone; what is still there when the time is over or a person would have to look."""
    deadline, told = time.monotonic() + seconds, 0.0
    while True:
        left = [row for one in phones for row in one.left()]
        waiting = [row for row in left if row["state"] != "needs"]
        if not waiting or time.monotonic() > deadline:
            return left
        if time.monotonic() - told > 20:
            told = time.monotonic()
            say(f"{len(left)} 条在手机上 / on the phones")
        for one in phones:
            one.nudge()
        time.sleep(2)


def picture(rng: random.Random, side: int = 900) -> bytes:
    """A camera's picture, no two alike."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.frombytes("RGB", (side // 30, side // 40), rng.randbytes(side // 30 * (side // 40) * 3)).resize(
        (side, side * 3 // 4)
    ).save(out, "JPEG", quality=85)
    return out.getvalue()


__all__ = ["PIN", "TAPPED", "Pocket", "browser", "carried", "empty", "picture", "pockets"]
