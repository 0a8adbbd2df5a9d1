// [data-renew="seconds"]: the list of the page is asked for again so often, unless somebody is choosing or typing.
(() => {
  const mark = document.querySelector("[data-renew]");
  if (!mark) return;
  const busy = () => document.hidden || document.querySelector("dialog[open], [data-bulk-row]:checked, .menu[open]") || document.activeElement?.closest("input, select, textarea");
  setInterval(() => {
    const list = document.getElementById("list");
    if (!list || busy() || !window.htmx) return;
    window.htmx.ajax("GET", window.location.href, { target: list, swap: "innerHTML", headers: { "X-Background": "1" } });
  }, Number(mark.dataset.renew) * 1000);
})();
