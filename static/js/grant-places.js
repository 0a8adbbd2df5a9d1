// Giving a role: only the tree that the role's data scope asks for is open; a ticked node covers its communities.
(() => {
  const form = document.querySelector("[data-grant]");
  if (!form) return;
  const select = form.querySelector("select[name=role]");
  const scopes = JSON.parse(form.querySelector("#role-scopes").textContent);
  const show = () => {
    const role = select ? select.value : Object.keys(scopes)[0];
    const facts = scopes[role];
    form.querySelectorAll("[data-for-scope]").forEach((part) => {
      part.hidden = !facts || !part.dataset.forScope.split(" ").includes(facts.scope);
    });
    const note = form.querySelector("[data-scope-note]");
    note.textContent = facts ? facts.note : "";
  };
  if (select) select.addEventListener("change", show);
  show();
})();
