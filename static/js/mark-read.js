// data-mark-read="address": tells the server once that the page is really being looked at. Previews of messengers run no scripts.
(() => {
  const place = document.querySelector("[data-mark-read]");
  if (!place) return;
  const token = place.querySelector("input[name=csrfmiddlewaretoken]");
  const post = () => {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", post);
    fetch(place.dataset.markRead, { method: "POST", headers: { "X-CSRFToken": token ? token.value : "" }, keepalive: true }).catch(() => {});
  };
  document.addEventListener("visibilitychange", post);
  post();
})();
