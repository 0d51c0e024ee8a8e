// The outlines of the community's grids as they were downloaded, and one pin: by a finger, or with the arrow keys.
import { onEarth, onSheet } from "./place.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.02; // of the shown width, for one press of an arrow
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function draw(name, attributes, words) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  if (words) element.textContent = words;
  return element;
}

function drawGrid(grid) {
  const kind = grid.own ? "own" : "beside";
  const label = draw("text", { x: grid.x, y: grid.y, class: kind }, grid.label || grid.name);
  return [draw("path", { d: grid.path, class: kind }), label];
}

// Draws into `svg`; `zoom(2)` and `zoom(0.5)`; `point()` is where the pin stands now, undefined while there is none.
export function pinMap(svg, map, start) {
  let pin = start ? onSheet(map, start) : undefined, scale = 1;
  const mark = draw("g", { class: "pin", hidden: "" });
  mark.append(draw("path", { d: "M0 0s-9-11-9-17a9 9 0 0 1 18 0c0 6-9 17-9 17z" }), draw("circle", { cx: 0, cy: -17, r: 3.4 }));
  svg.replaceChildren(...map.grids.flatMap(drawGrid), mark);

  function view() {
    const width = map.width / scale, height = map.height / scale;
    const middle = pin || { x: map.width / 2, y: map.height / 2 };
    const x = clamp(middle.x - width / 2, map.width - width), y = clamp(middle.y - height / 2, map.height - height);
    svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    svg.style.setProperty("--zoom", 1 / scale);
  }
  function move(to) {
    pin = { x: clamp(to.x, map.width), y: clamp(to.y, map.height) };
    mark.removeAttribute("hidden");
    mark.setAttribute("transform", `translate(${pin.x} ${pin.y}) scale(${1.6 / scale})`);
  }
  svg.onclick = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    move(at);
  };
  svg.onkeydown = (event) => {
    const [right, down] = MOVES[event.key] || [];
    if (right === undefined) return;
    event.preventDefault();
    const from = pin || { x: map.width / 2, y: map.height / 2 }, step = (map.width * STEP) / scale;
    move({ x: from.x + right * step, y: from.y + down * step });
  };
  if (pin) move(pin);
  view();
  return {
    zoom(by) { scale = Math.min(16, Math.max(1, scale * by)); if (pin) move(pin); view(); },
    point: () => pin && onEarth(map, pin),
  };
}

const clamp = (value, most) => Math.min(Math.max(value, 0), Math.max(most, 0));
