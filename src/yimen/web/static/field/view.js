// From the page's <template>s to the screen. Every word a person reads stands in the page (translated there), none here.
const WORDS = JSON.parse(document.getElementById("words").textContent);
const LANGUAGE = document.documentElement.lang === "en" ? "en-GB" : "zh-CN";

export const one = (selector, root = document) => root.querySelector(selector);
export const every = (selector, root = document) => Array.from(root.querySelectorAll(selector));

// A text by its name, with its {places} filled.
export const word = (name, values = {}) => (WORDS[name] || name).replace(/\{(\w+)\}/g, (place, key) => (key in values ? values[key] : place));
export const knows = (name) => name in WORDS;

export const when = (time) => new Date(time).toLocaleString(LANGUAGE, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
export const size = (bytes) => (bytes > 1048576 ? (bytes / 1048576).toFixed(1) + " MB" : Math.ceil(bytes / 1024) + " KB");

// A fresh copy of a template's single element, its [data-text] filled; what has nothing to say is hidden.
export function make(name, values = {}) {
  const element = one("#t-" + name).content.firstElementChild.cloneNode(true);
  return fill(element, values);
}

export function fill(root, values) {
  [root, ...every("[data-text]", root)].filter((element) => element.dataset.text in values).forEach((element) => {
    const said = values[element.dataset.text];
    element.textContent = said === null || said === undefined ? "" : said;
    element.hidden = element.textContent === "";
  });
  return root;
}

// The screen: replaces what stood there; the heading takes the focus, so that a reader hears where they are.
export function screen(name, values) {
  const made = make(name, values);
  one("#main").replaceChildren(made);
  document.title = one("h1", made).textContent.trim() + " · " + word("app.short");
  every("#tabs a").forEach((link) => {
    if (link.hash === "#" + name) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  });
  window.scrollTo(0, 0);
  one("#main").focus({ preventScroll: true });
  return made;
}

// Written and in the queue. Not an address to come back to: from here every link leads somewhere.
export function done(title, words) {
  screen("sent", { title: word(title), words: word(words) });
  history.replaceState(null, "", "#sent");
}

// Buttons and links with data-do="name" call acts[name](event, element).
export function acts(root, functions) {
  root.addEventListener("click", (event) => {
    const element = event.target.closest("[data-do]");
    if (element && root.contains(element) && functions[element.dataset.do]) {
      event.preventDefault();
      functions[element.dataset.do](event, element);
    }
  });
}

// A dialog from a template: its form's data as an object, or null when it was left. `opened(dialog)` prepares it.
export function ask(name, values = {}, opened = () => {}) {
  const dialog = make(name, values);
  document.body.append(dialog);
  return new Promise((resolve) => {
    const form = one("form", dialog);
    let answer = null;
    dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer = { ...Object.fromEntries(new FormData(form)), pressed: event.submitter ? event.submitter.value : "" };
      dialog.close();
    });
    acts(dialog, { leave: () => dialog.close() });
    dialog.answer = (value) => { answer = value; dialog.close(); };
    opened(dialog);
    dialog.showModal();
  });
}

// One line that is read out and goes by itself.
let timer;
export function say(name, values) {
  const place = one("#said");
  place.textContent = word(name, values);
  clearTimeout(timer);
  timer = setTimeout(() => { place.textContent = ""; }, 6000);
}

// The phone is full: said, and what was written stays. Anything else is a fault of ours.
export const full = (error) => { if (error.name === "QuotaExceededError") say("full"); else throw error; };

// The form's buttons rest while `work` is done: an impatient finger hands in once. Whether it was done.
export async function once(form, work) {
  const rest = (resting) => every("button", form).forEach((button) => { button.disabled = resting; });
  rest(true);
  try {
    await work();
    return true;
  } catch (error) {
    full(error);
    return false;
  } finally {
    rest(false);
  }
}

// Beside the field at fault, tied to it for screen readers.
export function wrong(form, faults) {
  every(".wrong", form).forEach((old) => old.remove());
  every("[aria-invalid]", form).forEach((field) => { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); });
  const names = Object.keys(faults).filter((name) => form.elements[name]);
  names.forEach((name, at) => {
    const field = form.elements[name].length ? form.elements[name][0] : form.elements[name];
    const note = make("wrong", { words: faults[name] });
    note.id = "wrong-" + name;
    field.closest(".field").append(note);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", note.id);
    if (!at) field.focus();
  });
  return names.length > 0;
}
