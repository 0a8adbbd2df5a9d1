// input[type=file][data-signature]: the owner writes his name on the screen; what is drawn goes into the field as a picture when the
// form is sent. The field itself stays below: it takes a picture of the signed slip, with or without this script.
(() => {
  const RATIO = 2; // the picture is twice as fine as the box on the screen
  const INK = "#18222b";

  function prepare(input) {
    const box = document.createElement("div");
    box.className = "sign";
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", input.dataset.hint);
    const foot = document.createElement("div");
    foot.className = "sign-foot";
    const hint = document.createElement("span");
    hint.className = "form-hint";
    hint.textContent = input.dataset.hint;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn";
    again.textContent = input.dataset.again;
    foot.append(hint, again);
    input.before(box);
    box.append(canvas, foot, input);
    wire(input, canvas, again);
  }

  function wire(input, canvas, again) {
    const pen = canvas.getContext("2d");
    let drawn = false;
    let last = null;
    function clear() {
      const size = canvas.getBoundingClientRect();
      canvas.width = Math.round(size.width * RATIO);
      canvas.height = Math.round(size.height * RATIO);
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      Object.assign(pen, { strokeStyle: INK, lineWidth: 5, lineCap: "round", lineJoin: "round" });
      drawn = false;
    }
    function at(event) {
      const size = canvas.getBoundingClientRect();
      return [((event.clientX - size.left) * canvas.width) / size.width, ((event.clientY - size.top) * canvas.height) / size.height];
    }
    canvas.addEventListener("pointerdown", (event) => {
      if (!drawn) clear(); // the box may have another width since: a turned phone
      last = at(event);
      canvas.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const next = at(event);
      pen.beginPath();
      pen.moveTo(...last);
      pen.lineTo(...next);
      pen.stroke();
      last = next;
      if (!drawn) {
        input.value = "";
        choose(input.form);
      }
      drawn = true;
    });
    ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => { last = null; }));
    again.addEventListener("click", clear);
    input.addEventListener("change", clear); // a picture of the slip instead of the drawing
    input.form.addEventListener("submit", () => {
      if (!drawn) return;
      const files = new DataTransfer();
      files.items.add(new File([bytes(canvas)], `${input.dataset.name}.png`, { type: "image/png" }));
      input.files = files.files;
    }, true);
    clear();
  }

  // Whoever signs has said how he confirms.
  function choose(form) {
    const radio = form.querySelector("input[type=radio][value=signature]");
    if (radio) radio.checked = true;
  }

  function bytes(canvas) {
    const text = atob(canvas.toDataURL("image/png").split(",")[1]);
    return Uint8Array.from(text, (char) => char.charCodeAt(0));
  }

  document.querySelectorAll("input[type=file][data-signature]").forEach(prepare);
})();
