// Pictures made small on the phone (and so without what a camera writes about itself), films capped, faces brushed away.
const EDGE = 1600; // pixels
const QUALITY = 0.8;
const GRAIN = 56; // picture elements of a brushed place, across and down, that become one
export class Unfit extends Error {} // its message names a text of the page

export async function scaled(file, edge = EDGE) {
  const source = await decoded(file);
  const share = Math.min(1, edge / Math.max(source.width, source.height));
  const canvas = sheet(Math.round(source.width * share), Math.round(source.height * share));
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  if (source.close) source.close();
  return jpeg(canvas);
}

async function decoded(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch (error) {
    throw new Unfit("photo.unreadable");
  }
}

function sheet(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

const jpeg = (canvas) => new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));

// The film as it is, when it is neither too large nor too long.
export async function film(file, { video_bytes: bytes = 20971520, video_seconds: seconds = 30 }) {
  if (file.size > bytes || (await length(file)) > seconds + 1) throw new Unfit("video.too_long");
  return file;
}

const length = (file) => new Promise((resolve) => {
  const player = document.createElement("video");
  const address = URL.createObjectURL(file);
  const done = (seconds) => { URL.revokeObjectURL(address); resolve(seconds); };
  player.preload = "metadata";
  player.onloadedmetadata = () => done(Number.isFinite(player.duration) ? player.duration : 0);
  player.onerror = () => done(0);
  player.src = address;
});

// A finger over the picture makes it coarse, for good. `canvas` is the page's; answers the functions of its buttons.
export async function brush(canvas, blob) {
  const picture = await decoded(blob);
  canvas.width = picture.width;
  canvas.height = picture.height;
  const pen = canvas.getContext("2d");
  const coarse = coarsened(picture);
  const clear = () => pen.drawImage(picture, 0, 0);
  canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); dab(pen, coarse, point(canvas, event)); };
  canvas.onpointermove = (event) => { if (event.buttons) dab(pen, coarse, point(canvas, event)); };
  clear();
  return { clear, done: () => jpeg(canvas) };
}

function coarsened(picture) {
  const small = sheet(Math.ceil(picture.width / GRAIN), Math.ceil(picture.height / GRAIN));
  small.getContext("2d").imageSmoothingQuality = "high"; // each is the mean of its place, not one point of it
  small.getContext("2d").drawImage(picture, 0, 0, small.width, small.height);
  const large = sheet(picture.width, picture.height);
  const pen = large.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, 0, large.width, large.height);
  return large;
}

function point(canvas, event) {
  const shown = canvas.getBoundingClientRect(), scale = canvas.width / shown.width;
  return { x: (event.clientX - shown.left) * scale, y: (event.clientY - shown.top) * scale, r: 22 * scale };
}

function dab(pen, coarse, { x, y, r }) {
  pen.save();
  pen.beginPath();
  pen.arc(x, y, r, 0, 2 * Math.PI);
  pen.clip();
  pen.drawImage(coarse, 0, 0);
  pen.restore();
}
