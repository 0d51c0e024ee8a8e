// The photos of a draft: a place for each kind of evidence, the finger brush, and away again.
import { settings } from "../device.js";
import { addFile, dropFile, look } from "../items.js";
import { brush, film, scaled, Unfit } from "../photos.js";
import { acts, ask, every, make, one, say, size, word } from "../view.js";

const name = (purpose, mime = "") => word(mime.startsWith("video/") ? "evidence.video" : "evidence." + (purpose || "other"));

// How what stands there now is drawn: a class that is chosen while a picture is made small puts other places there.
const present = new WeakMap();

// `wants` are purposes in order ("" is any). `changed()` after each photo that came or went.
export async function pictures(root, item, wants, changed) {
  const section = make("photos");
  root.replaceChildren(section);
  acts(section, {
    drop: (event, button) => drop(button.closest("figure").dataset.id),
    brush: (event, button) => brushed(button.closest("figure").dataset.id),
  });
  const told = await settings();

  const redraw = () => present.get(root)();
  present.set(root, draw);

  async function draw() {
    const shown = await Promise.all(item.draft.files.map(figure));
    const full = item.draft.files.length >= (told.files || 9);
    const open = full ? [] : wants.filter((purpose) => !purpose || !item.draft.files.some((file) => file.purpose === purpose)).map(slot);
    every("img", section).forEach((image) => URL.revokeObjectURL(image.src));
    one(".slots", section).replaceChildren(...shown, ...open, ...(full ? [] : [filmSlot()]));
  }
  function slot(purpose) {
    const made = make("slot", { name: name(purpose) }), input = one("input", made);
    Object.assign(input, { accept: "image/*", onchange: () => take(input.files[0], purpose) });
    input.setAttribute("capture", "environment");
    return made;
  }
  function filmSlot() {
    const made = make("slot", { name: word("evidence.video") }), input = one("input", made);
    Object.assign(input, { accept: "video/mp4,video/quicktime,video/*", onchange: () => take(input.files[0], "") });
    input.setAttribute("capture", "environment");
    return made;
  }
  async function take(file, purpose) {
    if (!file) return;
    try {
      const isFilm = file.type.startsWith("video/");
      const blob = isFilm ? await film(file, told) : await scaled(file, told.photo_edge);
      await addFile(item, blob, isFilm ? "film.mp4" : "photo.jpg", purpose);
    } catch (error) {
      refused(error, told);
    }
    await redraw();
    if (item.draft.files.length === (told.files || 9)) say("photo.many");
    await changed();
  }
  async function drop(id) { await dropFile(item, id); await redraw(); await changed(); }
  async function brushed(id) {
    const file = item.draft.files.find((each) => each.id === id);
    const blob = await brushDialog(await look(file));
    if (!blob) return;
    await addFile(item, blob, file.name, file.purpose);
    item.draft.files.splice(item.draft.files.indexOf(file), 1, item.draft.files.pop());
    await changed(); // the draft names the new picture before the old one goes
    await dropFile(item, id);
    await redraw();
  }
  await redraw();
}

function refused(error, told) {
  if (error instanceof Unfit) say(error.message, { seconds: told.video_seconds || 30, megabytes: Math.floor((told.video_bytes || 20971520) / 1048576) });
  else if (error && error.name === "QuotaExceededError") say("full");
  else throw error;
}

async function figure(file) {
  const made = make("photo", { name: name(file.purpose, file.mime) }), image = one("img", made);
  made.dataset.id = file.id;
  image.alt = word("photo.alt", { name: name(file.purpose, file.mime), size: size(file.size) });
  if (file.mime.startsWith("image/")) {
    const blob = await look(file);
    if (blob) image.src = URL.createObjectURL(blob);
  } else {
    image.remove();
    every("[data-do=brush]", made).forEach((button) => button.remove());
    one("figcaption", made).textContent += " · " + size(file.size);
  }
  return made;
}

async function brushDialog(blob) {
  let tools;
  const answer = await ask("brush", {}, async (dialog) => {
    acts(dialog, { clear: () => tools && tools.clear() });
    tools = await brush(one("canvas", dialog), blob);
  });
  return answer && tools ? tools.done() : null;
}
