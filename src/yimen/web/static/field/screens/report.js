// Three taps to a report: class, photo, send. Everything else may stay empty. A draft lives from the first touch.
import { first, known, used } from "../classes.js";
import { kept } from "../fetching.js";
import { load, makeReady, save, start, unsent } from "../items.js";
import { here } from "../place.js";
import { isOpen, seat } from "../vault.js";
import { acts, ask, done, fill, full, make, once, one, say, screen, word, wrong } from "../view.js";
import { pickClass } from "./picker.js";
import { pictures } from "./pictures.js";

const TYPED = ["text", "place", "name", "phone"];
const PAUSE = 300; // milliseconds without a key before what was typed is kept
let saving = Promise.resolve(), open;
document.addEventListener("visibilitychange", () => open && open.leave());

// When classes have come from the office: the tiles anew, under whatever is being written.
export async function retile() {
  if (open && open.form.isConnected) await drawTiles(open.form, open.item);
}

export async function report(id) {
  const item = (await found(id)) || start("report", {});
  const form = screen("report"), again = Boolean(item.draft.data.event_class || item.draft.data.text);
  fill(form, { hint: "" });
  one("#back", form).hidden = !again;
  TYPED.forEach((name) => { form.elements[name].value = item.draft.data[name] || ""; });
  form.elements.urgent.checked = Boolean(item.draft.data.urgent);
  bind(form, item);
  showPoint(form, item);
  await chosen(form, item);
}

// The draft that was asked for, else the last unfinished one; "new" begins another.
async function found(id) {
  if (id === "new") return undefined;
  if (id) return load(id);
  const mine = (await unsent()).filter((row) => row.state === "draft" && row.kind === "report" && row.seat === seat());
  return mine.length ? load(mine[mine.length - 1].uuid) : undefined;
}

// `open.leave` keeps what was typed a moment ago. A form that nobody touched since then makes no draft.
function bind(form, item) {
  let timer = 0; // while something typed is not kept yet
  const now = () => { clearTimeout(timer); timer = 0; if (form.isConnected && isOpen()) keep(form, item); };
  const touch = () => { clearTimeout(timer); timer = setTimeout(now, PAUSE); };
  open = { form, item, leave: () => timer && now() };
  form.addEventListener("input", (event) => { if (event.target.name && event.target.name !== "event_class") touch(); });
  form.addEventListener("change", async (event) => {
    if (event.target.name === "event_class") { item.draft.data.event_class = event.target.value; wrong(form, {}); await chosen(form, item); }
    if (event.target.type !== "file") now();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); send(form, item, ""); });
  acts(form, {
    classes: async () => { const id = await pickClass(); if (id) { item.draft.data.event_class = id; wrong(form, {}); touch(); await chosen(form, item); } },
    settle: () => settle(form, item),
    here: () => locate(form, item),
    map: () => pin(form, item),
    nowhere: () => { setPoint(form, item, null); },
  });
}

// One save after the other, each with what stands in the form at its turn.
function keep(form, item) {
  TYPED.forEach((name) => { item.draft.data[name] = form.elements[name].value.trim(); });
  item.draft.data.urgent = form.elements.urgent.checked;
  saving = saving.then(async () => { if (item.state === "draft") await save(item, await lineOf(item)); }).catch(full);
  return saving;
}

const nameOf = async (id) => ((await known()).classes.find((one) => one.id === id) || { name: "" }).name;
const lineOf = async (item) => [await nameOf(item.draft.data.event_class), item.draft.data.text].filter(Boolean).join(" · ").slice(0, 60);

// The tiles, the hint of the chosen class, and a place for each kind of evidence it wants.
async function chosen(form, item) {
  await drawTiles(form, item);
  const id = item.draft.data.event_class;
  const row = (await known()).classes.find((each) => each.id === id);
  const wants = row ? row.evidence || [] : [];
  const evidence = wants.length ? word("evidence.wanted", { names: wants.map((want) => word("evidence." + want)).join(word("between")) }) : "";
  const filing = row && row.filing_condition ? word("filing", { words: row.filing_condition }) : "";
  fill(form, { hint: [row && row.words, evidence, filing].filter((said) => typeof said === "string" && said).join(" ") });
  one("[data-do=settle]", form).hidden = Boolean(row && row.settles_at && row.settles_at !== "grid");
  one(".urgent", form).classList.toggle("now", Boolean(row && row.urgent));
  await pictures(one("#photos", form), item, wants.length ? [...wants.filter((want) => want !== "after"), ""] : ["near", "far", ""], () => keep(form, item));
}

