// data-dialog on a link or bulk button: the page it leads to answers with a <dialog>, shown in place. Without a script it is a page.
(() => {
  let opener = null;
  const slot = () => document.getElementById("dialog-slot");
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (link && window.htmx && slot() && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      // An entry of a menu gives the place back to the menu's own button: it does not stay open behind the dialog.
      const menu = link.closest("details[data-menu]");
      if (menu) menu.open = false;
      opener = menu ? menu.querySelector("summary") : link;
      window.htmx.ajax("GET", link.href, { target: "#dialog-slot", swap: "innerHTML" });
      return;
    }
    const close = event.target.closest("[data-dialog-close]");
    const dialog = close && close.closest("dialog");
    if (!dialog) return;
    event.preventDefault();
    dialog.close();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== slot()) return;
    const dialog = slot().querySelector("dialog[data-dialog-open]");
    if (!dialog) return;
    dialog.showModal();
    const first = dialog.querySelector("select, textarea, input:not([type=hidden])") || dialog.querySelector("[data-dialog-close]");
    if (first) first.focus();
    dialog.addEventListener("close", () => {
      slot().replaceChildren();
      if (opener && opener.isConnected) opener.focus();
    });
  });
})();
