// The service worker of the volunteer's screens. Hashed files: from the cache. Pages under /me/: from the network, and when
// there is none the last copy seen on this phone. Pages belong to one account: another account, or signing out, empties them.
const FILES = "redvest-files-1";
const PAGES = "redvest-pages-1";
const WAIT = 4000;
// The server's Vary is about languages and fragments; one phone has one owner, and only whole pages are kept.
const ANY = { ignoreVary: true };
const offlinePage = new URL(self.location).searchParams.get("offline");

self.addEventListener("install", (event) => {
  event.waitUntil(prepare());
});

// The page for addresses never seen, with everything it loads.
async function prepare() {
  if (offlinePage) {
    const cache = await caches.open(FILES);
    const answer = await fetch(offlinePage);
    const needs = new Set((await answer.clone().text()).match(/\/static\/[^"'#\s]+/g));
    await cache.put(offlinePage, answer);
    await Promise.allSettled([...needs].map((file) => cache.add(file)));
  }
  await self.skipWaiting();
}

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy());
});

async function tidy() {
  for (const name of await caches.keys()) if (name !== FILES && name !== PAGES) await caches.delete(name);
  await self.clients.claim();
}

self.addEventListener("message", (event) => {
  event.waitUntil(learn(event.data));
});

async function learn({ account, page, files }) {
  const cache = await caches.open(FILES);
  const owner = await (await cache.match("/__owner"))?.text();
  if (owner !== undefined && owner !== account) await caches.delete(PAGES);
  await cache.put("/__owner", new Response(account));
  const missing = [];
  for (const file of files) if (!(await cache.match(file, ANY))) missing.push(file);
  await Promise.allSettled(missing.map((file) => cache.add(file)));
  if (account && isPage(new URL(page)) && !(await caches.match(page, ANY))) await keep(page, await fetch(page));
}

// A redirected answer is the sign-in page or another address: never kept under this one.
async function keep(request, answer) {
  if (answer.ok && !answer.redirected) await (await caches.open(PAGES)).put(request, answer.clone());
  return answer;
}

function isPage(url) {
  return url.pathname.startsWith("/me/");
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname.endsWith("/logout/")) event.waitUntil(caches.delete(PAGES));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && isPage(url)) event.respondWith(page(request));
});

async function file(request) {
  const kept = await caches.match(request, ANY);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(FILES)).put(request, answer.clone());
  return answer;
}

async function page(request) {
  const kept = await caches.match(request, ANY);
  const fresh = fetch(request).then((answer) => keep(request, answer));
  fresh.catch(() => {}); // it may fail after the kept copy was shown
  try {
    return await (kept ? Promise.race([fresh, late()]) : fresh);
  } catch {
    return kept ?? (offlinePage && (await caches.match(offlinePage, ANY))) ?? Response.error();
  }
}

// On a bad network the kept copy is shown rather than a white screen.
function late() {
  return new Promise((_resolve, reject) => setTimeout(() => reject(new Error("slow")), WAIT));
}
