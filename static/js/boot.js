// Runs before the first paint, so that parts meant for scripts neither flash nor jump.
document.documentElement.classList.add("js");

// A sentence from components/_words.html (translated there), its %s filled in order.
window.mulinWord = (name, ...figures) => {
  const words = document.getElementById("words");
  return figures.reduce((text, figure) => text.replace("%s", figure), (words && words.dataset[name]) || "");
};
