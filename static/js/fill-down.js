// The hours of one day for others: [data-fill-from="id"] [data-fill-to="id id …"].
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill-from]");
    if (!button) return;
    const from = document.getElementById(button.dataset.fillFrom);
    button.dataset.fillTo.split(" ").forEach((id) => {
      const to = document.getElementById(id);
      if (!from || !to) return;
      to.value = from.value;
      to.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
})();
