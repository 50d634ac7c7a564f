// Regions that keep themselves fresh: <div id="board" data-live hx-get="…" hx-trigger="live" hx-swap="outerHTML">.
// The region is asked for with If-None-Match; 304 leaves it alone. Quiet regions are asked less and less often (2 s to
// 15 s), a change or a returning reader brings back 2 s. Nothing is asked while the tab is hidden, nor while a person is
// typing in the region or has a menu of it open.
const FAST = 2000;
const SLOW = 15000;
const GROWTH = 1.25;
const states = new Map(); // by id: the element itself is replaced by every swap

function stateOf(region) {
  let state = states.get(region.id);
  if (!state) {
    state = { wait: FAST, due: performance.now() + FAST, tag: region.dataset.live || null, asking: false };
    states.set(region.id, state);
  }
  return state;
}

function inUse(region) {
  const active = document.activeElement;
  const typing = region.contains(active) && active.matches("input, select, textarea, [contenteditable]");
  return typing || region.querySelector("dialog[open], details.menu[open], [data-hold]") !== null;
}

function tick() {
  const now = performance.now();
  if (document.visibilityState === "visible") {
    for (const region of document.querySelectorAll("[data-live]")) {
      const state = stateOf(region);
      if (state.asking || now < state.due || inUse(region)) continue;
      state.asking = true;
      state.due = now + SLOW; // if no answer ever comes
      region.dispatchEvent(new CustomEvent("live"));
    }
  }
  setTimeout(tick, 250);
}

function liveRegion(event) {
  const source = event.detail.requestConfig?.elt ?? event.detail.elt;
  return source?.matches?.("[data-live]") && isLive(event) ? source : null;
}

// Only the poll itself counts, not a button inside the region that swaps it.
function isLive(event) {
  return (event.detail.requestConfig?.triggeringEvent ?? event.detail.triggeringEvent)?.type === "live";
}

function onConfig(event) {
  const region = liveRegion(event);
  const tag = region && stateOf(region).tag;
  if (tag) event.detail.headers["If-None-Match"] = tag;
}

function onAnswer(event) {
  const region = liveRegion(event);
  if (!region) return;
  const state = stateOf(region);
  const { status } = event.detail.xhr;
  state.asking = false;
  state.wait = status === 200 ? FAST : Math.min(state.wait * GROWTH, SLOW);
  state.due = performance.now() + state.wait;
  if (status === 200) state.tag = event.detail.xhr.getResponseHeader("ETag");
  if (status === 401 || status === 403 || status === 404) state.due = Infinity; // signed out or gone: stop asking
}

function wake() {
  if (document.visibilityState !== "visible") return;
  for (const state of states.values()) {
    if (state.due === Infinity) continue;
    state.wait = FAST;
    state.due = Math.min(state.due, performance.now() + 100);
  }
}

export function start() {
  document.addEventListener("htmx:configRequest", onConfig);
  document.addEventListener("htmx:afterRequest", onAnswer);
  document.addEventListener("visibilitychange", wake);
  addEventListener("focus", wake);
  addEventListener("online", wake);
  tick();
}
