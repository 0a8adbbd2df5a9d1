// tbody[data-row-order]: rows move by their grip with mouse or finger. The buttons beside the grip do the same without dragging.
(() => {
  let row = null;
  let target = null;
  let after = false;
  const unmark = () => document.querySelectorAll(".drop-before, .drop-after").forEach((r) => r.classList.remove("drop-before", "drop-after"));
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-move-grip]");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    row = grip.closest("[data-move-id]");
    row.classList.add("is-dragged");
  });
  document.addEventListener("pointermove", (event) => {
    if (!row) return;
    unmark();
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const over = under && under.closest("[data-move-id]");
    target = over && over !== row && over.parentElement === row.parentElement ? over : null;
    if (!target) return;
    const box = target.getBoundingClientRect();
    after = event.clientY > box.top + box.height / 2;
    target.classList.add(after ? "drop-after" : "drop-before");
  });
  const drop = () => {
    if (!row) return;
    unmark();
    row.classList.remove("is-dragged");
    const moved = row;
    const place = target;
    row = null;
    target = null;
    if (!place || !window.htmx) return;
    let before = after ? place.nextElementSibling : place;
    if (before === moved) return;
    window.htmx.ajax("POST", moved.dataset.moveUrl, {
      target: "#dictionary", swap: "outerHTML", values: { before: before ? before.dataset.moveId || "" : "" },
    });
  };
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", () => { target = null; drop(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && row) { target = null; drop(); } });
})();
