// Sending what is ready: one tab leads (Web Locks), words of all first, then files piece by piece, never one for the other.
import { sha256 } from "./bytes.js";
import { arrived, begin, complete, fits, hurry, inOrder, isDue, meaning, postpone, refuse } from "./queue.js";
import { all, change, edit, get, put } from "./store.js";
import { call, NoAnswer } from "./wire.js";

const PIECE = 262144; // bytes
const EVERY = 15000; // milliseconds between looks
const PURGE = 72 * 3600000; // milliseconds that the line of a sent item stays
const news = typeof BroadcastChannel === "function" ? new BroadcastChannel("yimen-field") : null;
const REST = 300000; // milliseconds after the office said that this phone may not send
const SILENCES = 5; // exchanges without an answer, one after the other, after which a run ends
const listeners = [];
let running = null, again = false, paused = 0, silent = 0, unsigned = 0;

class Stop extends Error {} // ends the run; everything is kept

export function onChange(listener) { listeners.push(listener); }
export function changed() {
  listeners.forEach((listener) => listener());
  if (news) news.postMessage("changed");
}
if (news) news.onmessage = (event) => (event.data === "send" ? send() : listeners.forEach((listener) => listener()));

// By a button or when the network is back: nobody waits for the next try.
export async function sendNow() {
  paused = 0;
  const items = (await all("items")).filter((item) => item.due_at);
  await Promise.all(items.map((item) => edit("items", item.uuid, hurry)));
  return send();
}

// One run at a time; asked for meanwhile, another follows.
export function send() {
  if (running) { again = true; return running; }
  running = navigator.locks.request("yimen-field-send", { ifAvailable: true }, (lead) => (lead ? run() : ask()))
    .finally(() => { running = null; changed(); if (again) { again = false; send(); } });
  return running;
}

const ask = () => { if (news) news.postMessage("send"); }; // the tab that leads

