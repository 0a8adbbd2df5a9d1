// 房态图: arrow keys walk from room to room as the eye sees them, a card stands beside the room under pointer or focus.
(() => {
  const WAIT = 280;
  let timer = null;
  let shown = null;
  const rooms = () => [...document.querySelectorAll("[data-grid] a.rm")];
  const card = () => document.getElementById("unit-card");
  // One stop for Tab, the rest by arrows: six hundred rooms must not be six hundred stops.
  const rove = (target) => rooms().forEach((room) => { room.tabIndex = room === target ? 0 : -1; });
  const nearest = (from, key) => {
    const here = from.getBoundingClientRect();
    const [x, y] = [here.left + here.width / 2, here.top + here.height / 2];
    let best = null;
    let least = Infinity;
    rooms().forEach((room) => {
      if (room === from) return;
      const box = room.getBoundingClientRect();
      const [dx, dy] = [box.left + box.width / 2 - x, box.top + box.height / 2 - y];
      const across = key === "ArrowLeft" || key === "ArrowRight";
      const along = across ? dx : dy;
      const aside = Math.abs(across ? dy : dx);
      const forward = key === "ArrowRight" || key === "ArrowDown" ? along : -along;
      if (forward < 4 || (across && aside > here.height / 2)) return;
      const distance = forward + aside * (across ? 1 : 3);
      if (distance < least) [best, least] = [room, distance];
    });
    return best;
  };
  const place = (room) => {
    const frame = card().parentElement.getBoundingClientRect();
    const box = room.getBoundingClientRect();
    const width = card().offsetWidth;
    const right = box.right + 8 + width < frame.right ? box.right + 8 : box.left - 8 - width;
    const below = box.top + card().offsetHeight < window.innerHeight - 8 ? box.top : window.innerHeight - 8 - card().offsetHeight;
    card().style.left = `${Math.max(8, right - frame.left)}px`;
    card().style.top = `${Math.max(8, below - frame.top)}px`;
  };
  const hide = () => {
    clearTimeout(timer);
    if (card()) card().hidden = true;
    shown?.classList.remove("on");
    shown = null;
  };
  const show = (room) => {
    if (room === shown) return;
    hide();
    shown = room;
    room.classList.add("on");
    window.htmx.ajax("GET", room.dataset.unit, { source: room, target: "#unit-card", swap: "innerHTML" }).then(() => {
      if (shown !== room || !card()) return;
      card().hidden = false;
      place(room);
    });
  };
  const soon = (room) => { clearTimeout(timer); timer = setTimeout(() => show(room), WAIT); };
  const later = () => { clearTimeout(timer); timer = setTimeout(hide, WAIT); };
  document.addEventListener("mouseover", (event) => {
    const room = event.target.closest("[data-grid] a.rm");
    if (room) soon(room);
    else if (event.target.closest("#unit-card")) clearTimeout(timer);
    else if (shown) later();
  });
  document.addEventListener("focusin", (event) => {
    const room = event.target.closest("[data-grid] a.rm");
    if (room) { rove(room); soon(room); } else if (!event.target.closest("#unit-card")) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) { const room = shown; hide(); room.focus({ preventScroll: true }); clearTimeout(timer); return; }
    const room = event.target.closest?.("[data-grid] a.rm");
    if (!room || !event.key.startsWith("Arrow") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    nearest(room, event.key)?.focus();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // htmx carries attributes of old elements over to new ones for a moment; a style attribute would break the policy.
    if (event.detail.target?.id === "grid") { hide(); card()?.removeAttribute("style"); }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "unit-card" && shown) place(shown);
    if (event.detail.target?.id === "grid") { shown = null; rove(rooms()[0]); }
  });
  rove(rooms()[0]);
  document.querySelector(".bg-b .on")?.scrollIntoView({ block: "nearest", inline: "center" });
})();
