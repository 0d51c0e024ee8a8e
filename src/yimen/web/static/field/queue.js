// The rules of the queue, without storage and without network: what an answer means, and what is due.
//
//   draft → ready → sending → sent | retry (goes again by itself) | needs (the worker decides)
export const UNSENT = ["draft", "ready", "sending", "retry", "needs"];
export const WAITING = ["ready", "sending", "retry"];
const LONGEST = 120; // seconds between two tries
const STOPS = ["switched_off", "unknown_device", "signature"];

// "took": look at the receipt; "stop": the whole run, everything is kept; "pause": the whole run, for a while;
// "needs": an explicit refusal of this one; "missing": the words have to go first; "later": anything else.
export function meaning(status, said) {
  if (status === 200) return "took";
  if (STOPS.includes(said.code)) return "stop";
  if (status === 429) return "pause";
  if (said.code === "missing") return "missing";
  return [403, 409, 413, 422].includes(status) ? "needs" : "later";
}

// Whether this receipt is of this item: id and hash of what was sealed.
export const fits = (receipt, item) => receipt.item === item.uuid && receipt.body_sha256 === item.body_sha256;

// Whether everything is in the office's hands: the words, and each file by its own hash, or refused for good and told.
export const complete = (receipt, item) =>
  fits(receipt, item) && item.files.every((file) => (receipt.done || []).includes(file.sha256) || file.refused);

// A clock that was set back makes nobody wait for days.
export const isDue = (item, now) => WAITING.includes(item.state) && ((item.due_at || 0) <= now || item.due_at - now > 2000 * LONGEST);

export const begin = (item) => ({ ...item, state: "sending" });
export const postpone = (item, code, now) => {
  const tries = (item.tries || 0) + 1;
  const seconds = Math.min(2 ** Math.min(tries, 10), LONGEST) * (0.75 + Math.random() / 2);
  return { ...item, state: "retry", tries, code, due_at: now + seconds * 1000 };
};
export const refuse = (item, said) => ({ ...item, state: "needs", code: said.code || "", message: said.message || "", fields: said.fields || {} });
export const hurry = (item) => (WAITING.includes(item.state) ? { ...item, due_at: 0 } : item);

// What stays of an item that has arrived: its number and line, nothing that could be sent again.
export function arrived(item, receipt, now) {
  const { uuid, seat, kind, line, started } = item;
  return { uuid, seat, kind, line, started, state: "sent", number: receipt.number || "", sent_at: now, received_at: receipt.received_at };
}

// In the order they were written; who has waited through a failure does not stand in the way of the others.
export const inOrder = (items, now) =>
  items.filter((item) => isDue(item, now)).sort((a, b) => (a.tries || 0) - (b.tries || 0) || a.started - b.started);
