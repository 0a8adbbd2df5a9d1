// Global search: / or Ctrl+K, answers while typing, ↑ ↓ Enter Esc. Sending the form (no script, or 查看全部结果) opens the results page.
(() => {
  const WAIT = 120;
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const input = form.querySelector("input[name=q]");
  const list = form.querySelector("[role=listbox]");
  const meta = form.querySelector("[data-search-meta]");
  let timer = 0;
  let running = null;
  let chosen = -1;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const close = () => {
    clearTimeout(timer);
    if (running) running.abort();
    list.hidden = true;
    list.replaceChildren();
    meta.textContent = "";
    form.classList.remove("open");
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (index) => {
    const all = options();
    if (!all.length) return;
    chosen = (index + all.length) % all.length;
    all.forEach((option, i) => {
      option.classList.toggle("on", i === chosen);
      option.setAttribute("aria-selected", String(i === chosen));
    });
    all[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[chosen].id);
  };
  const show = (html, query) => {
    if (input.value.trim() !== query) return;
    list.innerHTML = html;
    options().forEach((option, i) => { option.id = `search-option-${i}`; });
    list.hidden = false;
    form.classList.add("open");
    input.setAttribute("aria-expanded", "true");
    const found = list.querySelector("[data-total]");
    meta.textContent = found && found.dataset.total !== "0" ? window.mulinWord("found", found.dataset.total, found.dataset.seconds) : "";
    choose(0);
  };
  const ask = async () => {
    const query = input.value.trim();
    if (!query) return close();
    if (running) running.abort();
    running = new AbortController();
    try {
      const answer = await window.mulinAsk(form.action, query, { headers: { "HX-Request": "true" }, signal: running.signal, redirect: "manual" });
      // A lost session answers with a redirect to the sign-in page.
      if (answer.type === "opaqueredirect") return window.location.reload();
      if (answer.ok) show(await answer.text(), query);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };

  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  input.addEventListener("focus", () => { if (input.value.trim() && list.hidden) ask(); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      if (list.hidden) input.blur(); else close();
      event.stopPropagation();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      const option = options()[chosen];
      if (list.hidden || !option) return;
      event.preventDefault();
      window.location.assign((event.ctrlKey || event.metaKey) && option.dataset.newUrl ? option.dataset.newUrl : option.href);
    }
  });
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) close(); });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const wanted = (event.key === "/" && !typing && !event.ctrlKey && !event.altKey) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey));
    if (!wanted || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
})();
