// Toasts stay five seconds (errors until closed), longer while pointed at. A server sends one by
// HX-Trigger: {"toast": {"text": "…", "level": "success", "undo": "/path/"}}; scripts by the same event.
(() => {
  const SECONDS = 5;
  const start = (toast) => {
    if (toast.dataset.started) return;
    toast.dataset.started = "1";
    if (toast.classList.contains("error")) return;
    const counter = toast.querySelector("[data-toast-count]");
    let left = SECONDS;
    let held = false;
    const draw = () => { if (counter) counter.textContent = window.mulinWord("seconds", left); };
    draw();
    toast.addEventListener("pointerenter", () => { held = true; });
    toast.addEventListener("pointerleave", () => { held = false; });
    toast.addEventListener("focusin", () => { held = true; });
    toast.addEventListener("focusout", () => { held = false; });
    const clock = setInterval(() => {
      if (held) return;
      left -= 1;
      draw();
      if (left > 0) return;
      clearInterval(clock);
      toast.remove();
    }, 1000);
  };
  const add = ({ text, level = "success", undo = "" }) => {
    const holder = document.querySelector("[data-toasts]");
    const template = document.getElementById("toast-template");
    if (!holder || !template || !text) return;
    const toast = template.content.firstElementChild.cloneNode(true);
    toast.classList.add(level);
    toast.querySelector("[data-toast-text]").textContent = text;
    if (undo.startsWith("/") && !undo.startsWith("//")) {
      const form = toast.querySelector("form");
      form.action = undo;
      form.hidden = false;
    }
    holder.append(toast);
    start(toast);
  };
  document.querySelectorAll("[data-toast]").forEach(start);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-toast-close]");
    if (button) button.closest("[data-toast]").remove();
  });
  document.addEventListener("toast", (event) => add(typeof event.detail.value === "string" ? { text: event.detail.value } : event.detail));
})();
