// [data-due]: the time that is left goes on by itself; orange and red come when they are due. A list is asked for again every minute, so
// that what has become late stands where it belongs, unless somebody is choosing rows or typing.
(() => {
  const SOON = 15 * 60;
  const span = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    const days = Math.floor(minutes / 1440);
    if (days >= 2) return window.mulinWord("dueDays", days, Math.floor((minutes % 1440) / 60));
    const hours = Math.floor(minutes / 60);
    if (!hours) return window.mulinWord("dueMinutes", minutes);
    return minutes % 60 ? window.mulinWord("dueHours", hours, minutes % 60) : window.mulinWord("dueWholeHours", hours);
  };
  const draw = () => {
    const now = Date.now();
    document.querySelectorAll("[data-due]").forEach((mark) => {
      const left = (Date.parse(mark.dataset.due) - now) / 1000;
      const look = left < 0 ? "over" : left < SOON || now >= Date.parse(mark.dataset.warn) ? "soon" : "ok";
      ["over", "soon", "ok"].forEach((name) => mark.classList.toggle(name, name === look));
      const text = mark.querySelector("[data-due-text]");
      const words = window.mulinWord(look === "over" ? "dueOver" : "dueLeft", span(Math.abs(left)));
      if (text && text.textContent !== words) text.textContent = words;
    });
  };
  const busy = () => document.hidden || document.querySelector("dialog[open], [data-bulk-row]:checked, .menu[open]") || document.activeElement?.closest("input, select, textarea");
  const renew = () => {
    const list = document.getElementById("list");
    if (!list || !document.querySelector("[data-due]") || busy() || !window.htmx) return;
    window.htmx.ajax("GET", window.location.href, { target: list, swap: "innerHTML" });
  };
  draw();
  setInterval(draw, 15000);
  setInterval(renew, 60000);
  document.addEventListener("htmx:afterSettle", draw);
})();
