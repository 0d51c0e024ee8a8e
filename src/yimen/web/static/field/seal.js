// What is ready is sealed to the server (docs/rooms/field.md): a switched-off phone cannot read it, the office still can.
import { base64url, canonical, random, sha256, unbase64url, utf8 } from "./bytes.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

export const makeDeviceKey = () =>
  crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);

// The public half as a JWK with just the four members that name a point.
export async function publicJwk(key) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  return { kty, crv, x, y };
}

export async function sign(privateKey, words) {
  return base64url(await crypto.subtle.sign(SIGNING, privateKey, utf8(words)));
}

async function sealingKey(box, secret, uuid) {
  const theirs = await crypto.subtle.importKey("jwk", { kty: box.kty, crv: box.crv, x: box.x, y: box.y }, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, secret, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8("yimen-field-1 " + uuid) };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}

// `{envelope, body_sha256}` of one item. The hash is of the plaintext: the server says it back in its receipt.
export async function sealItem(body, box, privateKey) {
  const plain = utf8(canonical(body));
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const key = await sealingKey(box, pair.privateKey, body.id);
  const iv = random(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(body.id) }, key, plain);
  const sig = await sign(privateKey, "yimen-item-1\n" + body.id + "\n" + (await sha256(data)));
  const envelope = { v: 1, epk: await publicJwk(pair.publicKey), iv: base64url(iv), data: base64url(data), sig };
  return { envelope: JSON.stringify(envelope), body_sha256: await sha256(plain) };
}

// One file under a key of its own: `told` goes into the sealed body, `data` is what is kept and sent.
export async function sealFile(blob, name, mime, purpose) {
  const plain = await blob.arrayBuffer();
  const key = random(32), iv = random(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await fileKey(key, "encrypt"), plain);
  const told = { sha256: await sha256(plain), size: plain.byteLength, name, mime, key: base64url(key), iv: base64url(iv), purpose };
  return { told, data };
}

export async function openFile(told, data) {
  const how = { name: "AES-GCM", iv: unbase64url(told.iv) };
  const plain = await crypto.subtle.decrypt(how, await fileKey(unbase64url(told.key), "decrypt"), data);
  return new Blob([plain], { type: told.mime });
}

const fileKey = (raw, use) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, [use]);
