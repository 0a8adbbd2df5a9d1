// Taking a repair in without a mouse: a number or a place fills in the household, the cursor goes on to the type, the type says how
// urgent it is. A number nobody looked up is carried over into the form, so that it is not lost. Without a script the form asks for
// everything itself. data-matter, data-words and data-phone name the fields of the type, of what is said and of the number to call back,
// where they are not those of an order.
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
  // What was typed about the call goes into an empty number of the form, and follows it as long as nobody writes there himself. Fewer
  // digits than any number has, as the last four, only look for somebody.
  const DIGITS = 7;
  let carried = "";
  let written = false;
  const number = () => control(form()?.dataset.phone || "reporter_phone");
  const carry = () => {
    const call = document.getElementById("call-phone");
    const phone = number();
    if (!call || call.value.replace(/\D/g, "").length < DIGITS) return;
    if (!phone || written || control("anonymous")?.checked || (phone.value && phone.value !== carried)) return;
    phone.value = carried = call.value.trim();
  };
  document.addEventListener("input", (event) => {
    if (event.target === number()) written = true;
    if (event.target.id === "call-phone") written = false;
  });
  document.addEventListener("submit", (event) => { if (event.target === form()) carry(); }, true);
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
    if (event.target.id === "call-phone") carry();
    if (event.target === matter()) { follow(); words()?.focus(); }
    if (event.target.name === "unit" || event.target.name === "place") ask(event.target.name);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "who" && event.detail.target?.id !== "who") return;
    const unit = control("unit");
    if (unit?.value) asked = `unit=${unit.value}`;
    follow();
    // The fields are new: whatever stood in them is gone.
    written = false;
    carry();
    const choice = document.querySelector("#household [data-choice]");
    if (choice) choice.focus();
    else if (unit?.value || control("place")?.value) focusKind();
    else unit?.tomselect?.focus();
  });
  follow();
  if (control("unit")?.value && !document.querySelector(".is-invalid")) setTimeout(focusKind, 0);
})();
