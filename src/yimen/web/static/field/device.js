// This phone and its workers: a pair of keys made once, a seat for each worker who came with a one-time code.
import { makeDeviceKey, publicJwk } from "./seal.js";
import { all, get, put } from "./store.js";
import { call } from "./wire.js";

export const thisDevice = () => get("device", "this");
export const seats = async () => (await all("seats")).sort((a, b) => (b.opened || 0) - (a.opened || 0));
export const settings = async () => ((await thisDevice()) || {}).settings || {};

// What keeps the page from working here, or "": names a text of the page.
export function missing() {
  if (/MicroMessenger/i.test(navigator.userAgent)) return "wechat";
  if (!window.isSecureContext) return "insecure";
  if (!window.indexedDB || !crypto.subtle || !navigator.locks) return "old";
  return "";
}

// `{seat, user}`; else `{refused: {code, message}}`. The same code with the same key may be sent again.
export async function enrol(code, label, kind) {
  const before = await thisDevice();
  const pair = before || (await newKey());
  const key = await publicJwk(pair.publicKey);
  const { status, said } = await call("POST", "/field/api/enrol", { body: JSON.stringify({ code, key, label, kind }), device: pair });
  if (status !== 200) return { refused: said };
  const { device, box } = said;
  await put("device", { ...pair, device, box, settings: said.settings, label, kind }, "this");
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  return { seat: said.seat, user: said.user };
}

// Kept before the code is sent: an answer that is lost on the way must not cost the code.
async function newKey() {
  const waiting = await get("device", "made");
  if (waiting) return waiting;
  const pair = await makeDeviceKey();
  const made = { publicKey: pair.publicKey, privateKey: pair.privateKey };
  await put("device", made, "made");
  return made;
}

// The office may change its key and its limits.
export async function follow({ box, settings: told }) {
  const known = await thisDevice();
  if (known && (box || told)) await put("device", { ...known, box: box || known.box, settings: told || known.settings }, "this");
}
