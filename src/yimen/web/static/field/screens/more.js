// The person, the phone, the language; locking and leaving.
import { seats, thisDevice } from "../device.js";
import { forgetDownloads } from "../fetching.js";
import { unsent } from "../items.js";
import { seat } from "../vault.js";
import { acts, ask, one, screen, word } from "../view.js";

const LARGE = "yimen-field-large", SUN = "yimen-field-sun"; // how the page looks is no secret

export async function more(shut) {
  const [known, mine] = [await thisDevice(), (await seats()).find((row) => row.seat === seat())];
  const kept = navigator.storage && navigator.storage.persisted && (await navigator.storage.persisted());
  const made = screen("more", { name: mine.user.name, label: known.label, storage: word(kept ? "storage.kept" : "storage.may_go") });
  const waiting = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration("/field/"));
  one("#new-version", made).hidden = !(waiting && waiting.waiting);
  acts(made, {
    lock: shut,
    leave: () => leave(shut),
    larger: () => { localStorage.setItem(LARGE, { "": "text-125", "text-125": "text-150" }[localStorage.getItem(LARGE) || ""] || ""); looks(); },
    sun: () => { localStorage.setItem(SUN, localStorage.getItem(SUN) ? "" : "sun"); looks(); },
    update: () => { waiting.waiting.postMessage("take-over"); },
  });
}

export function looks() {
  document.documentElement.className = [localStorage.getItem(LARGE), localStorage.getItem(SUN)].filter(Boolean).join(" ");
}

// What is not sent stays, for this worker, and goes by itself.
async function leave(shut) {
  const count = (await unsent()).filter((item) => item.seat === seat()).length;
  const about = count ? word("leave.unsent", { count }) + " " + word("leave.clean") : word("leave.clean");
  if (!(await ask("sure", { question: word("leave"), about, yes: word("leave.yes") }))) return;
  await forgetDownloads();
  shut();
}
