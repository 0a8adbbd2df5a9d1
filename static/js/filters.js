// The filter bar stays while the list below is swapped: after each swap it is set to what the address says.
(() => {
  const bar = () => document.querySelector("[data-filter-form]");
  // The panel comes when it is first opened: its choices cost more than the list. Without a script its link brings page and panel.
  const filled = async (more) => {
    if (more.firstElementChild) return;
    const url = new URL(window.location.href);
    url.searchParams.set("more", "1");
    await window.htmx.ajax("GET", url.pathname + url.search, { target: more, swap: "innerHTML" });
    document.getElementById("kept-filters").replaceChildren();
  };
  const show = (more, open) => {
    more.dataset.open = open ? "1" : "0";
    document.querySelector("[data-more-filters]").setAttribute("aria-expanded", String(open));
  };
  const base = (key) => key.replace(/_(min|max|after|before|from|to)$/, "");
  // What is in force of a panel that is not drawn is sent again by hidden fields, or the next filter would lose it; a chip or a link
  // of the list changes what that is.
  const keep = (query) => {
    const more = document.getElementById("more-filters");
    if (!more) return;
    const names = more.dataset.names.split(" ");
    const asked = [...query.entries()].filter(([key, value]) => value !== "" && (names.includes(key) || names.includes(base(key))));
    const count = document.querySelector("[data-more-count]");
    count.textContent = new Set(asked.map(([key]) => (names.includes(key) ? key : base(key)))).size;
    count.hidden = !asked.length;
    document.getElementById("kept-filters").replaceChildren(...(more.firstElementChild ? [] : asked).map(([name, value]) =>
      Object.assign(document.createElement("input"), { type: "hidden", name, value })));
  };
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
    keep(query);
  };
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "list" || event.detail.target?.id === "list") sync(); });
  // A whole phone number must not stand in an address: it leaves by the posted form of the protected filters, or not at all.
  const isWholeNumber = (event) => {
    const search = event.target.querySelector("[data-filter-search]");
    const posted = document.getElementById("digest-form");
    const digits = search ? search.value.replace(/[\s-]/g, "") : "";
    if (!posted?.dataset.digests.split(" ").includes("phone") || !/^\+?\d{7,}$/.test(digits)) return false;
    event.preventDefault();
    if (digits.length >= 11 || event.detail.triggeringEvent?.type === "submit") {
      const phone = posted.elements.phone || posted.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "phone" }));
      phone.value = digits;
      search.value = "";
      posted.requestSubmit();
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
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-more-filters]");
    if (!button || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const more = document.getElementById(button.getAttribute("aria-controls"));
    const open = more.dataset.open !== "1";
    if (open) await filled(more);
    show(more, open);
    if (open) more.querySelector("input, select")?.focus();
  });
  // A link that acts as a button answers the space bar too.
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches("a[role='button']")) return;
    event.preventDefault();
    event.target.click();
  });
})();
