// Sign-in page: caps lock told before it hurts, password can be shown, the account name is remembered only when asked.
(() => {
  const form = document.querySelector("form[data-sign-in]");
  if (!form) return;
  const name = form.querySelector("[name=username]");
  const password = form.querySelector("[name=password]");
  const caps = form.querySelector("[data-caps]");
  const eye = form.querySelector("[data-show-password]");
  const remember = form.querySelector("[data-remember-name]");
  const COOKIE = "ml_account";

  const watch = (event) => { if (event.getModifierState) caps.hidden = !event.getModifierState("CapsLock"); };
  form.addEventListener("keydown", watch);
  form.addEventListener("keyup", watch);

  eye.hidden = false;
  eye.addEventListener("click", () => {
    const shown = password.type === "text";
    password.type = shown ? "password" : "text";
    eye.setAttribute("aria-pressed", String(!shown));
    const use = eye.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, shown ? "#i-eye" : "#i-eye-off"));
    password.focus();
  });

  const kept = document.cookie.split("; ").find((part) => part.startsWith(`${COOKIE}=`));
  if (kept) {
    remember.checked = true;
    if (!name.value) {
      name.value = decodeURIComponent(kept.slice(COOKIE.length + 1));
      password.focus();
    }
  }
  form.addEventListener("submit", () => {
    password.type = "password";
    const value = remember.checked ? encodeURIComponent(name.value) : "";
    const age = remember.checked ? 30 * 86400 : 0;
    document.cookie = `${COOKIE}=${value}; path=/; max-age=${age}; samesite=strict`;
  });
})();
