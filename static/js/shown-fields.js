// select data-shows='{"building": ["building", "entrance"]}': of the fields named there only those of the chosen value are shown.
// Without a script all of them stand there, and the server takes those that count.
(() => {
  const settle = (select) => {
    const table = JSON.parse(select.dataset.shows);
    const wanted = table[select.value] || [];
    new Set(Object.values(table).flat()).forEach((name) => {
      const row = select.form.querySelector(`#div_id_${CSS.escape(name)}`);
      // What is wrong stays in sight, whatever is chosen.
      if (row) row.hidden = !wanted.includes(name) && !row.querySelector(".is-invalid");
    });
    select.form.querySelectorAll("[data-shows-all]").forEach((note) => { note.hidden = true; });
  };
  const start = (root) => root.querySelectorAll("select[data-shows]").forEach(settle);
  document.addEventListener("change", (event) => { if (event.target.matches("select[data-shows]")) settle(event.target); });
  document.addEventListener("htmx:load", (event) => start(event.target));
  window.addEventListener("pageshow", () => start(document));
  start(document);
})();
