// Ticked rows: the bar slides in, says how many, and offers all rows of the filter. Shift ticks a range.
(() => {
  let last = null;
  const rows = () => [...document.querySelectorAll("[data-bulk-row]")];
  const everything = () => document.querySelector("[data-bulk-everything-field]");
  const draw = () => {
    const bar = document.querySelector("[data-bulk-bar]");
    if (!bar) return;
    const all = rows();
    const ticked = all.filter((box) => box.checked);
    if (everything().value && ticked.length < all.length) everything().value = "";
    all.forEach((box) => box.closest("tr").classList.toggle("sel", box.checked));
    bar.classList.toggle("show", ticked.length > 0);
    bar.querySelector("[data-bulk-count]").textContent = everything().value ? document.querySelector("[data-total]")?.textContent ?? ticked.length : ticked.length;
    const offer = bar.querySelector("[data-bulk-everything]");
    if (offer) offer.hidden = Boolean(everything().value);
    const head = document.querySelector("[data-bulk-all]");
    if (head) {
      head.checked = ticked.length > 0 && ticked.length === all.length;
      head.indeterminate = ticked.length > 0 && ticked.length < all.length;
    }
  };
  const setAll = (value) => { rows().forEach((box) => { box.checked = value; }); draw(); };
  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-bulk-row]");
    if (box) {
      const all = rows();
      if (event.shiftKey && last && last.isConnected) {
        const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
        all.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
      }
      last = box;
      draw();
    } else if (event.target.closest("[data-bulk-clear]")) {
      everything().value = "";
      setAll(false);
    } else if (event.target.closest("[data-bulk-everything]")) {
      rows().forEach((row) => { row.checked = true; });
      everything().value = "1";
      draw();
    }
  });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-bulk-all]")) setAll(event.target.checked); });
  document.addEventListener("htmx:afterSettle", draw);
  window.addEventListener("pageshow", draw);
  draw();
})();
