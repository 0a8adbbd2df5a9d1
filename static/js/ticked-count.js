// data-ticked on a form: how many of its rows are ticked (data-ticked-count), and how many of them all are not (data-ticked-rest="all").
(() => {
  const draw = (form) => {
    const ticked = form.querySelectorAll("tbody input[type=checkbox]:checked").length;
    form.querySelectorAll("[data-ticked-count]").forEach((place) => { place.textContent = ticked; });
    form.querySelectorAll("[data-ticked-rest]").forEach((place) => { place.textContent = Number(place.dataset.tickedRest) - ticked; });
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-ticked]");
    if (form) draw(form);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-ticked]").forEach(draw));
})();
