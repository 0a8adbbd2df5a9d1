// A revealed value leaves the page after its seconds; the panel can be put away with 取消 or Esc.
(() => {
  const clear = (slot) => { if (slot) slot.replaceChildren(); };
  const mark = (slot, hidden) => {
    const box = slot?.previousElementSibling;
    if (box?.matches("[data-reveal-box]")) box.hidden = hidden;
  };
  const start = (shown) => {
    if (shown.dataset.started) return;
    shown.dataset.started = "1";
    const slot = shown.closest(".rv-slot");
    const note = shown.querySelector("[data-revealed-left]");
    let left = Number(shown.dataset.seconds) || 30;
    mark(slot, true);
    const end = () => { clear(slot); mark(slot, false); };
    const clock = setInterval(() => {
      left -= 1;
      if (note) note.textContent = window.mulinWord("hidesIn", left);
      if (left > 0 && shown.isConnected) return;
      clearInterval(clock);
      end();
    }, 1000);
    // Neither printing nor coming back to the page may show it again.
    window.addEventListener("pagehide", end, { once: true });
  };
  const scan = () => document.querySelectorAll("[data-revealed]").forEach(start);
  document.addEventListener("htmx:afterSettle", (event) => {
    scan();
    const panel = event.detail.target?.querySelector?.("[data-reveal-panel]");
    if (panel) panel.querySelector("input[type=radio]")?.focus();
  });
  document.addEventListener("click", (event) => {
    const cancel = event.target.closest("[data-reveal-cancel]");
    if (!cancel) return;
    const slot = cancel.closest(".rv-slot");
    const button = slot?.previousElementSibling?.querySelector("button");
    clear(slot);
    button?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.target.closest?.("[data-reveal-panel]")?.querySelector("[data-reveal-cancel]").click();
  });
  scan();
})();
