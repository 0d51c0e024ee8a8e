// Drafts and what becomes of them. A draft has its UUID from the first touch; its words are encrypted under the worker's
// key, each photo under a key of its own from the moment it is taken.
import { uuid } from "./bytes.js";
import { UNSENT } from "./queue.js";
import { openFile, sealFile, sealItem } from "./seal.js";
import { all, change, edit, get } from "./store.js";
import { changed, send } from "./sync.js";
import { hide, seat, show } from "./vault.js";

const DAY = 86400000; // milliseconds
const about = (item) => "draft " + item.uuid;

// `draft` is `{data, files}` in the open; `files` are what the sealed body will say of each, with the id it is kept under.
export const start = (kind, data = {}) => ({ uuid: uuid(), seat: seat(), kind, state: "draft", started: Date.now(), draft: { data, files: [] } });

export async function save(item, line) {
  const { draft, ...row } = item;
  const hidden = await hide(draft, about(item)), shown = await hide(line, "line " + item.uuid);
  await putWriting({ ...row, hidden, line: shown });
  changed();
}

// A row that is still being written, or begins. What another page has made ready meanwhile is left as it is.
const putWriting = (row) => change(["items"], (stores) => {
  stores.items.get(row.uuid).onsuccess = (event) => {
    const before = event.target.result;
    if (!before || before.state === "draft") stores.items.put(row);
  };
});

// The draft as it was left, or undefined (another worker's, or one under a PIN that was given up).
export async function load(id) {
  const row = await get("items", id);
  const draft = row && (await show(row.hidden, about(row)));
  if (!draft) return undefined;
  const { hidden, line, ...item } = row;
  return { ...item, draft };
}

export const line = (row) => show(row.line, "line " + row.uuid);

export async function addFile(item, blob, name, purpose) {
  const { told, data } = await sealFile(blob, name, blob.type, purpose);
  const id = uuid();
  await change(["files"], (stores) => { stores.files.put({ id, item: item.uuid, at: Date.now(), data }); });
  item.draft.files.push({ ...told, id });
  return id;
}

export async function dropFile(item, id) {
  item.draft.files = item.draft.files.filter((file) => file.id !== id);
  await change(["files"], (stores) => { stores.files.delete(id); });
}

export async function look(file) {
  const kept = await get("files", file.id);
  return kept && openFile(file, kept.data);
}

// Sealed, signed and in the queue, in one transaction. From here on this phone cannot read it any more, nor its photos:
// their keys are in the sealed body. `words` is what the list shows of it, nothing of what was written.
export async function makeReady(item, words) {
  const device = await get("device", "this");
  const { data, files } = item.draft;
  const body = { id: item.uuid, kind: item.kind, made_at: Date.now(), seat: item.seat, data, files: files.map(bare) };
  const sealed = await sealItem(body, device.box, device.privateKey);
  const shown = await hide(words, "line " + item.uuid);
  const queued = files.map(({ id, sha256, size }) => ({ id, sha256, total: size + 16, sent: 0, done: false }));
  const { draft, ...row } = item;
  await putWriting({ ...row, ...sealed, state: "ready", tries: 0, due_at: 0, line: shown, files: queued });
  changed();
  send();
}

const bare = ({ id, ...told }) => told;

// Only by the worker's own word.
export async function discard(id) {
  await change(["items", "files"], (stores) => {
    stores.items.delete(id);
    stores.files.index("item").getAllKeys(id).onsuccess = (event) => event.target.result.forEach((key) => stores.files.delete(key));
  });
  changed();
}

export const unsent = async () => (await all("items")).filter((item) => UNSENT.includes(item.state)).sort((a, b) => a.started - b.started);
export const again = (id) => edit("items", id, (item) => ({ ...item, state: "ready", tries: 0, due_at: 0 })).then(send);

// Pictures of a draft that was never kept (the phone went out in between), after a day.
export async function sweepFiles() {
  const known = new Set((await all("items")).map((item) => item.uuid));
  await change(["files"], (stores) => {
    stores.files.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (!known.has(cursor.value.item) && Date.now() - (cursor.value.at || 0) > DAY) cursor.delete();
      cursor.continue();
    };
  });
}