async function run() {
  await purge(Date.now());
  if (paused > performance.now() || !navigator.onLine || !(await get("device", "this"))) return;
  silent = 0;
  try {
    await put("kept", "", "stopped");
    for (let found = await due(); found.length; found = await due()) {
      for (const item of found) await attempt(item, sendWords);
      for (const item of found) await attempt(item, sendFiles);
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    await put("kept", error.message, "stopped");
  }
}

const due = async () => inOrder(await all("items"), Date.now());

// One step of one item. What goes wrong is written at the item and ends there, unless it concerns all.
async function attempt(row, step) {
  const item = await get("items", row.uuid);
  if (!item || !isDue(item, Date.now())) return;
  try {
    await save(begin(item));
    await step(item);
  } catch (error) {
    if (error instanceof Stop) { await save({ ...item, state: "retry" }); throw error; }
    const nobody = error instanceof NoAnswer;
    await save(postpone(item, nobody ? "no_answer" : error.code || error.name, Date.now()));
    if (nobody && ++silent >= SILENCES) throw new Stop("no_answer");
  }
  changed();
}

const save = (item) => edit("items", item.uuid, (kept) => ({ ...kept, ...item, files: kept.files }));

async function sendWords(item) {
  if (item.taken) return;
  const { status, said } = await call("POST", "/field/api/items/" + item.uuid, { body: item.envelope, seat: item.seat });
  await judge(item, status, said, (receipt) => settle(item, receipt));
}

// What to do with an answer; `took` gets the receipt.
async function judge(item, status, said, took) {
  const means = meaning(status, said);
  silent = 0;
  if (means === "took") { unsigned = 0; return took(said); }
  if (said.code === "signature" && ++unsigned < SILENCES) throw new NoAnswer("cut on its way"); // bytes were lost, or another key
  if (means === "stop") { paused = performance.now() + REST; throw new Stop(said.code); }
  if (means === "pause") { paused = performance.now() + 1000 * (said.retry_after || 30); throw new Stop("slow_down"); }
  if (means === "needs") return save(refuse(item, said));
  if (means === "missing") return save(postpone({ ...item, taken: false }, said.code, Date.now()));
  throw Object.assign(new Error(said.message), { code: said.code || String(status) });
}

// A receipt that is of this item: everything there → what the phone has is deleted; else the files go on.
async function settle(item, receipt) {
  if (!fits(receipt, item)) throw Object.assign(new Error("receipt"), { code: "receipt" });
  if (complete(receipt, item) && !item.files.some((file) => file.refused)) return forget(item, receipt);
  const taken = { ...item, taken: true, number: receipt.number || item.number };
  if (complete(receipt, item)) return save(refuse(taken, item.files.find((file) => file.refused).refused));
  return save(taken);
}

async function forget(item, receipt) {
  await change(["items", "files"], (stores) => {
    stores.items.put(arrived(item, receipt, Date.now()));
    item.files.forEach((file) => stores.files.delete(file.id));
  });
}

async function sendFiles(row) {
  const item = await get("items", row.uuid);
  if (!item.taken || item.state === "sent" || item.state === "needs") return;
  for (const file of item.files) if (!file.done && !file.refused && !(await sendFile(item, file))) return;
  await confirmAll(await get("items", row.uuid));
}

// The words once more: the answer is the receipt with every file's hash, whatever the phone's clock says.
async function confirmAll(item) {
  const { status, said } = await call("POST", "/field/api/items/" + item.uuid, { body: item.envelope, seat: item.seat });
  await judge(item, status, said, async (receipt) => {
    await settle(item, receipt);
    if (!complete(receipt, item)) await recount(item, receipt);
  });
}

// Something is missing after all: the count follows the office's.
async function recount(item, receipt) {
  for (const file of item.files) {
    if (!(receipt.done || []).includes(file.sha256)) await note(item, file, { done: false, sent: (receipt.files || {})[file.sha256] || 0 });
  }
  throw Object.assign(new Error("files"), { code: "receipt" });
}

// True when the file is there (or refused for good); false when the item has to stop here.
async function sendFile(item, file) {
  const kept = await get("files", file.id);
  if (!kept) { await note(item, file, { refused: { code: "file_refused", message: "" } }); return true; }
  let at = file.sent || 0, turned = 0;
  for (;;) {
    await wordsMeanwhile();
    const { status, said } = await sendPiece(item, file, kept.data, at);
    if (said.done && said.sha256 === file.sha256) { await note(item, file, { sent: file.total, done: true }); return true; }
    if (said.code === "file_refused") { await note(item, file, { refused: { code: said.code, message: said.message } }); return true; }
    if (typeof said.received !== "number") { await judge(item, status, said, () => { throw new NoAnswer("no count"); }); return false; }
    if (said.received <= at && ++turned > 3) throw Object.assign(new Error(said.message), { code: said.code || "stuck" });
    at = said.received;
    await note(item, file, { sent: at });
  }
}

// What is written while a film goes up does not wait behind it.
async function wordsMeanwhile() {
  if (!again) return;
  again = false;
  for (const item of await due()) if (!item.taken) await attempt(item, sendWords);
}

async function sendPiece(item, file, data, at) {
  const piece = data.slice(at, at + PIECE);
  const path = `/field/api/items/${item.uuid}/files/${file.sha256}?offset=${at}&total=${file.total}`;
  return call("PUT", path, { body: new Uint8Array(piece), seat: item.seat, headers: { "Yimen-Chunk": await sha256(piece) } });
}

const note = (item, file, what) => edit("items", item.uuid, (kept) => ({
  ...kept, files: kept.files.map((one) => (one.id === file.id ? { ...one, ...what } : one)),
}));

async function purge(now) {
  const old = (await all("items")).filter((item) => item.state === "sent" && now - item.sent_at > PURGE);
  if (old.length) await change(["items"], (stores) => old.forEach((item) => stores.items.delete(item.uuid)));
}

// At once, when the network comes back, when the page is looked at again, and at intervals.
export function keepSending() {
  window.addEventListener("online", sendNow);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") send(); });
  setInterval(send, EVERY);
  send();
}
