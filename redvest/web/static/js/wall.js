// Entry of the wall screen: live regions, the clock, and a screen that stays awake.
import { start as connection } from "./connection.js";
import { start as htmxSetup } from "./htmx-setup.js";
import { start as live } from "./live.js";

function clock() {
  for (const element of document.querySelectorAll("time[data-clock]")) {
    const zone = element.dataset.clock || undefined;
    element.textContent = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
  }
  setTimeout(clock, 60000 - (Date.now() % 60000));
}

async function stayAwake() {
  if (document.visibilityState !== "visible") return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // battery saver or an old browser: the screen's own settings decide
  }
}

for (const start of [htmxSetup, connection, live, clock, stayAwake]) start();
document.addEventListener("visibilitychange", stayAwake);
