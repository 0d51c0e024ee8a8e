// Forms: nothing typed is lost, nothing is sent twice, a file can be pasted or dropped.
//
// Drafts live in sessionStorage only: the counter's computer is shared, and localStorage would leave a resident's
// words on its disk for the next person. Fields marked data-no-draft (names, phones) are never kept; a draft
// belongs to one signed-in person and goes when the form is saved, the tab is closed or the person signs out.
(function () {
  "use strict";
  var SENT = "yimen:sent", user = document.body.dataset.user || "";
  function prefix() { return "yimen:draft:" + user + ":"; }
  function store(fn) { try { return fn(window.sessionStorage); } catch (e) { return null; } }
  function keys(start) { return store(function (s) { return Object.keys(s).filter(function (k) { return k.indexOf(start) === 0; }); }) || []; }
  function drop(key) { store(function (s) { s.removeItem(key); }); }

  function kept(form) {
    return Array.prototype.filter.call(form.elements, function (el) {
      return el.name && !el.hasAttribute("data-no-draft") && (el.tagName === "TEXTAREA" || el.tagName === "SELECT" || /^(text|number|datetime-local|date|radio|checkbox)$/.test(el.type));
    });
  }
  function read(form) {
    return kept(form).filter(function (el) { return (el.type !== "radio" && el.type !== "checkbox") || el.checked; })
      .map(function (el) { return [el.name, el.value]; });
  }
  function write(form, values) {
    kept(form).forEach(function (el) {
      var mine = values.filter(function (v) { return v[0] === el.name; }).map(function (v) { return v[1]; });
      if (el.type === "radio" || el.type === "checkbox") el.checked = mine.indexOf(el.value) >= 0;
      else if (mine.length) el.value = mine[0];
      if (mine.length && el.value) { var fold = el.closest("details"); if (fold && (el.type !== "radio" || el.checked)) fold.open = true; }
    });
  }
  function watch(form) {
    var key = prefix() + form.dataset.draft, timer, first = JSON.stringify(read(form));
    function save() { var now = JSON.stringify(read(form)); store(function (s) { if (now === first) s.removeItem(key); else s.setItem(key, now); }); }
    var old = store(function (s) { return s.getItem(key); });
    if (old && !form.hasAttribute("data-bound")) {
      write(form, JSON.parse(old));
      var note = form.querySelector("[data-draft-note]");
      if (note) { note.hidden = false; note.querySelector("button").addEventListener("click", function () { drop(key); form.reset(); note.hidden = true; }); }
    }
    form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(save, 400); });
    form.addEventListener("change", save);
    form.addEventListener("submit", function () { clearTimeout(timer); save(); store(function (s) { s.setItem(SENT, key); }); });
  }
  // A form that was sent and did not come back (as errors, an error page, or empty after signing in again) was
  // saved: its draft goes.
  function settle() {
    var sent = store(function (s) { return s.getItem(SENT); });
    if (!sent || !user || document.body.hasAttribute("data-error-page")) return;
    drop(SENT);
    var back = Array.prototype.some.call(document.querySelectorAll("form[data-draft]"), function (f) { return prefix() + f.dataset.draft === sent; });
    if (!back && !document.querySelector("form[data-bound]")) drop(sent);
  }

  function guard(form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.busy) { event.preventDefault(); return; }
      if (form.method !== "post" || form.target || event.defaultPrevented) return;
      form.dataset.busy = "1";
      form.querySelectorAll("button:not([type=button])").forEach(function (b) { b.setAttribute("aria-disabled", "true"); });
    });
  }
  function wake() {
    document.querySelectorAll("form[data-busy]").forEach(function (form) {
      delete form.dataset.busy;
      form.querySelectorAll("[aria-disabled]").forEach(function (b) { b.removeAttribute("aria-disabled"); });
    });
  }

  function files(zone) {
    var input = zone.querySelector("input[type=file]"), list = zone.querySelector("ul"), removal = zone.dataset.remove;
    function set(all) { var box = new DataTransfer(); all.forEach(function (f) { box.items.add(f); }); input.files = box.files; draw(); }
    function add(more) { set(Array.prototype.slice.call(input.files).concat(Array.prototype.slice.call(more))); }
    function draw() {
      list.textContent = "";
      Array.prototype.forEach.call(input.files, function (file, at) {
        var li = document.createElement("li"), button = document.createElement("button");
        li.textContent = file.name + " · " + Math.max(1, Math.round(file.size / 1024)) + " KB ";
        button.type = "button"; button.className = "btn btn-small"; button.textContent = removal; button.setAttribute("aria-label", removal + " " + file.name);
        button.addEventListener("click", function () { set(Array.prototype.filter.call(input.files, function (f, i) { return i !== at; })); input.focus(); });
        li.appendChild(button); list.appendChild(li);
      });
    }
    var before = [];
    input.addEventListener("click", function () { before = Array.prototype.slice.call(input.files); });
    input.addEventListener("change", function () { set(before.concat(Array.prototype.slice.call(input.files))); before = []; });
    zone.addEventListener("dragover", function (e) { e.preventDefault(); zone.classList.add("over"); });
    zone.addEventListener("dragleave", function () { zone.classList.remove("over"); });
    zone.addEventListener("drop", function (e) { e.preventDefault(); zone.classList.remove("over"); add(e.dataTransfer.files); });
    document.addEventListener("paste", function (e) {
      var found = e.clipboardData ? e.clipboardData.files : [];
      if (!found.length) return;
      e.preventDefault();
      var fold = zone.closest("details");
      if (fold) fold.open = true;
      add(Array.prototype.map.call(found, function (f) { return new File([f], f.name && f.name !== "image.png" ? f.name : stamp(f), { type: f.type }); }));
    });
    function stamp(f) { return (zone.dataset.pasted || "paste") + "-" + new Date().toISOString().slice(0, 19).replace(/[T:]/g, "-") + "." + (f.type.split("/")[1] || "png"); }
  }

  document.addEventListener("DOMContentLoaded", function () {
    settle();
    keys("yimen:draft:").forEach(function (k) { if (user && k.indexOf(prefix()) !== 0) drop(k); });
    document.querySelectorAll("form[data-draft]").forEach(watch);
    document.querySelectorAll("form").forEach(guard);
    document.querySelectorAll("[data-files]").forEach(files);
    document.querySelectorAll("form[data-leave]").forEach(function (f) { f.addEventListener("submit", function () { keys("yimen:").forEach(drop); }); });
    document.querySelectorAll("[data-copy]").forEach(function (b) { b.hidden = false; b.addEventListener("click", function () { navigator.clipboard.writeText(b.dataset.copy).then(function () { b.textContent = b.dataset.copied; }); }); });
  });
  window.addEventListener("pageshow", wake);
})();
