// One exchange with the office: signed by the device, judged by what comes back. Only an answer that says `yimen: 1` is one.
import { sha256, utf8 } from "./bytes.js";
import { sign } from "./seal.js";
import { get } from "./store.js";

const PATIENCE = 45000; // milliseconds for one exchange; a piece is 256 KB
let skew = 0; // the office's clock minus ours, as last told

// No answer of ours: no network, too slow, or somebody else answered (a captive portal, a proxy).
export class NoAnswer extends Error {}

// `{status, said}`; throws NoAnswer. `seat` null: enrolment, which has neither device nor seat yet.
export async function call(method, path, { body, seat, device, headers = {} } = {}) {
  const known = device || (await get("device", "this"));
  const sent = typeof body === "string" ? utf8(body) : body || new Uint8Array(0);
  const time = String(Date.now() + (method === "GET" ? skew : 0));
  const signature = await sign(known.privateKey, ["yimen-field-1", method, path, time, await sha256(sent)].join("\n"));
  const all = { "Accept-Language": document.documentElement.lang, "Yimen-Time": time, "Yimen-Signature": signature, ...headers };
  if (seat) Object.assign(all, { "Yimen-Device": known.device, "Yimen-Seat": seat });
  return exchange(path, { method, headers: all, body: method === "GET" ? undefined : sent });
}

// As `call`, and once more with the office's time when ours is days off.
export async function read(path, seat) {
  const first = await call("GET", path, { seat });
  if (first.said.code !== "clock") return first;
  skew = first.said.now - Date.now();
  return call("GET", path, { seat });
}

async function exchange(path, asked) {
  const { answer, over } = await request(path, asked);
  try {
    const said = await answer.json();
    if (!said || said.yimen !== 1) throw new NoAnswer("not ours");
    return { status: answer.status, said };
  } catch (error) {
    throw new NoAnswer(error.message);
  } finally {
    over();
  }
}

async function request(path, asked) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const how = { credentials: "omit", cache: "no-store", redirect: "error", signal: stop.signal };
    return { answer: await fetch(path, { ...asked, ...how }), over: () => clearTimeout(timer) };
  } catch (error) {
    clearTimeout(timer);
    throw new NoAnswer(error.message);
  }
}

// A photo of a task, as a Blob; undefined where there is none to be had now.
export async function picture(path, seat) {
  const known = await get("device", "this");
  const time = String(Date.now() + skew);
  const signature = await sign(known.privateKey, ["yimen-field-1", "GET", path, time, await sha256(new Uint8Array(0))].join("\n"));
  const headers = { "Yimen-Device": known.device, "Yimen-Seat": seat, "Yimen-Time": time, "Yimen-Signature": signature };
  try {
    const { answer, over } = await request(path, { method: "GET", headers });
    const blob = await answer.blob();
    over();
    return answer.ok && blob.type.startsWith("image/") ? blob : undefined;
  } catch (error) {
    return undefined;
  }
}
