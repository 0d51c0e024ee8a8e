// All classes, by their large class, found by a few characters.
import { known } from "../classes.js";
import { ask, make, one } from "../view.js";

// The id of the chosen class, or "".
export async function pickClass() {
  const { classes } = await known();
  const answer = await ask("classes", {}, (dialog) => {
    const seek = one("#seek", dialog);
    const draw = () => list(dialog, classes, seek.value.trim());
    seek.addEventListener("input", draw);
    seek.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    one("form", dialog).addEventListener("submit", (event) => { event.preventDefault(); });
    draw();
  });
  return answer ? answer.pressed : "";
}

function list(dialog, classes, words) {
  const found = classes.filter((row) => (row.name + row.big).includes(words));
  const bigs = [...new Set(found.map((row) => row.big))];
  one("#classes-list", dialog).replaceChildren(...bigs.map((big) => group(big, found.filter((row) => row.big === big))));
  one("#classes-none", dialog).hidden = found.length > 0;
}

function group(big, rows) {
  const section = make("classes-group", { big });
  one(".kinds", section).append(...rows.map((row) => Object.assign(make("class", { name: row.name }), { value: row.id })));
  return section;
}
