// Taking a repair in without a mouse: a number or a place fills in the household, the cursor goes on to the type, the type says how
// urgent it is. Without a script the form asks for everything itself. data-matter and data-words name the fields of the type and of what
// is said, where they are not those of an order.
(() => {
  const form = () => document.querySelector("form[data-intake]") || document.querySelector("form.card");
  const control = (name) => form()?.elements[name];
  const matter = () => control(form()?.dataset.matter || "kind");
  const words = () => control(form()?.dataset.words || "description");
  const focusKind = () => {
    const kind = matter();
    if (!kind || kind.value) words()?.focus();
    else if (kind.tomselect) kind.tomselect.focus();
    else kind.focus();
  };
  const rules = () => JSON.parse(matter()?.dataset.rules || "{}");
  let chosen = false; // somebody chose the urgency himself
  const follow = () => {
    const rule = rules()[matter()?.value];
    if (rule && !chosen) document.querySelectorAll("[name=urgency]").forEach((step) => { step.checked = step.value === rule.urgency; });
    const same = [...document.querySelectorAll("[data-kind]")].filter((row) => row.dataset.kind === matter()?.value);
    document.querySelectorAll("[data-kind]").forEach((row) => row.classList.toggle("same", same.includes(row)));
    const note = document.querySelector("[data-same]");
    if (note) note.hidden = !same.some((row) => row.hasAttribute("data-open"));
  };
  // The last place asked for; what the answer itself sets must not ask again.
  let asked = "";
  const ask = (name) => {
    const who = document.getElementById("who");
    const value = control(name)?.value;
    if (!who || !who.dataset.whoUrl || !value || asked === `${name}=${value}`) return;
    asked = `${name}=${value}`;
    const query = new URLSearchParams({ [name]: value, source: control("source")?.value || "" });
    window.htmx.ajax("GET", `${who.dataset.whoUrl}?${query}`, { target: who, swap: "innerHTML" });
  };
  document.addEventListener("change", (event) => {
    if (event.target.name === "urgency") chosen = true;
    if (event.target === matter()) { follow(); words()?.focus(); }
    if (event.target.name === "unit" || event.target.name === "place") ask(event.target.name);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "who" && event.detail.target?.id !== "who") return;
    const unit = control("unit");
    if (unit?.value) asked = `unit=${unit.value}`;
    follow();
    const choice = document.querySelector("#household [data-choice]");
    if (choice) choice.focus();
    else if (unit?.value || control("place")?.value) focusKind();
    else unit?.tomselect?.focus();
  });
  follow();
  if (control("unit")?.value && !document.querySelector(".is-invalid")) setTimeout(focusKind, 0);
})();
