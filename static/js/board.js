// The dispatch board: ticks, scroll and focus survive the half-minute refresh; arrow keys walk through what waits;
// with ticks set, a person's 派单 takes all ticked orders.
(() => {
  const ticked = new Set();
  let scrolled = 0;
  let focused = "";
  const boxes = () => [...document.querySelectorAll("[data-board-tick]")];
  const draw = () => {
    const bar = document.querySelector("[data-board-bulk]");
    if (!bar) return;
    bar.hidden = ticked.size === 0;
    bar.querySelector("[data-board-count]").textContent = ticked.size;
    document.querySelectorAll("[data-board-to]").forEach((link) => {
      link.textContent = ticked.size ? bar.dataset.manyWord.replace("0", ticked.size) : link.dataset.word;
    });
  };
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-board-tick]")) return;
    if (event.target.checked) ticked.add(event.target.value);
    else ticked.delete(event.target.value);
    draw();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-board-clear]")) {
      ticked.clear();
      boxes().forEach((box) => { box.checked = false; });
      draw();
      return;
    }
    const link = event.target.closest("[data-board-to]");
    const form = document.getElementById("board-many");
    if (!link || !ticked.size || !form) return;
    event.preventDefault();
    event.stopPropagation();
    form.elements.to.value = link.dataset.boardTo;
    form.requestSubmit();
  }, true);
  document.addEventListener("keydown", (event) => {
    const link = event.target.closest(".db-o > a");
    if (!link || !["ArrowDown", "ArrowUp", " "].includes(event.key)) return;
    event.preventDefault();
    const card = link.parentElement;
    if (event.key === " ") {
      card.querySelector("[data-board-tick]").click();
      return;
    }
    const next = event.key === "ArrowDown" ? card.nextElementSibling : card.previousElementSibling;
    const target = next && next.querySelector("a");
    if (target) target.focus();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target || event.detail.target.id !== "board") return;
    const list = document.querySelector(".db-list");
    scrolled = list ? list.scrollTop : 0;
    focused = document.activeElement && document.getElementById("board").contains(document.activeElement) ? document.activeElement.id : "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    const list = document.querySelector(".db-list");
    if (!list) return;
    const there = new Set(boxes().map((box) => box.value));
    [...ticked].forEach((pk) => { if (!there.has(pk)) ticked.delete(pk); });
    boxes().forEach((box) => { box.checked = ticked.has(box.value); });
    list.scrollTop = scrolled;
    const again = focused && document.getElementById(focused);
    if (again && document.activeElement !== again) again.focus({ preventScroll: true });
    draw();
  });
  boxes().forEach((box) => { if (box.checked) ticked.add(box.value); });
  draw();
})();
