// Screen pop of a call centre: /owners/lookup#phone=… The part behind # never reaches a server by itself; it is taken out of the
// address (and so of the history) and posted with the form.
(() => {
  const form = document.querySelector("[data-lookup]");
  const take = () => {
    const number = new URLSearchParams(window.location.hash.slice(1)).get("phone");
    if (!form || !number) return;
    window.history.replaceState(null, "", window.location.pathname);
    form.elements.phone.value = number;
    form.requestSubmit();
  };
  take();
  window.addEventListener("hashchange", take);
})();
