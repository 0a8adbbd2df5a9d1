// data-picker="url": type-ahead over {results: [{id, text, sub, tag}]}; data-picker without an address filters the options given.
(() => {
  const option = (item, escape) => {
    const sub = item.sub ? `<span class="sub">${escape(item.sub)}</span>` : "<span class=\"sub\"></span>";
    const tag = item.tag ? `<span class="tag">${escape(item.tag)}</span>` : "";
    return `<div class="option">${item.sub || item.tag ? `<b>${escape(item.text)}</b>` : escape(item.text)}${sub}${tag}</div>`;
  };
  const load = (address) => async function search(query, done) {
    try {
      const answer = await window.mulinAsk(address, query, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      const results = answer.ok ? (await answer.json()).results : [];
      // What an earlier query found is no answer to this one; the chosen row stays.
      this.clearOptions();
      done(results);
    } catch {
      done([]);
    }
  };
  const attach = (select) => {
    if (select.tomselect || !window.TomSelect) return;
    const address = select.dataset.picker;
    const settings = {
      valueField: "id",
      labelField: "text",
      searchField: address ? [] : ["text"],
      maxOptions: 50,
      placeholder: select.dataset.placeholder || select.getAttribute("placeholder") || "",
      hidePlaceholder: true,
      allowEmptyOption: !select.required,
      // Of several, the letters that found one are not part of the next.
      clearAfterSelect: select.multiple,
      // Enter right after the last letter must mean what was typed, not what stood first a moment ago.
      refreshThrottle: 0,
      render: {
        option,
        item: (item, escape) => `<div>${escape(item.text)}${item.sub ? ` <span class="t-3">${escape(item.sub)}</span>` : ""}</div>`,
        no_results: () => `<div class="no-results t-3">${window.mulinWord("noMatch")}</div>`,
        loading: () => `<div class="spinner" role="status" aria-label="${window.mulinWord("looking")}"></div>`,
      },
    };
    if (!address) {
      settings.valueField = "value";
    } else {
      settings.load = load(address);
      settings.allowEmptyOption = false;
      settings.loadThrottle = 150;
      settings.onType = function waitForTheAnswer() { this.clearActiveOption(); };
      settings.shouldLoad = (query) => query.length > 0;
      settings.preload = select.dataset.preload === undefined ? false : "focus";
      settings.score = () => () => 1;
      // Options already in the page (the value being edited) keep their second line.
      settings.onInitialize = function initialise() {
        Object.values(this.options).forEach((item) => { item.id = item.id ?? item.value; });
      };
    }
    // The label moves to the visible control; the select that stays behind keeps the name for assistive tools.
    const label = select.labels && select.labels[0];
    if (label) select.setAttribute("aria-label", label.textContent.replace("*", "").trim());
    new window.TomSelect(select, settings);
  };
  const scan = (root) => root.querySelectorAll?.("select[data-picker]").forEach(attach);
  scan(document);
  document.addEventListener("htmx:afterSettle", (event) => scan(event.target));
  document.addEventListener("formset:added", (event) => scan(event.target));
})();
