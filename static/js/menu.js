// <details data-menu>: one open at a time, closed by a click outside or Esc. Opening needs no script.
(() => {
  const closeAll = (except) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  };
  document.addEventListener("click", (event) => {
    closeAll(event.target.closest("details[data-menu]"));
    const opener = event.target.closest("[data-open-menu]");
    if (!opener) return;
    const field = document.querySelector(opener.dataset.openMenu);
    const menu = field && field.closest("details");
    if (!menu) return;
    menu.open = true;
    field.focus();
  });
  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("details[data-menu][open]");
    if (!open) return;
    if (event.key === "Escape") {
      open.open = false;
      open.querySelector("summary").focus();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = [...open.querySelectorAll(".menu-i")];
    if (!items.length || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  });
})();
