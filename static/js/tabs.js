// Tabs of a file: the panel is fetched, the mark on the tab follows.
(() => {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const tab = event.target.closest("[data-tabs] .tabs a");
    if (!tab) return;
    tab.parentElement.querySelectorAll("a").forEach((other) => {
      other.classList.toggle("on", other === tab);
      if (other === tab) other.setAttribute("aria-current", "page");
      else other.removeAttribute("aria-current");
    });
  });
})();
