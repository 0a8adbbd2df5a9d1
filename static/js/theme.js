// Light by default, dark on request; the cookie lets the server draw the next page right at once.
(() => {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const root = document.documentElement;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.bsTheme = next;
    document.cookie = `ml_theme=${next}; path=/; max-age=31536000; samesite=lax`;
  });
})();
