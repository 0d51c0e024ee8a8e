// Forms: nothing is sent twice, a file can be pasted or dropped, a common answer goes to where the cursor stands.
// What was typed is kept by drafts.js.
(function () {
  "use strict";
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

  // Copying needs no clipboard API: on plain http inside an office there is none.
  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    var box = document.createElement("textarea");
    box.value = text; box.className = "visually-hidden"; document.body.appendChild(box); box.select();
    var done = document.execCommand("copy");
    box.remove();
    return done ? Promise.resolve() : Promise.reject();
  }
  function copier(button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var from = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
      copy(from ? from.value : button.dataset.copy).then(function () { button.textContent = button.dataset.copied; }, function () { if (from) from.select(); });
    });
  }

  // Common answers: buttons send the form and come back with the text; with a script the text goes to the cursor.
  function answers(panel) {
    var form = document.getElementById(panel.dataset.answers), last = null, box = panel.querySelector("[data-find]"), find = box && box.querySelector("input");
    form.addEventListener("focusin", function (e) { if (e.target.tagName === "TEXTAREA") last = e.target; });
    panel.querySelectorAll("button[name=insert]").forEach(function (button) {
      button.addEventListener("click", function (event) {
        var field = last || form.querySelector("[name=" + button.dataset.into + "]");
        if (!field) return;
        event.preventDefault();
        var text = button.closest("li").querySelector("[data-text]").textContent;
        field.focus();
        field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
    document.addEventListener("keydown", function (event) {
      if (!event.altKey || event.ctrlKey || event.metaKey || !/^Digit[1-9]$/.test(event.code)) return;
      var shown = Array.prototype.filter.call(panel.querySelectorAll("[data-answer]"), function (one) { return !one.hidden; });
      var one = shown[Number(event.code.slice(5)) - 1];
      if (one) { event.preventDefault(); one.querySelector("button[name=insert]").click(); }
    });
    function sift() {
      var words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      panel.querySelectorAll("[data-answer]").forEach(function (one) {
        var text = one.textContent.toLowerCase();
        one.hidden = words.length ? !words.every(function (w) { return text.indexOf(w) >= 0; }) : one.hasAttribute("data-rest");
      });
    }
    if (find) { box.hidden = false; find.addEventListener("input", sift); sift(); }
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form").forEach(guard);
    document.querySelectorAll("[data-files]").forEach(files);
    document.querySelectorAll("[data-copy], [data-copy-from]").forEach(copier);
    document.querySelectorAll("[data-answers]").forEach(answers);
  });
  window.addEventListener("pageshow", wake);
})();
