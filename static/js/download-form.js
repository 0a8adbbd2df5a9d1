// form[data-downloads] inside a dialog: the answer is a file, so the page stays; the dialog has done its work and closes.
(() => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const dialog = form.matches("[data-downloads]") && form.closest("dialog");
    if (dialog) setTimeout(() => dialog.close(), 200);
  });
})();
