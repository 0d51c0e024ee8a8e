// Which classes stand first: those this worker used in the grid where they stand, then lately, then the office's order.
import { keep, kept } from "./fetching.js";
import { gridAt } from "./place.js";

const FIRST = 5;

export async function known() {
  const row = await kept("classes");
  return row ? row.value : { classes: [], recent: [] };
}

// Counts by class and grid; no point and no time of day is kept.
const uses = async () => ((await kept("uses")) || { value: {} }).value;

export async function used(id, point) {
  const all = await uses(), one = all[id] || { last: 0, grids: {} };
  const grid = gridAt(((await kept("map")) || {}).value, point);
  one.last = Math.max(0, ...Object.values(all).map((use) => use.last)) + 1;
  if (grid) one.grids[grid] = (one.grids[grid] || 0) + 1;
  await keep("uses", { ...all, [id]: one });
}

export function ranked({ classes, recent = [] }, counts, grid) {
  const near = (id) => (counts[id] && counts[id].grids[grid]) || 0;
  const last = (id) => (counts[id] && counts[id].last) || 0;
  const told = (id) => (recent.includes(id) ? recent.length - recent.indexOf(id) : 0);
  return classes.slice().sort((a, b) => near(b.id) - near(a.id) || last(b.id) - last(a.id) || told(b.id) - told(a.id));
}

export async function first(point, chosen) {
  const all = await known(), grid = gridAt(((await kept("map")) || {}).value, point);
  const order = ranked(all, await uses(), grid), shown = order.slice(0, FIRST);
  const mine = chosen && !shown.some((one) => one.id === chosen) && order.find((one) => one.id === chosen);
  return mine ? [mine, ...shown.slice(0, FIRST - 1)] : shown;
}
