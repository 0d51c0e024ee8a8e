// The service worker: keeps the versioned shell of the phone page and nothing else, never an answer of the server.
//
// `VERSION` stands in front (web/field/shell.py). Either every file of a version is there with its hash, or none:
// what a captive portal answers does not fit a hash. Which of the two languages was asked for last is remembered.
const CACHE = "yimen-field-" + VERSION;
const LAST = "/field/last-language";

async function sha256(data) {
  const digest = await crypto.subtle.digest("SHA-256", data);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function fetched(row) {
  for (const cache of ["default", "reload"]) {
    const answer = await fetch(row.url, { cache });
    const body = await answer.clone().arrayBuffer();
    if (answer.ok && (await sha256(body)) === row.sha256) return answer;
  }
  throw new Error("not the file that was listed: " + row.url);
}

async function install() {
  const listed = await (await fetch("/field/precache.json", { cache: "no-store" })).json();
  if (listed.yimen !== 1 || listed.version !== VERSION) throw new Error("the list is of another version");
  const answers = await Promise.all(listed.files.map(fetched));
  const cache = await caches.open(CACHE);
  await Promise.all(answers.map((answer, at) => cache.put(listed.files[at].url, answer)));
}

async function activate() {
  const last = await language();
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("yimen-field-") && name !== CACHE).map((name) => caches.delete(name)));
  await remember(last);
  await self.clients.claim();
}

async function language() {
  const kept = await caches.match(LAST);
  return kept ? kept.text() : (self.navigator.language || "zh").startsWith("zh") ? "zh-hans" : "en";
}

async function remember(chosen) {
  await (await caches.open(CACHE)).put(LAST, new Response(chosen));
}

async function shell(url) {
  const asked = url.searchParams.get("lang");
  if (asked) await remember(asked);
  const cache = await caches.open(CACHE);
  return (await cache.match("/field/?lang=" + (asked || (await language())))) || fetch("/field/");
}

async function kept(request) {
  return (await (await caches.open(CACHE)).match(request, { ignoreVary: true })) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => { if (event.data === "take-over") self.skipWaiting(); });
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname === "/field/") event.respondWith(shell(url));
  else if (url.pathname.startsWith("/static/") || url.pathname === "/field/manifest.webmanifest") event.respondWith(kept(event.request));
});
