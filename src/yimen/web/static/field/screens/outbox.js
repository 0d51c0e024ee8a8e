// What has not arrived yet, each by itself: nothing here stands in the way of anything else, nothing goes by itself.
import { canExport, download } from "../exporting.js";
import { again, discard, line, unsent } from "../items.js";
import { all, get } from "../store.js";
import { sendNow } from "../sync.js";
import { seat } from "../vault.js";
import { acts, ask, fill, knows, make, one, screen, size, when, word } from "../view.js";

const MOST = 80; // rows shown at once; what needs the worker first
const COLOURS = { draft: "calm", ready: "", sending: "soon", retry: "soon", needs: "late" };

export async function outbox() {
  const made = screen("outbox");
  acts(made, {
    send: () => sendNow(),
    export: async () => download(await unsent()),
    "export-one": async (event, button) => download([await get("items", idOf(button))]),
    again: (event, button) => again(idOf(button)),
    known: (event, button) => discard(idOf(button)),
    discard: (event, button) => away(idOf(button)),
  });
  await redraw();
}

const idOf = (button) => button.closest("li").dataset.id;
const addressOf = (item) => (item.kind === "report" ? "#report/" + item.uuid : `#act/${item.about}/${item.kind}/${item.uuid}`);

async function away(id) {
  const said = { question: word("discard"), about: word("discard.about"), yes: word("discard.yes") };
  if (await ask("sure", said)) await discard(id);
}

// Again whenever something changed, as long as the page stands.
export async function redraw() {
  const queue = one("#queue");
  if (!queue) return;
  const items = await unsent(), stopped = await get("kept", "stopped");
  const first = items.slice().sort((a, b) => (b.state === "needs") - (a.state === "needs")).slice(0, MOST);
  const rows = await Promise.all(first.map(row)), sent = (await all("items")).filter((item) => item.state === "sent");
  const arrived = await Promise.all(sent.sort((a, b) => b.sent_at - a.sent_at).slice(0, MOST).map(sentRow));
  if (!queue.isConnected) return; // another screen meanwhile
  fill(one("#main"), {
    about: (items.length > MOST ? word("count", { count: items.length }) + " · " : "") + word(items.length ? "outbox.some" : "outbox.none"),
    stopped: stopped && knows("stopped." + stopped) ? word("stopped." + stopped) : "",
  });
  queue.replaceChildren(...rows);
  one("#sent").hidden = !sent.length;
  one("#sent-rows").replaceChildren(...arrived);
}

async function row(item) {
  const made = make("queued", {
    line: (await line(item)) || word("unreadable"), state: word("state." + item.state), time: when(item.started),
    progress: progress(item), why: why(item),
  });
  made.dataset.id = item.uuid;
  const colour = COLOURS[item.state];
  if (colour) one(".tag", made).classList.add(colour);
  one(".do", made).append(...buttons(item));
  return made;
}

function buttons(item) {
  const mine = item.seat === seat(), names = [];
  if (item.state === "draft" && mine) names.push("open");
  if (item.state === "needs" && item.code === "file_refused") names.push("known");
  else if (item.state === "needs") names.push("again");
  if (canExport(item)) names.push("export");
  if (mine && item.code !== "file_refused") names.push("drop");
  return names.map((name) => {
    const button = make("queued-" + name);
    if (name === "open") button.href = addressOf(item);
    return button;
  });
}

function progress(item) {
  if (!item.taken || !item.files.length) return "";
  const total = item.files.reduce((sum, file) => sum + file.total, 0), sent = item.files.reduce((sum, file) => sum + (file.done ? file.total : file.sent), 0);
  return word("progress", { sent: size(sent), total: size(total) });
}

// In the office's own words where it gave some.
function why(item) {
  if (item.state === "needs") {
    if (knows("why." + item.code)) return word("why." + item.code, { message: item.message });
    return [item.message, ...Object.values(item.fields || {})].join(" ");
  }
  if (item.state !== "retry" || !item.code) return "";
  return word(knows("why." + item.code) ? "why." + item.code : "why.other");
}

const sentRow = async (item) => make("sent-row", { line: (await line(item)) || "", number: item.number, time: when(item.sent_at) });
