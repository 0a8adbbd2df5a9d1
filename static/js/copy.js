// data-copy copies what stands beside it, data-copy-link the address with its filters.
(() => {
  const say = (text, level) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
  const put = async (text, done) => {
    try {
      await navigator.clipboard.writeText(text);
      say(done, "success");
    } catch {
      // No clipboard without https: the browser's own way still works on a selection.
      const field = document.createElement("textarea");
      field.value = text;
      field.className = "visually-hidden";
      document.body.append(field);
      field.select();
      const ok = document.execCommand("copy");
      field.remove();
      say(ok ? done : window.mulinWord("copyFailed"), ok ? "success" : "error");
    }
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-copy-link]")) return put(window.location.href, window.mulinWord("linkCopied"));
    const button = event.target.closest("[data-copy]");
    if (!button) return undefined;
    const source = button.closest("[data-revealed], td, dd, li, p")?.querySelector("[data-copy-source]");
    return source ? put(source.textContent.trim(), window.mulinWord("copied")) : undefined;
  });
})();
