// A find box over lines that are on the page already: data-find="#scope" on the input, data-line="text" on every line.
(() => {
  document.querySelectorAll("[data-find]").forEach((input) => {
    const scope = document.querySelector(input.dataset.find);
    if (!scope) return;
    input.addEventListener("input", () => {
      const words = input.value.trim().toLowerCase();
      scope.querySelectorAll("[data-line]").forEach((line) => { line.hidden = !line.dataset.line.toLowerCase().includes(words); });
      scope.querySelectorAll("[data-group]").forEach((group) => { group.hidden = !group.querySelector("[data-line]:not([hidden])"); });
    });
  });
})();
