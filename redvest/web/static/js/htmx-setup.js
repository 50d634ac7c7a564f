// What every htmx request carries: the CSRF token and, for writes marked with data-once or data-offline, a key that makes
// the second sending harmless. The names of both htmx 2 and htmx 4 events are listened to.
export const KEY_HEADER = "X-Idempotency-Key";

export function csrfToken() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : (document.querySelector('meta[name="csrf-token"]')?.content ?? "");
}

// One key per intention: made at the first try, dropped when the server has answered.
export function keyOf(form) {
  form.dataset.key ||= crypto.randomUUID?.() ?? fallbackKey();
  return form.dataset.key;
}

// crypto.randomUUID needs https; a phone on the local network over http still has getRandomValues.
function fallbackKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function onConfig(event) {
  const headers = event.detail.headers ?? event.detail.ctx?.request?.headers;
  if (!headers) return;
  headers["X-CSRFToken"] = csrfToken();
  const form = event.target.closest?.("form[data-once], form[data-offline]");
  if (form) headers[KEY_HEADER] = keyOf(form);
}

function onAnswer(event) {
  const form = event.target.closest?.("form[data-once], form[data-offline]");
  const status = event.detail.xhr?.status ?? 0;
  if (form && status > 0 && status < 500) delete form.dataset.key; // after a server error the same intention goes again
}

export function start() {
  document.addEventListener("htmx:configRequest", onConfig);
  document.addEventListener("htmx:config:request", onConfig);
  document.addEventListener("htmx:afterRequest", onAnswer);
}
