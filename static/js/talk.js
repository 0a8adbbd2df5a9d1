// [data-talk]: a conversation that is open. It stays at its end unless somebody is reading further up; what has been seen is said to the
// server (data-talk-seen); without htmx it asks for what is new by itself (data-talk-poll). [data-canned] puts a ready answer into the box.
(() => {
  const NEAR = 80;
  const list = () => document.querySelector("[data-talk]");
  let atEnd = true;
  const rest = () => {
    const talk = list();
    if (!talk) return;
    if (atEnd) talk.scrollTop = talk.scrollHeight;
    talk.addEventListener("scroll", () => { atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < NEAR; }, { passive: true });
  };
  const seen = () => {
    const talk = list();
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (!talk || !talk.dataset.talkSeen || document.visibilityState !== "visible") return;
    const address = talk.dataset.talkSeen;
    delete talk.dataset.talkSeen;
    fetch(address, { method: "POST", headers: { "X-CSRFToken": token ? token.value : "", "X-Background": "1" }, keepalive: true }).catch(() => {});
  };
  const ask = async () => {
    const talk = list();
    if (!talk || document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(talk.dataset.talkPoll, { headers: { "X-Background": "1" }, redirect: "manual" });
      if (answer.status !== 200) return;
      const fresh = document.createElement("template");
      fresh.innerHTML = (await answer.text()).trim();
      talk.replaceWith(fresh.content.firstElementChild);
      rest();
      seen();
      if (!document.querySelector(".tk-list")) window.scrollTo(0, document.body.scrollHeight);
    } catch { /* the next turn asks again */ }
  };
  document.addEventListener("click", (event) => {
    const ready = event.target.closest("[data-canned]");
    const box = document.querySelector("[data-talk-text]");
    if (!ready || !box) return;
    const before = box.value.trimEnd();
    box.value = before ? `${before}\n${ready.dataset.canned}` : ready.dataset.canned;
    const menu = ready.closest("details");
    if (menu) menu.open = false;
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:afterSettle", () => { rest(); seen(); });
  document.addEventListener("visibilitychange", seen);
  rest();
  seen();
  if (list() && list().dataset.talkPoll) setInterval(ask, 5000);
})();
