// Keyboard: "/" search, "n" register, "j"/"k" move in a list, "o" open, "x" tick, "g" and a letter goes to a list,
// "?" help, Ctrl+Enter saves, Escape shuts the rail. The list for people is templates/staff/keys_list.html.
// Single keys can be switched off in the help (WCAG 2.1.4); nothing here is needed to use a page.
(function () {
  "use strict";
  var STORE = "yimen:keys", waiting = 0;
  function byId(id) { return document.getElementById(id); }
  function typing(el) { return el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName)) && !/^(checkbox|radio|button|submit)$/.test(el.type); }
  function on() { try { return localStorage.getItem(STORE) !== "off"; } catch (e) { return true; } }

  function links() { return Array.prototype.slice.call(document.querySelectorAll("[data-rows] .name a")).filter(function (a) { return a.offsetParent; }); }
  function here(all) {
    var row = document.activeElement && document.activeElement.closest("[data-rows] > li");
    var at = all.findIndex(function (a) { return row && row.contains(a); });
    return at >= 0 ? at : all.findIndex(function (a) { return a.getAttribute("aria-current"); });
  }
  function move(step) {
    var all = links();
    if (all.length) all[Math.max(0, Math.min(all.length - 1, here(all) + step))].focus();
  }
  function open() { var all = links(), at = here(all); if (at >= 0) all[at].click(); }
  function tick() {
    var all = links(), at = here(all), box = at >= 0 && all[at].closest("li").querySelector(".pick");
    if (box) box.click();
  }
  function press(selector) { var el = document.querySelector(selector); if (el) el.click(); return !!el; }
  function seek() {
    var box = document.querySelector("main [type=search]") || byId("seek");
    if (box && box.offsetParent) { box.focus(); box.select(); } else press('.top a[href*="search"]');
  }
  function help() { var box = byId("keys"); if (box && box.showModal && !box.open) box.showModal(); }
  function goto() { waiting = Date.now(); }
  var single = { "/": seek, "?": help, n: function () { press('[aria-keyshortcuts="n"]'); }, j: function () { move(1); }, k: function () { move(-1); }, o: open, x: tick, g: goto };

  document.addEventListener("keydown", function (event) {
    var el = event.target, second = Date.now() - waiting < 1500;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      var form = el.form || document.querySelector("main form[data-main]");
      var button = form && (form.querySelector("button[data-default]") || form.querySelector("button.btn-primary"));
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (event.key === "Escape" && location.hash === "#rail") { location.hash = "#main"; return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(el) || !on() || document.querySelector("dialog[open]")) return;
    if (/^(Shift|Control|Alt|Meta)$/.test(event.key)) return;
    waiting = 0;
    if (second) { if (/^[a-z]$/.test(event.key)) { event.preventDefault(); press('[aria-keyshortcuts="g ' + event.key + '"]'); } return; }
    if (single[event.key]) { event.preventDefault(); single[event.key](); }
  });

  document.addEventListener("DOMContentLoaded", function () {
    var box = byId("keys-on");
    if (box) { box.checked = on(); box.addEventListener("change", function () { try { localStorage.setItem(STORE, box.checked ? "on" : "off"); } catch (e) { /* private mode */ } }); }
    var summary = document.querySelector("[data-focus]");
    if (summary) summary.focus();
  });
})();
