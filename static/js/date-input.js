// Dates and times typed the quick way are completed: 20261122, 2026.11.22, 2026/1/2 or 11-22 (this year) become 2026-11-22, and
// 20261123 1400 or 11月23日14点 become 2026-11-23 14:00. The server reads the same forms. The calendar of the browser only fills the box:
// its own control would show day and month in the order of the browser's language.
(() => {
  const two = (n) => String(n).padStart(2, "0");
  const readDate = (value) => {
    let parts = /^(\d{4})(\d{2})(\d{2})$/.exec(value) || /^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$/.exec(value);
    if (!parts) {
      const short = /^(\d{1,2})[-./月](\d{1,2})日?$/.exec(value);
      if (!short) return "";
      parts = [value, String(new Date().getFullYear()), short[1], short[2]];
    }
    const [year, month, day] = parts.slice(1).map(Number);
    const date = new Date(year, month - 1, day);
    const real = date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day;
    return real ? `${year}-${two(month)}-${two(day)}` : "";
  };
  const readMoment = (value) => {
    const clock = /(\d{1,2})\s?[:时点]\s?(?:(\d{1,2})\s?分?)?(?::\d{2})?$/.exec(value) || /(?:^|(?<=[ T]))(\d{2})(\d{2})$/.exec(value);
    if (!clock || clock[1] > 23 || (clock[2] || 0) > 59) return "";
    const now = new Date();
    const day = value.slice(0, clock.index).replace(/[ T,]+$/, "") || `${now.getFullYear()}-${now.getMonth() + 1}-${now.getDate()}`;
    const date = readDate(day);
    return date && `${date} ${two(clock[1])}:${two(clock[2] || 0)}`;
  };
  const read = (input) => {
    const value = input.value.normalize("NFKC").trim();
    return input.matches("[data-moment]") ? readMoment(value) : readDate(value);
  };
  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[data-date], input[data-moment]")) return;
    const text = read(event.target);
    if (text) event.target.value = text;
  }, true);

  const sprite = () => document.querySelector("svg use[href*='icons.svg']")?.getAttribute("href").split("#")[0];
  const dress = (input) => {
    if (input.dataset.picker !== undefined || input.readOnly || input.disabled || !("showPicker" in input)) return;
    input.dataset.picker = "";
    const calendar = Object.assign(document.createElement("input"), { type: input.matches("[data-moment]") ? "datetime-local" : "date", tabIndex: -1 });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "pick-b", tabIndex: -1 });
    button.setAttribute("aria-label", window.mulinWord(input.matches("[data-moment]") ? "pickMoment" : "pickDate"));
    button.innerHTML = `<svg class="ic ic-s" aria-hidden="true"><use href="${sprite()}#i-calendar"></use></svg>`;
    calendar.setAttribute("aria-hidden", "true");
    calendar.className = "pick-c";
    const box = Object.assign(document.createElement("span"), { className: "pick" });
    const focused = document.activeElement === input;
    input.replaceWith(box);
    box.append(input, calendar, button);
    if (focused) input.focus();
    const open = () => { calendar.value = read(input).replace(" ", "T"); calendar.showPicker(); };
    button.addEventListener("click", open);
    // The way of the keyboard into every drop-down; the button is no stop of the Tab key, which walks from answer to answer.
    input.addEventListener("keydown", (event) => { if (event.altKey && event.key === "ArrowDown") { event.preventDefault(); open(); } });
    calendar.addEventListener("change", (event) => {
      event.stopPropagation();
      if (!calendar.value) return;
      input.value = calendar.value.replace("T", " ");
      for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
    });
    calendar.addEventListener("input", (event) => event.stopPropagation());
  };
  const scan = (root) => root.querySelectorAll?.("input[data-date], input[data-moment]").forEach(dress);
  scan(document);
  document.addEventListener("htmx:load", (event) => scan(event.target));
})();
