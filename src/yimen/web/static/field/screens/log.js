// The day's log writes itself from what was done; the worker adds what is missing and sends it with one tap.
import { kept, refresh, today } from "../fetching.js";
import { line, makeReady, start, unsent } from "../items.js";
import { seat } from "../vault.js";
import { every, fill, make, once, one, say, screen, when, word, wrong } from "../view.js";

export async function log() {
  const made = screen("log"), form = one("#log-line", made);
  form.addEventListener("change", () => showKind(form));
  form.addEventListener("submit", (event) => { event.preventDefault(); once(form, () => add(form)); });
  one("#log-send", made).addEventListener("submit", (event) => { event.preventDefault(); once(event.target, () => sendDay(event.target)); });
  await redrawLog();
  if (await refresh()) await redrawLog();
}

function showKind(form) {
  const kind = form.elements.kind.value;
  every("[data-for]", form).forEach((field) => { field.hidden = field.dataset.for !== kind; });
}

async function current() {
  const row = await kept("log");
  return row && row.value.day === today() ? row : undefined;
}

// What was added here and has not arrived yet stands below what the office knows.
export async function redrawLog() {
  const list = one("#log-rows");
  if (!list) return;
  const row = await current(), waiting = await linesWaiting();
  if (!list.isConnected) return; // another screen meanwhile
  const known = (row ? row.value.lines : []).map((row) => logRow(row, row.own ? word("log.own") : ""));
  list.replaceChildren(...known, ...waiting.map((row) => logRow(row, word("log.unsent"))));
  list.hidden = !list.children.length;
  one("#log-none").hidden = !list.hidden;
  const { sent_at: sent, to } = row ? row.value : {};
  fill(one("#main"), {
    about: sent ? word("log.sent", { time: when(sent), to }) : row ? word("log.at", { time: when(row.at) }) : word("log.none"),
    send: to ? word("log.send_to", { to }) : word("log.send"),
  });
}

// What is ready is sealed: only that there is a line can be said.
async function linesWaiting() {
  const rows = (await unsent()).filter((item) => item.kind === "log" && item.seat === seat());
  return Promise.all(rows.map(async (row) => ({ work: await line(row) })));
}

const logRow = (line, mark) => make("log-row", { slot: "", place: "", problem: "", measure: "", feedback: "", number: line.number || "", ...words(line), mark });
const words = (line) => { const said = line.words || line; return { ...said, work: said.work || said.item || "" }; };

async function add(form) {
  const kind = form.elements.kind.value;
  const fields = every(".field:not([hidden]) [name]:not([type=radio])", form).map((field) => [field.name, field.value.trim()]);
  const said = { kind, ...Object.fromEntries(fields.filter(([, value]) => value)) };
  const needed = kind === "patrol" ? "item" : "work";
  if (!said[needed] && wrong(form, { [needed]: word("field.required") })) return;
  await makeReady(start("log", { day: today(), lines: [said], send: false }), word("log.line", { day: today() }));
  form.reset();
  showKind(form);
  wrong(form, {});
  one("#log-more").open = false;
  say("log.added");
  await redrawLog();
}

async function sendDay(form) {
  const weather = form.elements.weather.value.trim();
  await makeReady(start("log", { day: today(), weather, lines: [], send: true }), word("log.line", { day: today() }));
  say("log.going");
}
