// Before the work: what is missing here, a one-time code, a PIN, and the PIN again.
import { enrol, missing, seats, thisDevice } from "../device.js";
import { download } from "../exporting.js";
import { unsent } from "../items.js";
import { makeSeat, unlock } from "../vault.js";
import { acts, fill, knows, make, one, say, screen, word, wrong } from "../view.js";
import { NoAnswer } from "../wire.js";

export function showMissing(what) {
  const made = screen("missing", { title: word("missing." + what), words: word(`missing.${what}.words`), address: location.href });
  acts(made, { copy: () => copy(location.href) });
}

async function copy(text) {
  try { await navigator.clipboard.writeText(text); say("copied"); } catch (error) { window.getSelection().selectAllChildren(one(".address")); }
}

// `code` comes with the square's address; `entered()` when a worker is in.
export async function showEnrol(code, entered) {
  const known = await thisDevice(), made = screen("enrol", { back: (await seats()).length ? undefined : "" });
  const form = one("form", made);
  if ((await seats()).length) one("[data-text=back]", made).hidden = false;
  form.elements.code.value = code;
  form.elements.label.value = known ? known.label : "";
  if (known) form.elements.kind.value = known.kind;
  form.addEventListener("submit", (event) => { event.preventDefault(); enrolled(form, entered); });
}

async function enrolled(form, entered) {
  const { code, label, kind } = Object.fromEntries(new FormData(form));
  if (!code.trim()) { wrong(form, { code: word("enrol.empty") }); return; }
  say("enrol.working");
  try {
    const answer = await enrol(code.trim(), label.trim() || word("enrol.label"), kind);
    say("");
    if (answer.refused) wrong(form, { code: answer.refused.message || word("enrol.code") });
    else showPin(answer, entered);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    wrong(form, { code: word("enrol.no_answer") });
  }
}

function showPin({ seat, user }, entered) {
  const form = one("form", screen("pin"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const pin = form.elements.pin.value;
    if (!/^\d{6,}$/.test(pin)) { wrong(form, { pin: word("pin.short") }); return; }
    if (pin !== form.elements.again.value) { wrong(form, { again: word("pin.differs") }); return; }
    await makeSeat(seat, user, pin);
    entered();
  });
}

export async function showUnlock(entered) {
  const all = await seats(), made = screen("unlock", { waiting: "" }), form = one("form", made);
  one("#people .choices", form).append(...all.map(person));
  one("#people", form).hidden = all.length < 2;
  acts(made, { export: async () => download(await unsent()) });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await unlock(form.elements.seat.value || all[0].seat, form.elements.pin.value);
    if (answer === "open") { entered(); return; }
    form.elements.pin.value = "";
    fill(made, { waiting: typeof answer === "number" ? word("pin.wait", { seconds: Math.ceil(answer / 1000) }) : "" });
    wrong(form, { pin: word("pin.wrong") });
  });
  if (all.length < 2) form.elements.pin.focus();
}

function person(row, at) {
  const made = make("person", { name: row.user.name }), input = one("input", made);
  Object.assign(input, { value: row.seat, checked: !at, id: "person-" + at });
  one("label", made).htmlFor = input.id;
  return made;
}

export const unfit = () => { const what = missing(); return what && knows("missing." + what) ? what : ""; };
