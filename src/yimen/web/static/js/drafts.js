// Drafts: what was typed and not yet saved survives a reload, a closed tab and a dead battery, on this device only.
//
// Two places. sessionStorage at once, gone with the tab. localStorage as ciphertext (AES-GCM): the counter's computer is
// shared, and the key comes with a page only to the person who wrote, signed in (body[data-draft-key]). Browsers
// encrypt only under https or on the machine itself; elsewhere there is just the first place. Fields marked
// data-no-draft (names, phones, files) are in neither. A draft goes when its form is saved, when the person signs out,
// and after three days. The words people read about this are in templates/staff/help.html.
(function () {
  "use strict";
  var SENT = "yimen:sent", ALL = "yimen:draft:", DAYS = 3;
  var user = document.body.dataset.user || "", hex = document.body.dataset.draftKey || "";
  var strong = !!(window.isSecureContext && window.crypto && crypto.subtle && hex.length === 64), opening;

  function session(fn) { try { return fn(window.sessionStorage); } catch (e) { return null; } }
  function local(fn) { try { return fn(window.localStorage); } catch (e) { return null; } }
  function keys(where, start) { return where(function (s) { return Object.keys(s).filter(function (k) { return k.indexOf(start) === 0; }); }) || []; }
  function prefix() { return ALL + user + ":"; }

  function bytes(text) { return Uint8Array.from(atob(text), function (c) { return c.charCodeAt(0); }); }
  function letters(data) { return btoa(Array.prototype.map.call(new Uint8Array(data), function (b) { return String.fromCharCode(b); }).join("")); }
  function key() {
    if (!opening) {
      var raw = new Uint8Array(hex.match(/../g).map(function (pair) { return parseInt(pair, 16); }));
      opening = crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    }
    return opening;
  }
  function bound(name, iv) { return { name: "AES-GCM", iv: iv, additionalData: new TextEncoder().encode(name) }; }
  function seal(name, text) {
    if (!strong) return;
    var iv = crypto.getRandomValues(new Uint8Array(12));
    key().then(function (k) { return crypto.subtle.encrypt(bound(name, iv), k, new TextEncoder().encode(text)); }).then(function (data) {
      local(function (s) { s.setItem(name, JSON.stringify({ at: Date.now(), iv: letters(iv), data: letters(data) })); });
    });
  }
  function unseal(name) {
    var kept = strong && local(function (s) { return JSON.parse(s.getItem(name)); });
    if (!kept) return Promise.resolve(null);
    return key().then(function (k) { return crypto.subtle.decrypt(bound(name, bytes(kept.iv)), k, bytes(kept.data)); })
      .then(function (data) { return new TextDecoder().decode(data); }, function () { drop(name); return null; });
  }
  function put(name, text) { session(function (s) { s.setItem(name, text); }); seal(name, text); }
  function drop(name) { [session, local].forEach(function (where) { where(function (s) { s.removeItem(name); }); }); }
  function sweep() {
    keys(session, ALL).forEach(function (k) { if (user && k.indexOf(prefix()) !== 0) session(function (s) { s.removeItem(k); }); });
    keys(local, ALL).forEach(function (k) {
      var at = local(function (s) { return JSON.parse(s.getItem(k)).at; });
      if (!(Date.now() - at < DAYS * 86400000)) drop(k);
    });
  }

  function kept(form) {
    return Array.prototype.filter.call(form.elements, function (el) {
      return el.name && !el.readOnly && !el.hasAttribute("data-no-draft") && (el.tagName === "TEXTAREA" || el.tagName === "SELECT" || /^(text|number|datetime-local|date|radio|checkbox)$/.test(el.type));
    });
  }
  function read(form) {
    return kept(form).filter(function (el) { return (el.type !== "radio" && el.type !== "checkbox") || el.checked; })
      .map(function (el) { return [el.name, el.value]; });
  }
  function write(form, values) {
    kept(form).forEach(function (el) {
      var mine = values.filter(function (v) { return v[0] === el.name; }).map(function (v) { return v[1]; }), before = el.checked;
      if (el.type === "radio" || el.type === "checkbox") el.checked = mine.indexOf(el.value) >= 0;
      else if (mine.length) el.value = mine[0];
      var said = el.type === "radio" || el.type === "checkbox" ? el.checked && !before : mine.length && el.value && el.value !== el.defaultValue && el.tagName !== "SELECT";
      var fold = said && el.closest("details");
      if (fold) fold.open = true;
    });
  }
  function longest(values) { return values.map(function (v) { return v[1]; }).sort(function (a, b) { return b.length - a.length; })[0] || ""; }
  function reloaded() {
    var how = performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
    return !!how && how.type !== "navigate";
  }

  function watch(form) {
    var name = prefix() + form.dataset.draft, timer, first = JSON.stringify(read(form)), note = form.querySelector("[data-draft-note]");
    function save() { clearTimeout(timer); timer = 0; var now = JSON.stringify(read(form)); if (now === first) drop(name); else put(name, now); }
    function show(part) {
      if (!note) return;
      note.hidden = false;
      note.querySelector("[data-draft-back]").hidden = part !== "back";
      note.querySelector("[data-draft-ask]").hidden = part !== "ask";
      note.querySelector("[data-draft-take]").hidden = part !== "ask";
    }
    function take(values) { write(form, values); put(name, JSON.stringify(read(form))); show("back"); }
    function offer(text) {
      var values = text && JSON.parse(text);
      if (!values || text === first || form.dataset.touched) return;
      // The next visitor's form must not begin with the last one's words: a new form asks, a reloaded one goes on.
      if (!form.hasAttribute("data-draft-asks") || reloaded()) { take(values); return; }
      if (!note) return;
      note.querySelector("[data-draft-start]").textContent = longest(values).slice(0, 30);
      note.querySelector("[data-draft-take]").onclick = function () { take(values); };
      show("ask");
    }
    if (note) note.querySelector("[data-draft-clear]").addEventListener("click", function () { drop(name); form.reset(); note.hidden = true; });
    if (!form.hasAttribute("data-bound")) {
      var near = session(function (s) { return s.getItem(name); });
      if (near) offer(near); else unseal(name).then(offer);
    }
    function typed() { form.dataset.touched = "1"; if (note && !note.querySelector("[data-draft-ask]").hidden) note.hidden = true; }
    form.addEventListener("input", function () { typed(); clearTimeout(timer); timer = setTimeout(save, 400); });
    window.addEventListener("pagehide", function () { if (timer) save(); });  // what was typed a moment before leaving
    form.addEventListener("change", function () { typed(); save(); });
    form.addEventListener("submit", function () { clearTimeout(timer); save(); session(function (s) { s.setItem(SENT, name); }); });
  }
  // A form that was sent and did not come back (as errors, an error page, or empty after signing in again) was
  // saved: its draft goes.
  function settle() {
    var sent = session(function (s) { return s.getItem(SENT); });
    if (!sent || !user || document.body.hasAttribute("data-error-page")) return;
    session(function (s) { s.removeItem(SENT); });
    var back = Array.prototype.some.call(document.querySelectorAll("form[data-draft]"), function (f) { return prefix() + f.dataset.draft === sent; });
    if (!back && !document.querySelector("form[data-bound]")) drop(sent);
  }

  document.addEventListener("DOMContentLoaded", function () {
    settle();
    sweep();
    document.querySelectorAll("form[data-draft]").forEach(watch);
    document.querySelectorAll("form[data-leave]").forEach(function (f) {
      f.addEventListener("submit", function () { keys(session, "yimen:").forEach(drop); keys(local, prefix()).forEach(drop); });
    });
    document.querySelectorAll("[data-drafts-kind]").forEach(function (p) { p.textContent = strong ? p.dataset.strong : p.dataset.weak; p.hidden = false; });
  });
})();
