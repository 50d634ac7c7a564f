// The deployment board: a card dragged onto a community moves the person there. It sends what the list on the card would
// send, so a board without a mouse (or without this script) can do everything too.
let dragged = null;

const placeOf = (event) => event.target.closest?.("[data-drop]");

function onStart(event) {
  const card = event.target.closest?.("[data-member]");
  if (!card) return;
  dragged = card;
  card.classList.add("dragged");
  card.setAttribute("data-hold", ""); // the live board waits until the card is let go
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.member);
}

function onOver(event) {
  const place = placeOf(event);
  if (!dragged || !place) return;
  event.preventDefault();
  document.querySelector(".place.over")?.classList.remove("over");
  place.classList.add("over");
}

function onDrop(event) {
  const place = placeOf(event);
  if (!dragged || !place) return;
  event.preventDefault();
  const select = dragged.querySelector("select[name=area]");
  if (select && select.value !== place.dataset.drop) {
    select.value = place.dataset.drop;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function onEnd() {
  dragged?.classList.remove("dragged");
  dragged?.removeAttribute("data-hold");
  document.querySelector(".place.over")?.classList.remove("over");
  dragged = null;
}

document.addEventListener("dragstart", onStart);
document.addEventListener("dragover", onOver);
document.addEventListener("drop", onDrop);
document.addEventListener("dragend", onEnd);
