// form[data-submit-guard]: one press sends once. The pressed button keeps its name and value, since it is only marked busy.
(() => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-submit-guard]") || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button) button.classList.add("is-busy");
    form.querySelectorAll("button:not([type=button])").forEach((other) => other.setAttribute("aria-disabled", "true"));
  });
  // Coming back by the browser's Back button the form works again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll(".is-busy").forEach((button) => button.classList.remove("is-busy"));
      form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    });
  });
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!field) return;
    event.preventDefault();
    if (field.tomselect) field.tomselect.focus();
    else (field.matches("input, select, textarea") ? field : field.querySelector("input, select, textarea") || field).focus();
    field.scrollIntoView({ block: "center" });
  });
})();
