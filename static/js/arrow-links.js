// Arrow keys go from link to link of a list: data-arrows on the box. Enter opens, as everywhere.
(() => {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.("[data-arrows]");
    if (!box || !(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const links = [...box.querySelectorAll("a[href]")];
    const next = links[links.indexOf(event.target) + steps[event.key]];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
})();
