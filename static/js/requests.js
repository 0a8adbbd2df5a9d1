// What every htmx request shares: a lost session or a failure is told, never swallowed; busy parts look busy.
(() => {
  const tell = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } }));
  // What a page asks for by itself, and would ask for again in a minute anyway, says nothing when it fails: data-quiet.
  const quiet = (event) => Boolean(event.detail.elt && event.detail.elt.closest("[data-quiet]"));
  document.addEventListener("htmx:responseError", (event) => {
    const code = event.detail.xhr.status;
    if (code === 401) window.location.reload();
    else if (quiet(event)) return;
    else if (code === 403) tell(window.mulinWord("noRight"));
    else if (code === 404) tell(window.mulinWord("gone"));
    else if (code === 429) tell(window.mulinWord("tooOften"));
    else tell(window.mulinWord("failed"));
  });
  document.addEventListener("htmx:sendError", (event) => { if (!quiet(event)) tell(window.mulinWord("offline")); });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const target = event.detail.target;
    const card = target && target.closest("[data-list]");
    if (card) card.classList.add("is-busy");
  });
  document.addEventListener("htmx:afterRequest", () => {
    document.querySelectorAll("[data-list].is-busy").forEach((card) => card.classList.remove("is-busy"));
  });
})();
