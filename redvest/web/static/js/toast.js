// Short messages in the corner: from the server by the header HX-Trigger {"toast": {"text": …, "tone": …}}, or from a script.
// A toast with a refusal stays until it is closed; others leave after eight seconds, not while the pointer is on them.
const STAY = 8000;

export function toast(text, tone = "info") {
  const shelf = document.getElementById("toasts");
  const pattern = document.getElementById("toast-pattern");
  if (!shelf || !pattern || !text) return;
  const note = pattern.content.firstElementChild.cloneNode(true);
  note.classList.add(`tone-${tone}`);
  note.querySelector("p").textContent = text;
  for (const icon of note.querySelectorAll("[data-tone]")) icon.toggleAttribute("hidden", icon.dataset.tone !== tone);
  note.querySelector("button").addEventListener("click", () => note.remove());
  shelf.append(note);
  if (tone !== "short") leaveLater(note);
}

function leaveLater(note) {
  let timer = setTimeout(() => note.remove(), STAY);
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => {
    timer = setTimeout(() => note.remove(), STAY / 2);
  });
}

// A refusal (403, 409) must not replace what the button wanted to renew. It goes to the nearest [data-refusals] around the
// button, else of the page, else into a toast. Other failures are always said in a toast.
function slotFor(element) {
  for (let around = element?.parentElement; around; around = around.parentElement) {
    const slot = around.querySelector(":scope [data-refusals]");
    if (slot) return slot;
  }
  return null;
}

function onSwap(event) {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status !== 403 && xhr.status !== 409) return;
  const slot = slotFor(requestConfig?.elt);
  event.detail.shouldSwap = slot !== null;
  if (!slot) return;
  event.detail.target = slot;
  event.detail.swapOverride = "innerHTML show:none";
  requestAnimationFrame(() => slot.scrollIntoView({ block: "nearest" }));
}

function onFailure(event) {
  const { xhr, requestConfig } = event.detail;
  if (requestConfig?.triggeringEvent?.type === "live" || xhr.status === 422) return;
  if ((xhr.status === 403 || xhr.status === 409) && slotFor(requestConfig?.elt)) return;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const sentences = [...page.querySelectorAll("[data-sentence]")].map((part) => part.textContent.trim());
  toast(sentences.join(" ") || document.getElementById("toast-pattern")?.dataset.failed, "short");
}

export function start() {
  document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.tone));
  document.addEventListener("htmx:beforeSwap", onSwap);
  document.addEventListener("htmx:responseError", onFailure);
}
