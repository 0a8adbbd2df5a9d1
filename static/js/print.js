// data-print: the browser's own print dialog; what leaves the page on paper is decided by print CSS.
(() => {
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
})();
