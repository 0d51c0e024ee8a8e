// What waits for this worker: read when there is a signal, done without one.
import { kept, refresh } from "../fetching.js";
import { load, makeReady, save, start, unsent } from "../items.js";
import { picture } from "../wire.js";
import { seat } from "../vault.js";
import { acts, done, every, fill, full, make, once, one, screen, when, word, wrong } from "../view.js";
import { pictures } from "./pictures.js";

const EVIDENCE = { handle: ["before", "after", ""], settle: ["before", "after", ""], settle_told: ["before", "after", ""], pass_check: ["after", ""], fail_check: ["after", ""] };
const LINES = ["text", "line", "number", "date", "datetime", "phone", "money"];

export const all = async () => { const row = await kept("tasks"); return row ? row.value.tasks : []; };
const find = async (id) => (await all()).find((task) => task.case === id);
const written = async (id) => (await unsent()).filter((item) => item.about === id && item.state !== "draft");

export async function tasks() {
  const made = screen("tasks");
  acts(made, { refresh: async () => { await refresh(); await redrawTasks(); } });
  await redrawTasks();
  if (await refresh()) await redrawTasks();
}

export async function redrawTasks() {
  const list = one("#task-rows");
  if (!list) return;
  const row = await kept("tasks"), rows = await Promise.all((row ? row.value.tasks : []).map(taskRow));
  if (!list.isConnected) return; // another screen meanwhile
  fill(one("#main"), { about: row ? word("tasks.at", { time: when(row.at) }) : word("tasks.none") });
  list.replaceChildren(...rows);
  list.hidden = !rows.length;
  one("#task-none").hidden = Boolean(rows.length) || !row;
}

const dueOf = (task) => (task.due_at ? word("task.due", { time: when(task.due_at) }) : "");
const titleOf = (task) => [task.class, task.title].filter(Boolean).join(" · ");

async function taskRow(task) {
  const mine = (await written(task.case)).length ? word("task.mine") : "";
  const made = make("task-row", { title: titleOf(task), state_words: task.state_words, place: task.place, due: dueOf(task), mine });
  one(".tag.late", made).hidden = !task.urgent;
  one("a", made).href = "#task/" + task.case;
  return made;
}

export async function task(id) {
  const it = await find(id);
  if (!it) { location.hash = "#tasks"; return; }
  const mine = (await written(id)).length ? word("task.mine") : "";
  const made = screen("task", { ...it, title: titleOf(it), due: dueOf(it), mine, urgent: undefined });
  one(".tag.late", made).hidden = !it.urgent;
  every(".facts > div", made).forEach((fact) => { fact.hidden = !one("dd", fact).textContent; });
  one("#moves", made).append(...(mine ? [] : it.moves.map((move) => moveButton(move))));
  acts(made, { move: (event, button) => { location.hash = `#act/${id}/${button.value}`; } });
  for (const file of it.files || []) await seen(one("#task-photos", made), it, file);
}

const moveButton = (move) => Object.assign(make("move", { label: move.label }), { value: move.verb });

// A photo that was sent with the matter: looked at while there is a signal, not kept.
async function seen(place, it, file) {
  const blob = await picture(`/field/api/cases/${it.case}/files/${file.uuid}`, seat());
  if (!blob) return;
  const image = Object.assign(document.createElement("img"), { src: URL.createObjectURL(blob), alt: file.name });
  place.append(image);
}

// One step of one task; `uuid` when it was begun before.
export async function act(id, verb, uuid) {
  const it = await find(id), move = it && it.moves.find((each) => each.verb === verb);
  const item = (uuid && (await load(uuid))) || { ...start(verb, { case: id }), about: id };
  if (!move) { location.hash = "#tasks"; return; }
  const form = screen("act", { label: move.label, title: titleOf(it), send: word("task.send") });
  one("[data-back]", form).href = "#task/" + id;
  one("#fields", form).append(...move.fields.filter((field) => field.kind !== "file").map((field) => fieldOf(field, item.draft.data[field.name])));
  const keep = () => save(collect(form, item, move), move.label + " · " + titleOf(it)).catch(full);
  form.addEventListener("change", (event) => { if (event.target.type !== "file") keep(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); finish(form, item, move, it); });
  await pictures(one("#photos", form), item, EVIDENCE[verb] || [""], keep);
}

function fieldOf(field, value = "") {
  if (field.choices && field.choices.length) return choiceOf(field, value);
  const made = make(LINES.includes(field.kind) ? "field-line" : "field-text", { label: field.label });
  const input = one("input, textarea", made);
  Object.assign(input, { id: "field-" + field.name, name: field.name, value, required: field.required });
  if (field.kind === "number") input.inputMode = "numeric";
  if (field.kind === "date") input.type = "date";
  if (field.kind === "datetime") input.type = "datetime-local";
  one("label", made).htmlFor = input.id;
  one(".optional", made).hidden = field.required;
  return made;
}

function choiceOf(field, value) {
  const made = make("field-choice", { label: field.label });
  one(".choices", made).append(...field.choices.map((choice, at) => {
    const [code, label] = Array.isArray(choice) ? choice : [choice.value, choice.label];
    const row = make("choice", { label }), input = one("input", row);
    Object.assign(input, { name: field.name, value: code, id: `field-${field.name}-${at}`, checked: code === value });
    one("label", row).htmlFor = input.id;
    return row;
  }));
  return made;
}

function collect(form, item, move) {
  const said = new FormData(form);
  move.fields.forEach((field) => { const value = said.get(field.name); if (typeof value === "string") item.draft.data[field.name] = value.trim(); });
  return item;
}

async function finish(form, item, move, it) {
  const { data } = collect(form, item, move).draft;
  const empty = move.fields.filter((field) => field.required && field.kind !== "file" && !data[field.name]);
  if (wrong(form, Object.fromEntries(empty.map((field) => [field.name, word("field.required")])))) return;
  item.draft.data = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== ""));
  const ready = await once(form, () => makeReady(item, move.label + " · " + it.number));
  if (ready && form.isConnected) done("task.done", "report.done.words");
}
