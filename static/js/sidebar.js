// Narrow or wide menu, remembered in a cookie so that the server draws the next page right at once.
(() => {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-side-toggle]")) return;
    const root = document.documentElement;
    const next = root.dataset.side === "narrow" ? "wide" : "narrow";
    root.dataset.side = next;
    document.cookie = `ml_side=${next}; path=/; max-age=31536000; samesite=lax`;
  });
})();
