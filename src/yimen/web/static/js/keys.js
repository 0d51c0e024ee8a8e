// Keyboard: "/" search, "n" register, "j"/"k" move in a list, "?" help, Ctrl+Enter saves, Escape shuts the rail.
// Single keys can be switched off in the help (WCAG 2.1.4); nothing here is needed to use a page.
(function () {
  "use strict";
  var STORE = "yimen:keys";
  function byId(id) { return document.getElementById(id); }
  function typing(el) { return el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName)) && !/^(checkbox|radio|button|submit)$/.test(el.type); }
  function on() { try { return localStorage.getItem(STORE) !== "off"; } catch (e) { return true; } }

  function move(step) {
    var links = Array.prototype.slice.call(document.querySelectorAll("[data-rows] .name a")).filter(function (a) { return a.offsetParent; });
    if (!links.length) return;
    var at = links.indexOf(document.activeElement);
    if (at < 0) at = links.findIndex(function (a) { return a.getAttribute("aria-current"); });
    links[Math.max(0, Math.min(links.length - 1, at + step))].focus();
  }
  function press(selector) { var el = document.querySelector(selector); if (el) el.click(); return !!el; }
  function seek() {
    var box = document.querySelector("main [type=search]") || byId("seek");
    if (box && box.offsetParent) { box.focus(); box.select(); } else press('.top a[href*="search"]');
  }
  function help() { var box = byId("keys"); if (box && box.showModal && !box.open) box.showModal(); }
  var single = { "/": seek, "?": help, n: function () { press('[aria-keyshortcuts="n"]'); }, j: function () { move(1); }, k: function () { move(-1); } };

  document.addEventListener("keydown", function (event) {
    var el = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      var form = el.form || document.querySelector("main form[data-main]");
      var button = form && (form.querySelector("button[data-default]") || form.querySelector("button.btn-primary"));
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (event.key === "Escape" && location.hash === "#rail") { location.hash = "#main"; return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(el) || !on() || document.querySelector("dialog[open]")) return;
    if (single[event.key]) { event.preventDefault(); single[event.key](); }
  });

  document.addEventListener("DOMContentLoaded", function () {
    var box = byId("keys-on");
    if (box) { box.checked = on(); box.addEventListener("change", function () { try { localStorage.setItem(STORE, box.checked ? "on" : "off"); } catch (e) { /* private mode */ } }); }
    var summary = document.querySelector("[data-focus]");
    if (summary) summary.focus();
  });
})();
