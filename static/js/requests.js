// What every htmx request shares: a lost session or a failure is told, never swallowed; busy parts look busy.
(() => {
  const tell = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } }));
  document.addEventListener("htmx:responseError", (event) => {
    const code = event.detail.xhr.status;
    if (code === 401) window.location.reload();
    else if (code === 403) tell("没有权限，或页面已过期。请刷新后再试");
    else if (code === 404) tell("内容已不存在，请刷新页面");
    else if (code === 429) tell("操作太频繁，请稍候再试");
    else tell("没有完成，请稍后再试");
  });
  document.addEventListener("htmx:sendError", () => tell("连不上服务器，请检查网络"));
  document.addEventListener("htmx:beforeRequest", (event) => {
    const target = event.detail.target;
    const card = target && target.closest("[data-list]");
    if (card) card.classList.add("is-busy");
  });
  document.addEventListener("htmx:afterRequest", () => {
    document.querySelectorAll("[data-list].is-busy").forEach((card) => card.classList.remove("is-busy"));
  });
})();
