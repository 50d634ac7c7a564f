// Light, dark or as the system says, kept on this device. Loaded in the head, before anything is painted.
const KEY = "redvest-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

function wish() {
  try {
    return localStorage.getItem(KEY) || "system";
  } catch {
    return "system"; // storage is switched off: follow the system
  }
}

function apply() {
  if (root.dataset.look === "wall") return; // the wall screen is always dark
  const wanted = wish();
  root.dataset.bsTheme = wanted === "system" ? (system.matches ? "dark" : "light") : wanted;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === wanted));
  }
}

apply();
system.addEventListener("change", apply);
document.addEventListener("DOMContentLoaded", apply);
addEventListener("storage", apply); // another tab switched
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-theme-choice]");
  if (!button) return;
  try {
    localStorage.setItem(KEY, button.dataset.themeChoice);
  } catch {
    root.dataset.bsTheme = button.dataset.themeChoice;
  }
  apply();
});
