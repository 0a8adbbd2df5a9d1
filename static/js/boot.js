// Runs before the first paint, so that parts meant for scripts neither flash nor jump.
document.documentElement.classList.add("js");
