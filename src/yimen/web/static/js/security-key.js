// Says in words why a security key did not work; allauth's script reports it as an event.
document.addEventListener("allauth.error", (event) => {
  const note = document.querySelector("[data-key-error]");
  if (!note) return;
  event.preventDefault();
  const cancelled = ["NotAllowedError", "AbortError"].includes(event.detail.exception && event.detail.exception.name);
  note.querySelector("p").textContent = cancelled ? note.dataset.cancelled : note.dataset.failed;
  note.hidden = false;
});
