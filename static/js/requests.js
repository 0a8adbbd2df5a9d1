// What every htmx request shares: a lost session or a failure is told, never swallowed; busy parts look busy.
(() => {
  const tell = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } }));
  document.addEventListener("htmx:responseError", (event) => {
    const code = event.detail.xhr.status;
    if (code === 401) window.location.reload();
    else if (code === 403) tell(window.mulinWord("noRight"));
    else if (code === 404) tell(window.mulinWord("gone"));
    else if (code === 429) tell(window.mulinWord("tooOften"));
    else tell(window.mulinWord("failed"));
  });
  document.addEventListener("htmx:sendError", () => tell(window.mulinWord("offline")));
  document.addEventListener("htmx:beforeRequest", (event) => {
    const target = event.detail.target;
    const card = target && target.closest("[data-list]");
    if (card) card.classList.add("is-busy");
  });
  document.addEventListener("htmx:afterRequest", () => {
    document.querySelectorAll("[data-list].is-busy").forEach((card) => card.classList.remove("is-busy"));
  });
})();
