// data-file-input: shows the chosen file's name and takes a file dropped onto it. Without a script the browser's own control shows.
(() => {
  const zoneOf = (event) => event.target.closest?.("[data-file-input]");
  const show = (zone) => {
    const input = zone.querySelector("input[type=file]");
    const words = zone.querySelector("[data-file-name]");
    const names = [...input.files].map((file) => file.name).join("、");
    words.textContent = names || words.dataset.empty;
    zone.classList.toggle("has-file", Boolean(names));
  };
  document.addEventListener("change", (event) => {
    const zone = zoneOf(event);
    if (zone && event.target.type === "file") show(zone);
  });
  ["dragenter", "dragover"].forEach((name) => document.addEventListener(name, (event) => {
    const zone = zoneOf(event);
    if (!zone || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.add("over");
  }));
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("over");
    const input = zone.querySelector("input[type=file]");
    if (!event.dataTransfer.files.length) return;
    const taken = new DataTransfer();
    [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((file) => taken.items.add(file));
    input.files = taken.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
