// Bytes as the protocol writes them: base64url without padding, hex, UTF-8, and JSON in one fixed form.

export const utf8 = (text) => new TextEncoder().encode(text);
export const text = (data) => new TextDecoder().decode(data);

export function base64url(data) {
  const bytes = new Uint8Array(data);
  let letters = "";
  for (let at = 0; at < bytes.length; at += 8192) letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function unbase64url(letters) {
  return Uint8Array.from(atob(letters.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}

export const hex = (data) => Array.from(new Uint8Array(data), (byte) => byte.toString(16).padStart(2, "0")).join("");
export const sha256 = async (data) => hex(await crypto.subtle.digest("SHA-256", data));
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));

export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = random(16);
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// Keys in order, no spaces, what is undefined left out: the same matter is the same bytes.
export function canonical(value) {
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const told = Object.keys(value).filter((key) => value[key] !== undefined).sort();
  return "{" + told.map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",") + "}";
}
