// Column choice: order by buttons, so that neither a mouse nor dragging is needed; the form keeps the order of the list.
(() => {
  const edge = (list) => {
    [...list.children].forEach((item, i, all) => {
      item.querySelector("[data-column-up]").disabled = i === 0;
      item.querySelector("[data-column-down]").disabled = i === all.length - 1;
    });
  };
  document.querySelectorAll("[data-columns] ul").forEach(edge);
  document.addEventListener("click", (event) => {
    const up = event.target.closest("[data-column-up]");
    const down = event.target.closest("[data-column-down]");
    const button = up || down;
    if (!button) return;
    const item = button.closest("li");
    if (up && item.previousElementSibling) item.previousElementSibling.before(item);
    if (down && item.nextElementSibling) item.nextElementSibling.after(item);
    edge(item.parentElement);
    (button.disabled ? item.querySelector("button:not(:disabled)") : button).focus();
  });
})();