async function drawTiles(form, item) {
  const rows = await first(pointOf(item), item.draft.data.event_class);
  one("#kinds", form).replaceChildren(...rows.map((row) => tile(row, item.draft.data.event_class)), make("more-kinds"));
}

function tile(row, id) {
  const made = make("kind", { name: row.name }), input = one("input", made);
  Object.assign(input, { value: row.id, checked: row.id === id, id: "class-" + row.id.replace(/\W/g, "-") });
  one("label", made).htmlFor = input.id;
  return made;
}

const pointOf = ({ draft: { data } }) => (data.lng === undefined ? null : { lng: data.lng, lat: data.lat, crs: data.crs });

function setPoint(form, item, point, accuracy, how) {
  const { lng, lat, crs, ...rest } = item.draft.data;
  item.draft.data = point ? { ...rest, lng: point.lng, lat: point.lat, crs: point.crs } : rest;
  item.point = point ? { accuracy, how } : undefined;
  showPoint(form, item);
  keep(form, item);
}

function showPoint(form, item) {
  const there = pointOf(item), { accuracy, how } = item.point || {};
  one("#point", form).hidden = !there;
  fill(form, { point: there ? word(how === "phone" ? "place.phone" : "place.pin", { metres: accuracy }) : "" });
}

async function locate(form, item) {
  say("place.asking");
  const found = await here();
  if (typeof found === "string") { say(found); return; }
  say("");
  setPoint(form, item, found, found.accuracy, "phone");
}

async function pin(form, item) {
  const map = await kept("map");
  if (!map || !map.value.grids || !map.value.grids.length) { say("map.none"); return; }
  const { pinMap } = await import("../map.js");
  let drawn;
  const answer = await ask("map", {}, (dialog) => {
    drawn = pinMap(one("#pin-map", dialog), map.value, pointOf(item));
    acts(dialog, { nearer: () => drawn.zoom(2), farther: () => drawn.zoom(0.5) });
  });
  if (answer && drawn.point()) setPoint(form, item, drawn.point(), 0, "pin");
}

async function settle(form, item) {
  if (needsClass(form, item)) return;
  const said = word("report.settled", { name: await nameOf(item.draft.data.event_class) });
  const answer = await ask("settle", { settled: said });
  if (answer && answer.settled.trim()) await send(form, item, answer.settled.trim());
}

// As the office asks for it (cases/actions/people.py): what is sealed cannot be corrected here any more.
const PHONE = /^\+?[\d \-()\uff08\uff09]{5,25}$/;
function wrongPhone(form) {
  const said = form.elements.phone.value.trim();
  if (!said || (PHONE.test(said) && said.replace(/\D/g, "").length >= 5)) return false;
  one("details", form).open = true;
  return wrong(form, { phone: word("report.phone") });
}

const needsClass = (form, item) => !item.draft.data.event_class && wrong(form, { event_class: word("report.class") });

// Nothing is saved any more once sealing begins: what is ready must not become a draft again.
async function send(form, item, settled) {
  if (needsClass(form, item) || wrongPhone(form)) return;
  const sealed = await once(form, async () => {
    await keep(form, item);
    item.state = "sealing";
    await saving;
    await seal(item, settled).catch((error) => { item.state = "draft"; throw error; });
  });
  if (sealed && form.isConnected) done(settled ? "report.settled.done" : "report.done", "report.done.words");
}

async function seal(item, settled) {
  const before = item.draft.data, name = await nameOf(before.event_class);
  const told = Object.fromEntries(Object.entries(before).filter(([, value]) => value !== "" && value !== false));
  item.draft.data = { ...told, text: before.text || name, settled: settled || undefined };
  await makeReady(item, name);
  await used(before.event_class, pointOf(item));
}
