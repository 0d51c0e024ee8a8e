// The phone page from its start: what is missing, who is here, which screen, and the queue behind all of it.
import { seats, thisDevice } from "./device.js";
import { refresh, sweep } from "./fetching.js";
import { sweepFiles, unsent } from "./items.js";
import { showEnrol, showMissing, showUnlock, unfit } from "./screens/enter.js";
import { log, redrawLog } from "./screens/log.js";
import { more, looks } from "./screens/more.js";
import { outbox, redraw } from "./screens/outbox.js";
import { report, retile } from "./screens/report.js";
import { act, all, redrawTasks, task, tasks } from "./screens/tasks.js";
import { keepSending, onChange } from "./sync.js";
import { isOpen, lock, seat } from "./vault.js";
import { one, say, word } from "./view.js";

const IDLE = 600000; // milliseconds without a touch, then the PIN again
const SCREENS = { report, tasks, task, act, log, outbox, more: () => more(shut) };
let touched = Date.now(), leading = false;

// The code of a square stands behind the #, which no server sees; it is taken out of the address at once.
function codeInAddress() {
  const found = /^#e=(.+)$/.exec(location.hash);
  if (found) history.replaceState(null, "", "/field/#enrol");
  return found ? decodeURIComponent(found[1]) : "";
}

async function route() {
  const code = codeInAddress();
  const [name, ...parts] = location.hash.slice(1).split("/");
  const inside = isOpen() && !code && name !== "enrol";
  document.body.classList.toggle("inside", inside);
  one("#tabs").hidden = !inside;
  if (!inside) await outside(code, name);
  else await (SCREENS[name] || report)(...parts);
  await counts();
}

async function outside(code, name) {
  if (code || name === "enrol" || !(await thisDevice()) || !(await seats()).length) await showEnrol(code, entered);
  else await showUnlock(entered);
}

async function entered() {
  touched = Date.now();
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  const mine = (await seats()).find((row) => row.seat === seat());
  one("#who").textContent = mine.user.name;
  if (/^#(enrol|unlock|e=.*)?$/.test(location.hash) || !location.hash) history.replaceState(null, "", "/field/#report");
  await route();
  if (await refresh()) await downloaded();
}

async function downloaded() {
  await retile();
  await counts();
}

function shut() {
  lock();
  one("#who").textContent = "";
  history.replaceState(null, "", "/field/#unlock");
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  route();
  say("locked");
}

// How many have not arrived is always to be seen, also before the PIN. What is still being written is no such one.
async function counts() {
  const count = (await unsent()).filter((item) => item.state !== "draft").length;
  one("#count").hidden = !count;
  one("#count span").textContent = word("count", { count });
  one("#tab-count").textContent = count || "";
  one("#task-count").textContent = isOpen() ? (await all()).length || "" : "";
  one("#offline").hidden = navigator.onLine;
}

// Many changes in a row are one drawing.
let drawing = null, waiting = false;
async function changed() {
  if (drawing) { waiting = true; return; }
  drawing = Promise.all([counts(), redraw(), redrawTasks(), redrawLog()]).finally(() => {
    drawing = null;
    if (waiting) { waiting = false; changed(); }
  });
  await drawing;
}

function watch() {
  window.addEventListener("hashchange", route);
  ["online", "offline"].forEach((name) => window.addEventListener(name, counts));
  ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, () => { touched = Date.now(); }));
  const look = () => { if (isOpen() && Date.now() - touched > IDLE) shut(); };
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", look);
  onChange(changed);
}

// A new version takes over while nobody is inside; else it is offered on the last screen.
async function installed() {
  if (!navigator.serviceWorker) return;
  const worker = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/", updateViaCache: "none" });
  leading = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (leading) location.reload(); leading = true; });
  takeOver(worker.waiting);
  worker.addEventListener("updatefound", () => {
    const fresh = worker.installing;
    fresh.addEventListener("statechange", () => { if (fresh.state === "installed" && leading) takeOver(fresh); });
  });
}

const takeOver = (fresh) => { if (fresh && !isOpen()) fresh.postMessage("take-over"); };

async function begin() {
  looks();
  const what = unfit();
  if (what) { showMissing(what); return; }
  watch();
  await Promise.all([sweep(), sweepFiles()]);
  await route();
  keepSending();
  await installed().catch(() => undefined); // no new version without a signal
}

begin();
