// Rows that repeat (phones, contacts): add from the <template>, remove by Django's DELETE box when the row is already saved.
(() => {
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-formset-add]");
    if (add) {
      const set = add.closest("[data-formset]");
      const total = set.querySelector("[name$=-TOTAL_FORMS]");
      const holder = document.createElement("template");
      holder.innerHTML = set.querySelector("[data-formset-empty]").innerHTML.replaceAll("__prefix__", total.value);
      const row = holder.content.querySelector("[data-formset-row]");
      set.querySelector("[data-formset-rows]").append(row);
      total.value = Number(total.value) + 1;
      row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
      row.querySelector("input:not([type=hidden]), select")?.focus();
      return;
    }
    const remove = event.target.closest("[data-formset-remove]");
    if (!remove) return;
    const row = remove.closest("[data-formset-row]");
    const box = row.querySelector("[name$=-DELETE]");
    if (box) {
      box.checked = true;
      row.hidden = true;
    } else {
      row.querySelectorAll("input, select, textarea").forEach((field) => { field.value = ""; });
      row.hidden = true;
    }
    remove.closest("[data-formset]").dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
