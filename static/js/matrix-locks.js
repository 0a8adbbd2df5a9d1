// Duties that must stay apart: ticking one right locks those it excludes in the same role at once, taking the tick away frees them.
// A row carries what it excludes as data-locks (permission id to sentence); the server checks everything again when it saves.
(() => {
  const card = document.querySelector("[data-matrix]");
  if (!card) return;
  const form = card.querySelector("form");
  const rows = [...card.querySelectorAll("tr[data-locks]")].map((row) => ({
    id: row.dataset.permission,
    locks: JSON.parse(row.dataset.locks),
    cells: new Map([...row.querySelectorAll("input[name=cell]")].map((box) => [box.dataset.role, box])),
  }));
  const show = (box, why) => {
    const lock = box.parentElement.querySelector("[data-lock]");
    lock.hidden = !why;
    box.hidden = Boolean(why);
    box.disabled = Boolean(why) || box.hasAttribute("data-frozen");
    lock.title = why;
    lock.setAttribute("aria-label", `${lock.dataset.lock}: ${why}`);
  };
  const settle = (role) => {
    const ticked = rows.filter((row) => row.cells.get(role)?.checked);
    rows.forEach((row) => {
      const box = row.cells.get(role);
      if (!box) return;
      const reason = ticked.find((other) => row.id in other.locks);
      show(box, reason && !box.checked ? reason.locks[row.id] : "");
    });
  };
  form.addEventListener("change", (event) => { if (event.target.name === "cell") settle(event.target.dataset.role); });
  form.addEventListener("reset", () => setTimeout(() => rows[0]?.cells.forEach((_box, role) => settle(role))));
})();
