// Everything that is ready and not yet sent as one file, to be carried to the office: sealed as it stands, also when this
// phone has been switched off. Made of parts, so that many photos do not have to be one text in memory.
import { base64url } from "./bytes.js";
import { get } from "./store.js";

const EXPORTED = ["ready", "sending", "retry", "needs"];
export const canExport = (item) => EXPORTED.includes(item.state) && Boolean(item.envelope);

async function* told(item) {
  yield `{"uuid":"${item.uuid}","envelope":${item.envelope},"files":[`;
  let comma = "";
  for (const file of item.files) {
    const kept = await get("files", file.id);
    if (!kept) continue;
    yield `${comma}{"sha256":"${file.sha256}","data":"${base64url(kept.data)}"}`;
    comma = ",";
  }
  yield "]}";
}

export async function exported(items) {
  const parts = ['{"yimen_field_export":1,"items":['];
  for (const [at, item] of items.filter(canExport).entries()) {
    if (at) parts.push(",");
    for await (const part of told(item)) parts.push(part);
  }
  return new Blob([...parts, "]}"], { type: "application/json" });
}

// Handed to the person as a download; the items stay in the queue.
export async function download(items) {
  const address = URL.createObjectURL(await exported(items));
  const link = document.createElement("a");
  link.href = address;
  link.download = `yimen-${new Date().toISOString().slice(0, 16).replace(/\D/g, "")}.json`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
