// data-hotkey="N" or "F2" on a link or button presses it; single letters only while nobody is typing.
// Rows with data-row-url open on a click anywhere that is not itself a control.
(() => {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      // In front of everything stands the open dialog: the page's own form is never sent from behind it.
      const place = document.querySelector("dialog[open]") || document;
      const form = place.querySelector("form[data-ctrl-enter]:focus-within") || place.querySelector("form[data-ctrl-enter]");
      if (form) {
        event.preventDefault();
        form.requestSubmit(form.querySelector("[data-main-submit]"));
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing && !/^F\d+$/.test(event.key)) return;
    const target = [...document.querySelectorAll("[data-hotkey]")].find((item) => item.dataset.hotkey.toLowerCase() === event.key.toLowerCase());
    if (!target) return;
    event.preventDefault();
    target.click();
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest(".w-ck") ? null : event.target.closest("[data-row-url]");
    if (!row || event.defaultPrevented || event.target.closest("a, button, input, label, select, summary, [data-no-row]")) return;
    if (String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.rowUrl, "_blank", "noopener");
    else window.location.assign(row.dataset.rowUrl);
  });
})();
