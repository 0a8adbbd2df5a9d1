// input[data-filter-list="#id"]: shows only the entries of a list whose data-filter-text holds what is typed; Enter opens the first.
(() => {
  const apply = (input) => {
    const list = document.querySelector(input.dataset.filterList);
    if (!list) return;
    const wanted = input.value.trim().toLowerCase();
    let left = 0;
    list.querySelectorAll("[data-filter-text]").forEach((entry) => {
      entry.hidden = wanted !== "" && !entry.dataset.filterText.toLowerCase().includes(wanted);
      left += entry.hidden ? 0 : 1;
    });
    list.querySelectorAll("[data-filter-group]").forEach((group) => {
      group.hidden = !group.querySelector("[data-filter-text]:not([hidden])");
    });
    const none = list.querySelector("[data-filter-none]");
    if (none) none.hidden = left > 0;
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-filter-list]")) apply(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-filter-list]")) return;
    const first = document.querySelector(event.target.dataset.filterList)?.querySelector("[data-filter-text]:not([hidden])");
    if (first) first.click();
  });
})();
