// Registers the service worker and tells it which files this page needs and whose phone it is.
export async function start() {
  const address = document.querySelector('meta[name="redvest-sw"]')?.content;
  if (!address || !("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(address, { scope: "/" });
    const { active } = await navigator.serviceWorker.ready;
    const files = performance.getEntriesByType("resource").map((entry) => entry.name.split("#")[0]);
    const account = document.querySelector('meta[name="redvest-account"]')?.content ?? "";
    active?.postMessage({ account, page: location.href, files: files.filter((file) => file.includes("/static/")) });
  } catch {
    // not https, or private browsing: the pages work, only not offline
  }
}
