// Dates typed the quick way: 20261122, 2026.11.22, 2026/1/2 or 11-22 (this year) become 2026-11-22. The server reads the same forms.
(() => {
  const two = (n) => String(n).padStart(2, "0");
  const read = (text) => {
    const value = text.normalize("NFKC").trim();
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
  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[data-date]")) return;
    const date = read(event.target.value);
    if (date) event.target.value = date;
  }, true);
})();
