// Runs before the first paint, so that parts meant for scripts neither flash nor jump.
document.documentElement.classList.add("js");

// A telephone or identity number, or the last digits of one, must not reach an address that servers and browsers keep: what asks for
// it is posted, with the token of the page.
window.mulinAsk = (address, query, settings = {}) => {
  const url = new URL(address, window.location.href);
  if (!/\d{7}|^\d{4,}$/.test(query.normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, ""))) {
    url.searchParams.set("q", query);
    return fetch(url, settings);
  }
  const token = JSON.parse(document.body.getAttribute("hx-headers"));
  return fetch(url, { ...settings, method: "POST", headers: { ...settings.headers, ...token }, body: new URLSearchParams({ q: query }) });
};

// A sentence from components/_words.html (translated there), its %s filled in order.
window.mulinWord = (name, ...figures) => {
  const words = document.getElementById("words");
  return figures.reduce((text, figure) => text.replace("%s", figure), (words && words.dataset[name]) || "");
};
