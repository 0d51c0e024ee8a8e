// What is read from the office and kept for times without a signal: classes and outlines (of places, in the open), the
// worker's tasks and log (encrypted under the worker's key, tasks 72 hours at most).
import { follow, settings } from "./device.js";
import { all, change, get, put } from "./store.js";
import { hide, isOpen, seat, show } from "./vault.js";
import { NoAnswer, read } from "./wire.js";

const HOURS = 3600000; // milliseconds
const OPEN = ["classes", "map"];

export const today = () => { const now = new Date(); return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10); };

// Everything anew; what cannot be had now stays as it was. Answers whether the office answered at all.
export async function refresh() {
  const asked = [fetchOne("classes"), fetchOne("map"), fetchOne("tasks"), fetchOne("log", "?day=" + today())];
  return (await Promise.all(asked)).some(Boolean);
}

async function fetchOne(name, query = "") {
  if (!isOpen() || !navigator.onLine) return false;
  const who = seat();
  try {
    const { status, said } = await read("/field/api/" + name + query, who);
    if (status !== 200 || seat() !== who) return status < 500;
    await follow(said);
    await keep(name, said);
    return true;
  } catch (error) {
    if (error instanceof NoAnswer) return false;
    throw error;
  }
}

const key = (name) => name + " " + seat();

// `{at, value}`: as last read. Outlines and classes need no PIN, the rest does.
export async function keep(name, value) {
  const row = OPEN.includes(name) ? { at: Date.now(), value } : { at: Date.now(), hidden: await hide(value, key(name)) };
  await put("kept", row, key(name));
}

export async function kept(name) {
  const row = await get("kept", key(name));
  if (!row) return undefined;
  const { task_hours: hours = 72 } = await settings();
  if (name === "tasks" && Date.now() - row.at > hours * HOURS) return forget(key(name));
  if (!row.hidden) return row;
  const value = await show(row.hidden, key(name));
  return value && { at: row.at, value };
}

const forget = (name) => change(["kept"], (stores) => { stores.kept.delete(name); });

// When a worker leaves: what was downloaded for them goes, what they wrote stays.
export const forgetDownloads = () => Promise.all(["tasks", "log"].map((name) => forget(key(name))));

// Tasks too old, of anyone on this phone, whoever unlocks next.
export async function sweep() {
  for (const row of await all("seats")) {
    const name = "tasks " + row.seat, old = await get("kept", name);
    if (old && Date.now() - old.at > 72 * HOURS) await forget(name);
  }
}
