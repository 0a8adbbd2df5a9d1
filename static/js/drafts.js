// form[data-draft-url]: what is typed is kept on the server a moment later (encrypted, 24 hours), so a lost session loses nothing.
(() => {
  const WAIT = 1500;
  const SECRET = /^(csrfmiddlewaretoken|password.*|.*_password)$/;
  const form = document.querySelector("form[data-draft-url]");
  if (!form) return;
  const note = document.querySelector("[data-draft-time]");
  let timer = 0;
  let sent = false;
  const save = async () => {
    if (sent) return;
    const body = new FormData();
    const fields = new URLSearchParams();
    new FormData(form).forEach((value, name) => {
      if (typeof value === "string" && !SECRET.test(name)) fields.append(name, value);
    });
    body.set("path", window.location.pathname);
    body.set("title", document.querySelector(".ml-title")?.firstChild?.textContent.trim() || "");
    body.set("data", fields.toString());
    const token = form.querySelector("[name=csrfmiddlewaretoken]");
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST", body, redirect: "manual", headers: { "X-CSRFToken": token ? token.value : "", "X-Requested-With": "XMLHttpRequest" },
      });
      if (note) note.textContent = answer.ok ? window.mulinWord("draftKept", new Date().toTimeString().slice(0, 5)) : window.mulinWord("draftFailed");
    } catch {
      if (note) note.textContent = window.mulinWord("draftOffline");
    }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(save, WAIT); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => { sent = true; clearTimeout(timer); });
  window.addEventListener("pageshow", () => { sent = false; });
})();
