// Says on <html data-connection> whether the server can be reached, so that the banner shows; also announces it once.
const root = document.documentElement;

function set(state) {
  if (root.dataset.connection === state) return;
  root.dataset.connection = state;
  document.dispatchEvent(new CustomEvent("redvest:connection", { detail: state }));
}

export function start() {
  if (!navigator.onLine) set("lost");
  addEventListener("offline", () => set("lost"));
  addEventListener("online", () => set("there"));
  document.addEventListener("htmx:sendError", () => set("lost"));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr?.status) set("there");
  });
}
