// The filter bar stays while the list below is swapped: after each swap it is set to what the address says.
(() => {
  const bar = () => document.querySelector("[data-filter-form]");
  const sync = () => {
    const form = bar();
    if (!form) return;
    const query = new URLSearchParams(window.location.search);
    [...form.querySelectorAll("input[name], select[name]")].forEach((control) => {
      if (control === document.activeElement || control.form !== form || control.type === "hidden") return;
      const values = query.getAll(control.name);
      if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
      else if (control.tomselect) control.tomselect.setValue(values, true);
      else if (control.multiple) [...control.options].forEach((option) => { option.selected = values.includes(option.value); });
      else control.value = values[0] || "";
    });
    document.querySelectorAll("[data-current-path]").forEach((field) => { field.value = window.location.pathname + window.location.search; });
    document.querySelectorAll("[data-current-query]").forEach((field) => { field.value = query.toString(); });
  };
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "list" || event.detail.target?.id === "list") sync(); });
  // A whole phone number must not stand in an address: it leaves by the posted form of the protected filters, or not at all.
  const isWholeNumber = (event) => {
    const search = event.target.querySelector("[data-filter-search]");
    const phone = document.querySelector("input[form='digest-form'][name='phone']");
    const digits = search ? search.value.replace(/[\s-]/g, "") : "";
    if (!phone || !/^\+?\d{7,}$/.test(digits)) return false;
    event.preventDefault();
    if (digits.length >= 11 || event.detail.triggeringEvent?.type === "submit") {
      phone.value = digits;
      search.value = "";
      phone.form.requestSubmit();
    }
    return true;
  };
  // Empty parameters make the address long and hard to read.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches("[data-filter-form]")) return;
    if (isWholeNumber(event)) return;
    const parameters = event.detail.formData || event.detail.parameters;
    [...new Set([...parameters.keys()])].forEach((name) => {
      const kept = parameters.getAll(name).filter((value) => value !== "");
      parameters.delete(name);
      kept.forEach((value) => parameters.append(name, value));
    });
  });
  // Leaving the search field is no new filter (typing already was one); a reload now would take a row from under the pointer.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-filter-search], [data-filter-ignore], .ts-control input")) event.stopPropagation();
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-more-filters]");
    if (!button) return;
    const more = document.getElementById(button.getAttribute("aria-controls"));
    const open = more.dataset.open !== "1";
    more.dataset.open = open ? "1" : "0";
    button.setAttribute("aria-expanded", String(open));
    if (open) more.querySelector("input, select")?.focus();
  });
})();
