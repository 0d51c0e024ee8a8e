// The drafts of one worker, opened by a PIN. Each worker has an AES key of their own; it is kept wrapped by a key made of
// the PIN (PBKDF2-SHA256), and in the open only as a non-extractable key of this page while it is unlocked.
import { random, text, utf8 } from "./bytes.js";
import { all, edit, put } from "./store.js";

const ROUNDS = 600000; // OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA256
const FREE_TRIES = 5; // then each further wrong PIN doubles the wait
const WAIT = 30000; // milliseconds after the sixth
let key, whose;

async function fromPin(pin, salt, iterations) {
  const raw = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

// A new worker on this phone (or the same one with a new PIN: drafts under the old key stay shut).
export async function makeSeat(seat, user, pin, rounds = ROUNDS) {
  const salt = random(16), iv = random(12);
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const wrapped = await crypto.subtle.wrapKey("raw", fresh, await fromPin(pin, salt, rounds), { name: "AES-GCM", iv });
  await put("seats", { seat, user, salt, iv, rounds, wrapped, wrong: 0, not_before: 0, since: Date.now() });
  return unlock(seat, pin);
}

// "open", "wrong", or the milliseconds that are left to wait.
export async function unlock(seat, pin) {
  const row = (await all("seats")).find((one) => one.seat === seat);
  if (row.not_before > Date.now()) return row.not_before - Date.now();
  try {
    const kek = await fromPin(pin, row.salt, row.rounds);
    key = await crypto.subtle.unwrapKey("raw", row.wrapped, kek, { name: "AES-GCM", iv: row.iv }, "AES-GCM", false, ["encrypt", "decrypt"]);
  } catch (error) {
    await edit("seats", seat, missed);
    return "wrong";
  }
  whose = seat;
  await edit("seats", seat, (kept) => ({ ...kept, wrong: 0, not_before: 0, opened: Date.now() }));
  return "open";
}

function missed(row) {
  const wrong = row.wrong + 1;
  const wait = wrong > FREE_TRIES ? WAIT * 2 ** Math.min(wrong - FREE_TRIES - 1, 6) : 0;
  return { ...row, wrong, not_before: Date.now() + wait };
}

export function lock() { key = whose = undefined; }
export const seat = () => whose;
export const isOpen = () => Boolean(key);

// `about` says where a ciphertext belongs, so that none can be put in the place of another.
export async function hide(value, about) {
  const iv = random(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(about) }, key, utf8(JSON.stringify(value)));
  return { iv, data };
}

// The value, or undefined where it is of another worker or of a PIN that was given up.
export async function show(hidden, about) {
  if (!hidden || !key) return undefined;
  try {
    const how = { name: "AES-GCM", iv: hidden.iv, additionalData: utf8(about) };
    return JSON.parse(text(await crypto.subtle.decrypt(how, key, hidden.data)));
  } catch (error) {
    return undefined;
  }
}
