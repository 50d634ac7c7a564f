// What a volunteer does without a network is kept on the phone and sent later, once, under the account that did it.
// A form takes part with hx-post and data-offline="What it is, in words"; the same key goes with every try
// (header X-Idempotency-Key), and X-Sent-Later says when the person really tapped.
import { openDB } from "idb";
import { KEY_HEADER, csrfToken, keyOf } from "./htmx-setup.js";
import { toast } from "./toast.js";

const account = () => document.querySelector('meta[name="redvest-account"]')?.content ?? "";
const words = () => document.getElementById("outbox-words")?.dataset ?? {};
let opened;
let sending = false;

function store() {
  opened ||= openDB("redvest", 1, {
    upgrade: (db) => db.createObjectStore("outbox", { keyPath: "key" }).createIndex("account", "account"),
  });
  return opened;
}

async function mine() {
  const entries = await (await store()).getAllFromIndex("outbox", "account", account());
  return entries.sort((a, b) => a.at.localeCompare(b.at));
}

async function keep(form, path) {
  const body = new URLSearchParams(new FormData(form));
  body.delete("csrfmiddlewaretoken");
  const entry = { key: keyOf(form), account: account(), path, body: body.toString(), what: form.dataset.offline, at: new Date().toISOString() };
  await (await store()).put("outbox", entry);
  delete form.dataset.key;
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  toast(words().kept, "late");
  await show();
}

// "sent": the server has it. "refused": it said no, with a sentence. "later": no network, or the server is unwell.
async function sendOne(entry) {
  const headers = { [KEY_HEADER]: entry.key, "X-Sent-Later": entry.at, "X-CSRFToken": csrfToken(), "HX-Request": "true" };
  let answer;
  try {
    answer = await fetch(entry.path, { method: "POST", headers, body: new URLSearchParams(entry.body), credentials: "same-origin" });
  } catch {
    return { state: "later" };
  }
  if (isSignIn(answer) || answer.status >= 500 || answer.status === 429) return { state: "later" };
  if (answer.ok) return { state: "sent" };
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // A 403 that is not our own refusal is a stale CSRF token: the next page load brings a fresh one.
  if (answer.status === 403 && !page.querySelector("[data-refusal]")) return { state: "later" };
  return { state: "refused", sentence: page.querySelector("[data-sentence]")?.textContent.trim() };
}

// Signed out meanwhile: the server answers with the sign-in page. What waits is sent after signing in again.
function isSignIn(answer) {
  return answer.status === 401 || (answer.redirected && new URL(answer.url).pathname.startsWith("/accounts/"));
}

export async function sendAll() {
  if (sending || !account()) return;
  sending = true;
  try {
    for (const entry of await mine()) {
      const { state, sentence } = await sendOne(entry);
      if (state === "later") break; // keep the order: nothing overtakes
      await (await store()).delete("outbox", entry.key);
      if (state === "sent") toast(`${words().sent} ${entry.what}`, "ok");
      else toast(`${entry.what}: ${sentence || words().refused}`, "short");
      document.body.dispatchEvent(new CustomEvent("outbox-sent"));
    }
  } finally {
    sending = false;
    await show();
  }
}

async function show() {
  const bar = document.getElementById("outbox");
  if (!bar) return;
  const entries = account() ? await mine() : [];
  bar.hidden = entries.length === 0;
  bar.querySelector("[data-count]").textContent = String(entries.length);
  bar.querySelector("[data-list]").textContent = entries.map((entry) => entry.what).join(" · ");
}

export function start() {
  if (!("indexedDB" in window)) return;
  document.addEventListener("htmx:sendError", (event) => {
    const form = event.target.closest?.("form[data-offline]");
    if (form) keep(form, event.detail.requestConfig.path);
  });
  addEventListener("online", sendAll);
  document.addEventListener("redvest:connection", (event) => event.detail === "there" && sendAll());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendAll());
  document.addEventListener("click", (event) => event.target.closest?.("[data-send-now]") && sendAll());
  sendAll();
}
