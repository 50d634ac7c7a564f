// Small helps for pages: menus made of <details>, the drawer, dialogs, copy buttons, filters of a list, printing,
// and forms that send themselves when a choice changes. Everything is delegated: swapped-in parts work at once.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
}

function drawer(open) {
  const side = document.getElementById("side");
  const button = document.querySelector("[data-drawer]");
  if (!side || !button) return;
  side.classList.toggle("open", open);
  button.setAttribute("aria-expanded", String(open));
  if (open) side.querySelector("a")?.focus();
}

async function copy(button) {
  const text = button.dataset.copy || document.querySelector(button.dataset.copyFrom)?.textContent.trim() || "";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // no permission, or not https: the text stays on screen to be selected by hand
  }
  const word = button.querySelector("[data-copy-word]") ?? button;
  const before = word.textContent;
  word.textContent = button.dataset.copied;
  setTimeout(() => (word.textContent = before), 2000);
}

// geo: opens the map of an Android phone. Apple's devices and desks know no geo:, there a map in the browser stands in.
function map(link, event) {
  const place = /^geo:(-?[\d.]+),(-?[\d.]+)/.exec(link.getAttribute("href") ?? "");
  if (!place || /Android|HarmonyOS/.test(navigator.userAgent)) return;
  const [, latitude, longitude] = place;
  const isApple = /iPhone|iPad|Macintosh/.test(navigator.userAgent);
  event.preventDefault();
  window.open(
    isApple
      ? `https://maps.apple.com/?ll=${latitude},${longitude}&q=${latitude},${longitude}`
      : `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=18/${latitude}/${longitude}`,
    "_blank",
    "noopener",
  );
}

function onClick(event) {
  const target = event.target.closest?.("button, a, summary, dialog");
  closeMenus(event.target.closest?.("details.menu"));
  if (!event.target.closest?.("#side")) {
    const toggle = event.target.closest?.("[data-drawer]");
    drawer(toggle ? toggle.getAttribute("aria-expanded") !== "true" : false);
  }
  if (!target) return;
  if (target.dataset.dialog) document.getElementById(target.dataset.dialog)?.showModal();
  if (target.hasAttribute("data-close")) target.closest("dialog, .note")?.[target.closest("dialog") ? "close" : "remove"]();
  if (target.matches("dialog") && event.target === target && !target.hasAttribute("data-stay")) target.close();
  if (target.hasAttribute("data-copied")) copy(target);
  if (target.matches("a[href^='geo:']")) map(target, event);
  if (target.hasAttribute("data-print")) window.print();
  if (target.getAttribute("aria-disabled") === "true") event.preventDefault();
}

function onKey(event) {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  menu?.querySelector("summary").focus();
  closeMenus();
  const button = document.querySelector('[data-drawer][aria-expanded="true"]');
  drawer(false);
  button?.focus();
}

// <input data-filter="#rows" data-filter-count="#shown">: hides the children of #rows that do not contain every word.
function filter(input) {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const list = document.querySelector(input.dataset.filter);
  let shown = 0;
  for (const row of list?.children ?? []) {
    const text = (row.dataset.text ?? row.textContent).toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    shown += row.hidden ? 0 : 1;
  }
  const count = document.querySelector(input.dataset.filterCount || "[data-none]");
  if (count) count.textContent = String(shown);
}

// A dialog that came as an answer (<dialog class="sheet" data-open>) opens at once; the header HX-Trigger: close-dialog ends it.
function openArrived() {
  for (const dialog of document.querySelectorAll("dialog[data-open]:not([open])")) {
    dialog.removeAttribute("data-open");
    dialog.showModal();
  }
}

export function start() {
  document.addEventListener("htmx:afterSettle", openArrived);
  document.addEventListener("close-dialog", () => document.querySelector("dialog[open]")?.close());
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", (event) => event.target.dataset?.filter && filter(event.target));
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-autosubmit]")) event.target.form.requestSubmit();
  });
}
