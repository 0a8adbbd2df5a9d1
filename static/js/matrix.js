// The role matrix: changed cells turn orange until they are saved, the save button counts them; find box and two filters.
(() => {
  const card = document.querySelector("[data-matrix]");
  if (!card) return;
  const form = card.querySelector("form");
  const save = document.querySelector("[data-matrix-save]");
  const note = document.querySelector("[data-matrix-note]");
  const sentence = note.querySelector("[data-matrix-sentence]");
  const find = card.querySelector("[data-matrix-find]");
  const controls = () => card.querySelectorAll("input[name=cell], select[data-was]");
  const differs = (el) => (el.type === "checkbox" ? el.checked !== el.defaultChecked : el.value !== el.dataset.was);
  let only = "";

  const count = () => {
    const roles = new Set();
    let changed = 0;
    controls().forEach((el) => {
      const is = differs(el);
      el.closest("[data-cell]").classList.toggle("rm-chg", is);
      if (!is) return;
      changed += 1;
      roles.add(el.dataset.role);
    });
    let people = 0;
    roles.forEach((role) => { people += Number(card.querySelector(`th[data-role="${role}"]`).dataset.people); });
    note.hidden = !changed;
    sentence.textContent = sentence.dataset.text.replace("%n", changed).replace("%p", people);
    if (save) {
      save.disabled = !changed;
      save.textContent = changed ? save.dataset.some.replace("%n", changed) : save.dataset.none;
    }
  };

  const narrow = () => {
    const words = find.value.trim().toLowerCase();
    let shown = 0;
    card.querySelectorAll("tr[data-line]").forEach((row) => {
      const fits = row.dataset.line.toLowerCase().includes(words)
        && (only !== "sensitive" || row.hasAttribute("data-sensitive"))
        && (only !== "changed" || row.querySelector(".rm-chg"));
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    card.querySelectorAll("[data-group]").forEach((group) => { group.hidden = !group.querySelector("tr[data-line]:not([hidden])"); });
    card.querySelector("[data-matrix-empty]").hidden = shown > 0;
  };

  form.addEventListener("change", count);
  form.addEventListener("reset", () => setTimeout(() => { count(); narrow(); }));
  find.addEventListener("input", narrow);
  // Enter in the find box must not send the matrix.
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  card.querySelectorAll("[data-matrix-only]").forEach((button) => button.addEventListener("click", () => {
    only = button.dataset.matrixOnly;
    card.querySelectorAll("[data-matrix-only]").forEach((other) => {
      other.classList.toggle("on", other === button);
      other.setAttribute("aria-pressed", String(other === button));
    });
    narrow();
  }));
  count();
})();
