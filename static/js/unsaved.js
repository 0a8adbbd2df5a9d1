// form[data-unsaved-guard]: leaving with unsaved input asks first. Sending, or 取消 on an untouched form, does not.
(() => {
  const dirty = new Set();
  const note = (event) => {
    const form = event.target.closest("form[data-unsaved-guard]") || event.target.form?.closest("form[data-unsaved-guard]");
    if (form && event.isTrusted) dirty.add(form);
  };
  document.addEventListener("input", note);
  document.addEventListener("change", note);
  document.addEventListener("submit", (event) => dirty.delete(event.target));
  window.addEventListener("beforeunload", (event) => {
    const open = [...dirty].some((form) => form.isConnected);
    if (open) event.preventDefault();
  });
})();
